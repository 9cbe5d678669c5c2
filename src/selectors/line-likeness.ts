/** Longer lines are compared by their first characters: generated lines of a million characters exist. */
const CHARACTERS_MAX = 400;

/**
 * Returns the likeness of two lines in [0,1] after Ratcliff and Obershelp: twice the characters in common substrings,
 * the longest first, then to its left and right, over all characters. Returns 0 for what is surely below `atLeast`.
 */
export function lineLikeness(a: string, b: string, atLeast: number): number {
  if (a === b) return 1;
  const left = a.slice(0, CHARACTERS_MAX);
  const right = b.slice(0, CHARACTERS_MAX);
  const total = left.length + right.length;
  if (2 * sharedLetters(left, right) < atLeast * total) return 0;
  return (2 * commonCharacters(left, right)) / total;
}

/** Characters in common whatever their order: no less than in common substrings, and cheap. */
function sharedLetters(a: string, b: string): number {
  const counts = new Map<number, number>();
  for (let index = 0; index < a.length; index += 1) counts.set(a.charCodeAt(index), (counts.get(a.charCodeAt(index)) ?? 0) + 1);
  let shared = 0;
  for (let index = 0; index < b.length; index += 1) {
    const left = counts.get(b.charCodeAt(index)) ?? 0;
    if (left > 0) {
      shared += 1;
      counts.set(b.charCodeAt(index), left - 1);
    }
  }
  return shared;
}

function commonCharacters(a: string, b: string): number {
  let common = 0;
  const pending: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  for (let stretch = pending.pop(); stretch !== undefined; stretch = pending.pop()) {
    const [aFrom, aTo, bFrom, bTo] = stretch;
    if (aFrom >= aTo || bFrom >= bTo) continue;
    const { aStart, bStart, length } = longestCommon(a, b, aFrom, aTo, bFrom, bTo);
    if (length === 0) continue;
    common += length;
    pending.push([aFrom, aStart, bFrom, bStart], [aStart + length, aTo, bStart + length, bTo]);
  }
  return common;
}

function longestCommon(a: string, b: string, aFrom: number, aTo: number, bFrom: number, bTo: number): { aStart: number; bStart: number; length: number } {
  let best = { aStart: aFrom, bStart: bFrom, length: 0 };
  let previous = new Uint16Array(bTo - bFrom + 1);
  let current = new Uint16Array(bTo - bFrom + 1);
  for (let i = aFrom; i < aTo; i += 1) {
    const character = a.charCodeAt(i);
    for (let j = bFrom; j < bTo; j += 1) {
      const length = b.charCodeAt(j) === character ? (previous[j - bFrom] ?? 0) + 1 : 0;
      current[j - bFrom + 1] = length;
      if (length > best.length) best = { aStart: i - length + 1, bStart: j - length + 1, length };
    }
    [previous, current] = [current, previous];
  }
  return best;
}
