import { groupBy } from '../base/group-by.js';
import type { LocatedDiagnostic } from './located-diagnostic.js';

export interface DiagnosticPair {
  readonly before: LocatedDiagnostic;
  readonly after: LocatedDiagnostic;
}

type KeyOf = (item: LocatedDiagnostic) => readonly (string | number)[] | null;

/** The diagnostics of both sides that are not matched yet. Whoever matches two takes them out. */
export class DiagnosticPools {
  before: readonly LocatedDiagnostic[];
  after: readonly LocatedDiagnostic[];

  constructor(before: readonly LocatedDiagnostic[], after: readonly LocatedDiagnostic[]) {
    this.before = before;
    this.after = after;
  }

  /** Takes out and returns the pairs with equal keys, each key's items in order. A null key takes no part. */
  takeEqual(beforeKey: KeyOf, afterKey: KeyOf): DiagnosticPair[] {
    const waiting = groupBy(this.after, (item) => asText(afterKey(item)));
    const pairs: DiagnosticPair[] = [];
    for (const item of this.before) {
      const key = asText(beforeKey(item));
      const other = key === null ? undefined : waiting.get(key)?.shift();
      if (other !== undefined) pairs.push({ before: item, after: other });
    }
    this.remove(pairs);
    return pairs;
  }

  /** Takes out and returns pairs with equal keys whose `score` is at least `scoreMin`, the best first; ties go to the earlier ones. */
  takeBest(beforeKey: KeyOf, afterKey: KeyOf, score: (before: LocatedDiagnostic, after: LocatedDiagnostic) => number, scoreMin: number): DiagnosticPair[] {
    const waiting = groupBy(this.after, (item) => asText(afterKey(item)));
    const found: { pair: DiagnosticPair; score: number }[] = [];
    for (const item of this.before) {
      const key = asText(beforeKey(item));
      for (const other of key === null ? [] : (waiting.get(key) ?? [])) {
        const value = score(item, other);
        if (value >= scoreMin) found.push({ pair: { before: item, after: other }, score: value });
      }
    }
    const taken = new Set<LocatedDiagnostic>();
    const pairs: DiagnosticPair[] = [];
    for (const { pair } of found.sort((a, b) => b.score - a.score)) {
      if (taken.has(pair.before) || taken.has(pair.after)) continue;
      taken.add(pair.before).add(pair.after);
      pairs.push(pair);
    }
    this.remove(pairs);
    return pairs;
  }

  private remove(pairs: readonly DiagnosticPair[]): void {
    if (pairs.length === 0) return;
    const gone = new Set(pairs.flatMap((pair) => [pair.before, pair.after]));
    this.before = this.before.filter((item) => !gone.has(item));
    this.after = this.after.filter((item) => !gone.has(item));
  }
}

function asText(key: readonly (string | number)[] | null): string | null {
  return key === null ? null : JSON.stringify(key);
}
