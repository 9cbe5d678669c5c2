/** Returns the lines with one of them damaged, in one of the ways in which files get damaged; `seed` chooses. The same seed does the same. */
export function mutateLine(lines: readonly string[], index: number, seed: number): string[] {
  const mutated = [...lines];
  const line = lines[index] ?? '';
  const at = Math.abs(seed >> 4) % Math.max(1, line.length);
  const other = Math.abs(seed >> 8) % lines.length;
  switch (Math.abs(seed) % 8) {
    case 0:
      mutated[index] = line.slice(0, at) + String.fromCharCode((line.charCodeAt(at) ^ 1) & 0x7f) + line.slice(at + 1);
      break;
    case 1:
      mutated[index] = line.slice(0, at) + line.slice(at + 1);
      break;
    case 2:
      mutated[index] = `${line.slice(0, at)}${line.slice(at, at + 3)}${line.slice(at)}`;
      break;
    case 3:
      mutated.splice(index, 1);
      break;
    case 4:
      mutated.splice(index, 0, line);
      break;
    case 5:
      mutated[index] = lines[other] ?? '';
      mutated[other] = line;
      break;
    case 6:
      mutated[index] = line.replace(/\d/g, (digit) => String((Number(digit) + 1) % 10));
      break;
    default:
      mutated[index] = line.replace('"kind":"saw"', '"kind":"SAW"').replace('"value":', '"value": ').replace(/"check":"../, '"check":"00');
  }
  return mutated;
}
