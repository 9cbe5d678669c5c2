/** A run of `length` equal lines: `a[aStart + i] === b[bStart + i]`. */
export interface MatchingBlock {
  readonly aStart: number;
  readonly bStart: number;
  readonly length: number;
}

/** Edit distances above this are not searched exactly: the stretch is then matched by its unique lines only. */
const DISTANCE_MAX = 2000;

/** Returns the matching blocks of a line diff from `a` to `b`, in order and as long as possible. Deterministic. */
export function matchLines(a: readonly string[], b: readonly string[]): MatchingBlock[] {
  const pairs: [number, number][] = [];
  matchStretch(a, b, 0, a.length, 0, b.length, pairs);
  return blocksOf(pairs);
}

/** Returns, for every line of `a`, the line of `b` that it is, or -1 where it was deleted or changed. */
export function lineMapping(a: readonly string[], b: readonly string[]): number[] {
  const mapping = new Array<number>(a.length).fill(-1);
  for (const block of matchLines(a, b)) {
    for (let index = 0; index < block.length; index += 1) mapping[block.aStart + index] = block.bStart + index;
  }
  return mapping;
}

function blocksOf(pairs: readonly [number, number][]): MatchingBlock[] {
  const blocks: { aStart: number; bStart: number; length: number }[] = [];
  for (const [ai, bi] of pairs) {
    const last = blocks.at(-1);
    if (last !== undefined && last.aStart + last.length === ai && last.bStart + last.length === bi) last.length += 1;
    else blocks.push({ aStart: ai, bStart: bi, length: 1 });
  }
  return blocks;
}

function matchStretch(a: readonly string[], b: readonly string[], aFrom: number, aTo: number, bFrom: number, bTo: number, pairs: [number, number][]): void {
  let aStart = aFrom;
  let bStart = bFrom;
  while (aStart < aTo && bStart < bTo && a[aStart] === b[bStart]) pairs.push([aStart++, bStart++]);
  let tail = 0;
  while (aTo - tail > aStart && bTo - tail > bStart && a[aTo - tail - 1] === b[bTo - tail - 1]) tail += 1;
  const aEnd = aTo - tail;
  const bEnd = bTo - tail;
  if (aStart < aEnd && bStart < bEnd) {
    const anchors = uniqueAnchors(a, b, aStart, aEnd, bStart, bEnd);
    if (anchors.length === 0) pairs.push(...shortestEdit(a, b, aStart, aEnd, bStart, bEnd));
    else matchBetween(a, b, anchors, [aStart, aEnd, bStart, bEnd], pairs);
  }
  for (let index = tail; index > 0; index -= 1) pairs.push([aTo - index, bTo - index]);
}

function matchBetween(a: readonly string[], b: readonly string[], anchors: readonly [number, number][], bounds: readonly [number, number, number, number], pairs: [number, number][]): void {
  let [aStart, , bStart] = bounds;
  for (const [ai, bi] of anchors) {
    matchStretch(a, b, aStart, ai, bStart, bi, pairs);
    pairs.push([ai, bi]);
    aStart = ai + 1;
    bStart = bi + 1;
  }
  matchStretch(a, b, aStart, bounds[1], bStart, bounds[3], pairs);
}

/** The patience anchors: lines that occur once on both sides, thinned to the longest run that keeps both orders. */
function uniqueAnchors(a: readonly string[], b: readonly string[], aFrom: number, aTo: number, bFrom: number, bTo: number): [number, number][] {
  const inA = onceOnly(a, aFrom, aTo);
  const inB = onceOnly(b, bFrom, bTo);
  const common: [number, number][] = [];
  for (const [line, ai] of inA) {
    const bi = inB.get(line);
    if (ai >= 0 && bi !== undefined && bi >= 0) common.push([ai, bi]);
  }
  return longestIncreasing(common);
}

/** Line → its only index, or -1 when it occurs more than once. Iterates in order of first occurrence. */
function onceOnly(lines: readonly string[], from: number, to: number): Map<string, number> {
  const seen = new Map<string, number>();
  for (let index = from; index < to; index += 1) {
    const line = lines[index] ?? '';
    seen.set(line, seen.has(line) ? -1 : index);
  }
  return seen;
}

/** `pairs` ascend in their first member; returns the longest subsequence that ascends in the second too. */
function longestIncreasing(pairs: readonly [number, number][]): [number, number][] {
  const tails: number[] = [];
  const previous = new Array<number>(pairs.length).fill(-1);
  pairs.forEach(([, bi], index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] ?? 0]?.[1] ?? 0) < bi) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = index;
  });
  const chain: [number, number][] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index] ?? -1) {
    const pair = pairs[index];
    if (pair !== undefined) chain.push(pair);
  }
  return chain.reverse();
}

/** Myers' greedy O(ND) algorithm on a stretch without unique common lines; matches nothing when D passes the cap. */
function shortestEdit(a: readonly string[], b: readonly string[], aFrom: number, aTo: number, bFrom: number, bTo: number): [number, number][] {
  const n = aTo - aFrom;
  const m = bTo - bFrom;
  const limit = Math.min(n + m, DISTANCE_MAX);
  const furthest = new Int32Array(2 * limit + 3);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= limit; d += 1) {
    trace.push(furthest.slice(limit + 1 - d - 1, limit + 1 + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (furthest[limit + 1 + k - 1] ?? 0) < (furthest[limit + 1 + k + 1] ?? 0));
      let x = down ? (furthest[limit + 1 + k + 1] ?? 0) : (furthest[limit + 1 + k - 1] ?? 0) + 1;
      while (x < n && x - k < m && a[aFrom + x] === b[bFrom + x - k]) x += 1;
      furthest[limit + 1 + k] = x;
      if (x >= n && x - k >= m) return backtrack(trace, d, n, m).map(([ai, bi]): [number, number] => [ai + aFrom, bi + bFrom]);
    }
  }
  return [];
}

/** `trace[d]` holds the furthest points before round d for k = -d-1 … d+1. */
function backtrack(trace: readonly Int32Array[], distance: number, n: number, m: number): [number, number][] {
  const pairs: [number, number][] = [];
  let x = n;
  let y = m;
  for (let d = distance; d >= 0; d -= 1) {
    const before = trace[d] ?? new Int32Array(0);
    const at = (k: number): number => before[k + d + 1] ?? 0;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromX = d === 0 ? 0 : down ? at(k + 1) : at(k - 1);
    const fromY = d === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
    const startX = d === 0 ? 0 : down ? fromX : fromX + 1;
    while (x > startX) pairs.push([--x, --y]);
    x = fromX;
    y = fromY;
  }
  return pairs.reverse();
}
