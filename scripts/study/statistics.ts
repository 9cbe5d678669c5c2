/** A seeded generator of numbers in [0,1). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The share of pairs of a positive and a negative that `score` orders rightly; ties count one half. Null without such a pair. */
export function auc(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0 || negatives.length === 0) return null;
  const all = [...positives.map((value) => ({ value, isPositive: true })), ...negatives.map((value) => ({ value, isPositive: false }))].sort((a, b) => a.value - b.value);
  let rankSum = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1;
    const rank = (start + 1 + end) / 2;
    for (let index = start; index < end; index += 1) if (all[index]?.isPositive === true) rankSum += rank;
    start = end;
  }
  return (rankSum - (positives.length * (positives.length + 1)) / 2) / (positives.length * negatives.length);
}

export interface Interval {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

const DRAWS = 2000;

/** A figure with its 95 % interval from drawing whole groups with replacement, because what is in a group hangs together. */
export function bootstrap<T>(groups: readonly (readonly T[])[], figure: (groups: readonly (readonly T[])[]) => number | null): Interval {
  const random = randomNumbers(1);
  const draws: number[] = [];
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const value = figure(groups.map(() => groups[Math.floor(random() * groups.length)] ?? []));
    if (value !== null) draws.push(value);
  }
  draws.sort((a, b) => a - b);
  return { value: figure(groups), low: draws[Math.floor(draws.length * 0.025)] ?? null, high: draws[Math.floor(draws.length * 0.975)] ?? null };
}
