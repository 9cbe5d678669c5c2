/** Returns the items in another order: for the same seed (an integer from 1 on) the same one, on every machine. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const all = [...items];
  let state = seed;
  for (let last = all.length - 1; last > 0; last -= 1) {
    // Lehmer's generator with the multiplier of MINSTD.
    state = (state * 48271) % 0x7fffffff;
    const other = state % (last + 1);
    [all[last], all[other]] = [all[other] as T, all[last] as T];
  }
  return all;
}
