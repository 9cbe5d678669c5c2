/** A place between two characters: 0-based line and UTF-16 column, as in LSP. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** `[startLine, startCharacter, endLine, endCharacter]`, 0-based UTF-16, end exclusive. The one form of a range in bundles. */
export type Range = readonly [number, number, number, number];

export function startOf(range: Range): Position {
  return { line: range[0], character: range[1] };
}

export function endOf(range: Range): Position {
  return { line: range[2], character: range[3] };
}

export function rangeBetween(start: Position, end: Position): Range {
  return [start.line, start.character, end.line, end.character];
}

/** Negative when `a` comes first, positive when `b` does, 0 when equal. */
export function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}

/** Orders by start, then by end. */
export function compareRanges(a: Range, b: Range): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** True when `position` is inside `range` or on one of its edges. */
export function touches(range: Range, position: Position): boolean {
  return comparePositions(startOf(range), position) <= 0 && comparePositions(position, endOf(range)) <= 0;
}

/** Start inclusive, end exclusive; an empty range holds its own place. */
export function holds(range: Range, position: Position): boolean {
  const toEnd = comparePositions(position, endOf(range));
  return comparePositions(startOf(range), position) <= 0 && (toEnd < 0 || (toEnd === 0 && comparePositions(startOf(range), endOf(range)) === 0));
}

/** True when `inner` lies wholly inside `outer`; equal ranges contain each other. */
export function containsRange(outer: Range, inner: Range): boolean {
  return comparePositions(startOf(outer), startOf(inner)) <= 0 && comparePositions(endOf(inner), endOf(outer)) <= 0;
}
