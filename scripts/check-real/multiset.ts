/** Counts by key. */
export class Multiset {
  readonly counts = new Map<string, number>();

  static of(keys: Iterable<string>): Multiset {
    const multiset = new Multiset();
    for (const key of keys) multiset.add(key, 1);
    return multiset;
  }

  add(key: string, count: number): void {
    const sum = (this.counts.get(key) ?? 0) + count;
    if (sum === 0) this.counts.delete(key);
    else this.counts.set(key, sum);
  }

  minus(other: Multiset): Multiset {
    const result = new Multiset();
    for (const [key, count] of this.counts) result.add(key, count);
    for (const [key, count] of other.counts) result.add(key, -count);
    return result;
  }

  /** What is left of the keys for which `holds` does. */
  only(holds: (key: string) => boolean): Multiset {
    const result = new Multiset();
    for (const [key, count] of this.counts) if (holds(key)) result.add(key, count);
    return result;
  }

  get isEmpty(): boolean {
    return this.counts.size === 0;
  }

  /** Lines such as `+2 key` and `-1 key`, sorted. */
  lines(): string[] {
    return [...this.counts].map(([key, count]) => `${count > 0 ? '+' : ''}${String(count)} ${key}`).sort();
  }
}
