/** Characters in a gram, and grams in a window: any shared run of k + w - 1 = 10 characters leaves a shared fingerprint. */
const GRAM = 7;
const WINDOW = 4;

/**
 * Returns the winnowed fingerprints of a text (Schleimer, Wilkerson and Aiken 2003): hashes of 7-grams of its
 * characters without white space, the rightmost least of every 4 neighbours.
 */
export function fingerprintsOf(text: string): Set<number> {
  const packed = text.replace(/\s+/g, '');
  const hashes = gramHashes(packed);
  const kept = new Set<number>();
  let chosen = -1;
  for (let end = WINDOW - 1; end < hashes.length; end += 1) {
    const start = end - WINDOW + 1;
    if (chosen < start) {
      chosen = start;
      for (let index = start; index <= end; index += 1) if ((hashes[index] ?? 0) <= (hashes[chosen] ?? 0)) chosen = index;
    } else if ((hashes[end] ?? 0) <= (hashes[chosen] ?? 0)) chosen = end;
    kept.add(hashes[chosen] ?? 0);
  }
  if (kept.size === 0) for (const hash of hashes) kept.add(hash);
  return kept;
}

/** Returns the share of `part`'s fingerprints that `whole` has; 0 when `part` has none. */
export function containment(part: ReadonlySet<number>, whole: ReadonlySet<number>): number {
  let shared = 0;
  for (const hash of part) if (whole.has(hash)) shared += 1;
  return part.size === 0 ? 0 : shared / part.size;
}

/** A rolling polynomial hash modulo 2^32 of every gram. */
function gramHashes(text: string): Uint32Array {
  if (text.length < GRAM) return new Uint32Array(0);
  const hashes = new Uint32Array(text.length - GRAM + 1);
  const base = 0x01000193;
  let leading = 1;
  for (let index = 1; index < GRAM; index += 1) leading = Math.imul(leading, base);
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (index >= GRAM) hash = (hash - Math.imul(text.charCodeAt(index - GRAM), leading)) | 0;
    hash = (Math.imul(hash, base) + text.charCodeAt(index)) | 0;
    if (index >= GRAM - 1) hashes[index - GRAM + 1] = scramble(hash);
  }
  return hashes;
}

/** Spreads neighbouring hashes, so that the least of a window is no matter of its letters. */
function scramble(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
