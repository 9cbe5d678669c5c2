import { isRuledOut, oddsOf, termsOf, type RankCandidate, type RankTerms, type RankWeights } from '../rank.js';

/** The labelled candidates of one task. */
export type LabelledTask = readonly { readonly candidate: RankCandidate; readonly isRight: boolean }[];

/** A weight that is to be fitted, and how far from where it is it may well lie. */
export type FreeWeights = Readonly<Partial<Record<keyof RankWeights, number>>>;

const SWEEPS = 300;

interface Pair {
  /** How much more the right one has of each term. */
  readonly difference: RankTerms;
  readonly weight: number;
}

/**
 * Fits weights of a ranking by a logistic loss over pairs of a right and a wrong patch of one task, none below 0. A task weighs as
 * the root of its pairs; a weight is held near where it was, as firmly as one label would. One that no pair tells anything
 * about stays where it was.
 */
export function fitFusion(tasks: readonly LabelledTask[], start: RankWeights, free: FreeWeights): RankWeights {
  const pairs = tasks.flatMap(pairsOf);
  const weights = { ...start };
  const names = (Object.keys(free) as (keyof RankWeights)[]).filter((name) => pairs.some(({ difference }) => difference[name] !== 0));
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const name of names) {
      const firmness = 1 / (free[name] ?? 1) ** 2;
      let slope = firmness * (weights[name] - start[name]);
      let curve = firmness;
      for (const { difference, weight } of pairs) {
        slope -= (weight * difference[name]) / (1 + Math.exp(oddsOf(difference, weights)));
        // The steepest that the logistic loss can bend: a step never overshoots.
        curve += (weight * difference[name] ** 2) / 4;
      }
      weights[name] = Math.max(0, weights[name] - slope / curve);
    }
  }
  for (const name of names) weights[name] = Math.round(weights[name] * 10_000) / 10_000;
  return weights;
}

/** Returns the share of pairs of a right and a wrong patch of one task that a ranking puts in order, tasks weighed alike; null without such a pair. */
export function shareInOrder(tasks: readonly LabelledTask[], weights: RankWeights): number | null {
  const shares = tasks.map(pairsOf).filter((pairs) => pairs.length > 0).map((pairs) => pairs.reduce((sum, { difference }) => sum + (1 + Math.sign(oddsOf(difference, weights))) / 2, 0) / pairs.length);
  return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** What a gate rules out is ruled out whatever the weights. */
function pairsOf(task: LabelledTask): Pair[] {
  const terms = termsOf(task.map(({ candidate }) => candidate));
  const rows = task.map(({ candidate, isRight }, index) => ({ candidate, isRight, terms: terms[index] as RankTerms })).filter(({ candidate }) => !isRuledOut(candidate));
  const [right, wrong] = [rows.filter(({ isRight }) => isRight), rows.filter(({ isRight }) => !isRight)];
  const weight = (right.length * wrong.length) ** -0.5;
  return right.flatMap((a) => wrong.map((b) => ({ difference: minus(a.terms, b.terms), weight })));
}

function minus(a: RankTerms, b: RankTerms): RankTerms {
  return { p: a.p - b.p, facts: a.facts - b.facts, safety: a.safety - b.safety, consensus: a.consensus - b.consensus };
}
