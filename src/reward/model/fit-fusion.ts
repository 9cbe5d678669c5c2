import { groupBy } from '../group-by.js';
import { normalisePatch } from '../normalise-patch.js';
import { agreementsOf } from '../rank.js';

export interface FusionCandidate {
  readonly task: string;
  readonly isRight: boolean;
  readonly patch: string;
  readonly system: string | null;
  readonly logit: number;
}

const STEPS = 500;
const RATE = 0.5;
const RIDGE = 0.01;
const AGREEMENT_MIN = 0.05;

/**
 * Fits the weights of p and of the agreement by a logistic loss over pairs of a right and a wrong patch of one task, none below
 * 0. A head that saw the other candidates needs no agreement beside it. The weights of measured facts stay as they were.
 */
export function fitFusion(candidates: readonly FusionCandidate[], hasSeenOthers: boolean): { p: number; consensus: number } {
  if (hasSeenOthers) return { p: 1, consensus: 0 };
  const pairs = [...groupBy(candidates, ({ task }) => task).values()].flatMap(pairsOf);
  if (pairs.length === 0) return { p: 1, consensus: 1 };
  const weights = [1, 1];
  for (let step = 0; step < STEPS; step += 1) {
    const slope = [RIDGE * ((weights[0] ?? 0) - 1), RIDGE * (weights[1] ?? 0)];
    for (const pair of pairs) {
      const margin = (weights[0] ?? 0) * pair[0] + (weights[1] ?? 0) * pair[1];
      const pull = 1 / (1 + Math.exp(margin)) / pairs.length;
      slope[0] = (slope[0] ?? 0) - pull * pair[0];
      slope[1] = (slope[1] ?? 0) - pull * pair[1];
    }
    for (const at of [0, 1]) weights[at] = Math.max(0, (weights[at] ?? 0) - RATE * (slope[at] ?? 0));
  }
  return { p: round(weights[0] ?? 0), consensus: round(weights[1] ?? 0) };
}

/** How much more a right patch has than a wrong one: of the logit, and of the logarithm of the agreement. */
function pairsOf(members: readonly FusionCandidate[]): (readonly [number, number])[] {
  const agreements = agreementsOf(members.map(({ patch, system }) => ({ system, patch: normalisePatch(patch) })));
  const rows = members.map(({ logit, isRight }, index) => ({ isRight, logit: Math.max(-4, Math.min(4, logit)), agreement: Math.log(Math.max(AGREEMENT_MIN, agreements[index] ?? 1)) }));
  return rows.filter(({ isRight }) => isRight).flatMap((right) => rows.filter(({ isRight }) => !isRight).map((wrong) => [right.logit - wrong.logit, right.agreement - wrong.agreement] as const));
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
