/** Files above this size, or with a NUL byte near their start, are paired by exact content only. */
const TEXT_MAX_BYTES = 1024 * 1024;
const BINARY_PROBE_BYTES = 8000;

/** The lines of a text as a multiset: line → how often. A line keeps its end, so a lost final newline makes a difference. */
export interface LineBag {
  readonly bytes: number;
  readonly lines: ReadonlyMap<string, number>;
}

/** Returns the lines of a text, or null for what is not compared by lines. Bytes are taken one to one, so any encoding will do. */
export function lineBag(content: Buffer): LineBag | null {
  if (content.length === 0 || content.length > TEXT_MAX_BYTES || content.subarray(0, BINARY_PROBE_BYTES).includes(0)) return null;
  const lines = new Map<string, number>();
  for (const line of content.toString('latin1').split(/(?<=\n)/)) lines.set(line, (lines.get(line) ?? 0) + 1);
  return { bytes: content.length, lines };
}

/** Returns the bytes in lines that both have, as a percentage of the larger text: Git's measure, on whole lines. */
export function similarity(a: LineBag, b: LineBag): number {
  const [few, many] = a.lines.size <= b.lines.size ? [a.lines, b.lines] : [b.lines, a.lines];
  let common = 0;
  for (const [line, count] of few) common += line.length * Math.min(count, many.get(line) ?? 0);
  return Math.floor((100 * common) / Math.max(a.bytes, b.bytes));
}
