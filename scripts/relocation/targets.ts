import type { Outcome } from './figures.js';

interface Target {
  readonly name: string;
  readonly of: (outcome: Outcome) => boolean;
  /** Wrong answers among these, at most. */
  readonly wrongMax: number;
  /** Right answers among those that have one, at least. */
  readonly recallMin: number;
}

const isIn = (outcome: Outcome, prefix: string): boolean => outcome.item.category.startsWith(prefix);
const isPinned = ({ item, form }: Outcome): boolean => item.distance > 0 && form !== 'context' && !item.category.startsWith('ambiguous');

/** What relocation promises; the check fails when one is missed. */
const TARGETS: readonly Target[] = [
  { name: 'all, with v', of: isPinned, wrongMax: 0.015, recallMin: 0.93 },
  { name: 'moved to another file', of: (outcome) => isPinned(outcome) && isIn(outcome, 'moved:'), wrongMax: 0.02, recallMin: 0.7 },
  { name: 'deleted', of: (outcome) => isPinned(outcome) && (isIn(outcome, 'deleted:') || outcome.item.category === 'stmt:deleted'), wrongMax: 0.02, recallMin: 0 },
  { name: 'twins of deleted lines', of: (outcome) => isPinned(outcome) && outcome.item.category.endsWith('twin_survives'), wrongMax: 0.05, recallMin: 0 },
  { name: 'unchanged, by position', of: (outcome) => isPinned(outcome) && /unchanged/.test(outcome.item.category) && (outcome.form === 'cursor' || outcome.form === 'range'), wrongMax: 0, recallMin: 1 },
  { name: 'anchor by its own context', of: ({ item, form }) => item.distance > 0 && form === 'context' && !item.category.startsWith('ambiguous'), wrongMax: 0.015, recallMin: 0 },
  { name: 'distance 0', of: ({ item }) => item.distance === 0, wrongMax: 0, recallMin: 0 },
];

/** Prints each target with what was measured, and returns whether all are met. */
export function printTargets(outcomes: readonly Outcome[]): boolean {
  console.log('\ntargets');
  let allMet = true;
  for (const { name, of, wrongMax, recallMin } of TARGETS) {
    const group = outcomes.filter(of);
    const expected = group.filter(({ item }) => item.expected.status === 'RESOLVED').length;
    const wrong = group.filter((outcome) => outcome.judgement === 'wrong').length / Math.max(1, group.length);
    const recall = expected === 0 ? 1 : group.filter((outcome) => outcome.judgement === 'right').length / expected;
    const met = wrong <= wrongMax && recall >= recallMin;
    allMet &&= met;
    console.log(`  ${met ? 'met   ' : 'MISSED'} ${name.padEnd(28)} wrong ${(100 * wrong).toFixed(2)} % (at most ${(100 * wrongMax).toFixed(1)} %), recall ${recall.toFixed(4)}${recallMin > 0 ? ` (at least ${String(recallMin)})` : ''}, n ${String(group.length)}`);
  }
  return allMet;
}
