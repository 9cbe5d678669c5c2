import type { Form, Judgement, RelocationCase } from './cases.js';

export interface Outcome {
  readonly item: RelocationCase;
  readonly form: Form;
  readonly judgement: Judgement;
  /** Whether the best candidate, answered or not, is the right place. */
  readonly isBestRight: boolean;
  readonly hasCandidate: boolean;
  readonly score: number;
  readonly lead: number;
  readonly alphaConf: number;
}

/** Prints n, precision, recall, the share of wrong answers and the share answered of what is gone, for every group of `keyOf`. */
export function printFigures(title: string, outcomes: readonly Outcome[], keyOf: (outcome: Outcome) => string): void {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) groups.set(keyOf(outcome), [...(groups.get(keyOf(outcome)) ?? []), outcome]);
  console.log(`\n${title.padEnd(44)}       n  precision  recall  wrong %  gone answered %`);
  for (const [key, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(figuresOf(key, group));
}

function figuresOf(key: string, group: readonly Outcome[]): string {
  const count = (judgement: Judgement): number => group.filter((outcome) => outcome.judgement === judgement).length;
  const expected = group.filter(({ item }) => item.expected.status === 'RESOLVED').length;
  const gone = group.filter(({ item }) => item.expected.status === 'NOT_FOUND');
  const ratio = (part: number, whole: number, scale: number, digits: number): string => (whole === 0 ? '-' : ((scale * part) / whole).toFixed(digits));
  const columns = [
    String(group.length).padStart(8),
    ratio(count('right'), count('right') + count('wrong'), 1, 4).padStart(11),
    ratio(count('right'), expected, 1, 4).padStart(8),
    ratio(count('wrong'), group.length, 100, 2).padStart(9),
    ratio(gone.filter((outcome) => outcome.judgement === 'wrong').length, gone.length, 100, 2).padStart(17),
  ];
  return key.padEnd(44) + columns.join('');
}

/** 1-10, 11-50, 51-150, 151-500 commits. */
export function distanceGroup(distance: number): string {
  const bounds = [0, 10, 50, 150, 500];
  const index = bounds.findIndex((bound) => distance <= bound);
  if (index <= 0) return distance === 0 ? 'distance 0' : `distance > ${String(bounds.at(-1))}`;
  return `distance ${String((bounds[index - 1] ?? 0) + 1)}-${String(bounds[index])}`.replace(/\b(\d)\b/g, '00$1').replace(/\b(\d\d)\b/g, '0$1');
}
