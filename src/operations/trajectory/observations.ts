/** A part of a file as an editor printed it after a step: 1-based line numbers. */
export interface PrintedFile {
  readonly path: string | null;
  readonly totalLines: number | null;
  readonly lines: ReadonlyMap<number, string>;
}

/** The editor said that nothing was written. */
const REFUSED =
  /proposed edit has introduced new syntax error|changes have NOT been applied|edit (?:was )?not applied|No replacement was performed|did not appear verbatim|Multiple occurrences|No file open|already exists|^\s*(?:Error|Usage|Invalid)\b|Text not found|is not a valid|EXECUTION FAILED|No edit history/imu;

export function isRefusal(observation: string): boolean {
  return REFUSED.test(observation);
}

/** Returns what an editor printed of a file: SWE-agent's window, or the numbered lines of `cat -n`. */
export function printedFile(observation: string): PrintedFile | null {
  const header = /\[File: (\S+) \((\d+) lines total\)\]/u.exec(observation);
  const lines = new Map<number, string>();
  if (header !== null) {
    for (const line of observation.slice(header.index).split('\n')) {
      const match = /^(\d+):(.*)$/u.exec(line);
      if (match !== null) lines.set(Number(match[1]), match[2] ?? '');
    }
    return { path: header[1] ?? null, totalLines: Number(header[2]), lines };
  }
  for (const line of observation.split('\n')) {
    const match = /^ *(\d+)\t(.*)$/u.exec(line);
    if (match !== null) lines.set(Number(match[1]), match[2] ?? '');
  }
  return lines.size === 0 ? null : { path: null, totalLines: null, lines };
}

/** True when a text is what was printed. Trailing blanks and tabs may have been lost on the way, and the line before a gap may be cut short. */
export function agrees(text: string, printed: PrintedFile): boolean {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const isTotalRight = printed.totalLines === null || Math.abs(printed.totalLines - lines.length) <= (lines.length <= 1 ? 1 : 0);
  const plain = (line: string): string => line.replaceAll('\t', '    ').replace(/\s+$/u, '');
  return isTotalRight && [...printed.lines].every(([number, line]) => {
    const own = plain(lines[number - 1] ?? '');
    return number > lines.length || own === plain(line) || (!printed.lines.has(number + 1) && own.startsWith(plain(line)));
  });
}
