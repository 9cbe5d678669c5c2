import type { PotentialTerms, PotentialWeights } from '../base/process-reward.js';

/** p is read up to this many log-odds away from one half. */
const LOGIT_MAX = 4;

/** φ_D = τ/(τ+W): 1 without any weight, one half at W = τ, falling strictly, never 0. */
export function phiDOf(weight: number, tau: number): number {
  return tau / (tau + weight);
}

/**
 * φ_D of both sides of a step that stands by itself, from W of both. τ/(τ+W) is flat where W is large, so that who only touches code with many old diagnostics would pay
 * less for what the step breaks. A step that makes W larger by d therefore loses d/(τ+d), as if nothing had been there, counted from φ_D after it.
 */
export function phiDOfStep(before: number, after: number, tau: number): { readonly before: number; readonly after: number } {
  const reached = phiDOf(after, tau);
  return { before: before > 0 && after > before ? Math.min(1, reached + 1 - phiDOf(after - before, tau)) : phiDOf(before, tau), after: reached };
}

/** φ_P = (clip(logit p, ±4)+4)/8; when a gate fired, p counts at most .5. */
export function phiPOf(p: number, hasFiredGate: boolean): number {
  const counted = hasFiredGate ? Math.min(p, 0.5) : p;
  const logit = Math.log(counted) - Math.log1p(-counted);
  return (Math.max(-LOGIT_MAX, Math.min(LOGIT_MAX, logit)) + LOGIT_MAX) / (2 * LOGIT_MAX);
}

/** Drops the terms that are missing on either side and scales the other weights to sum to 1. Their sum must be above 0. */
export function usedWeights(weights: PotentialWeights, before: PotentialTerms, after: PotentialTerms): PotentialWeights {
  const used = (term: keyof PotentialWeights): number => (before[term] === null || after[term] === null ? 0 : weights[term]);
  const sum = used('phiD') + used('phiS') + used('conf') + used('phiP');
  if (!(sum > 0)) throw new RangeError('BUG: no term of the potential carries weight');
  return { phiD: used('phiD') / sum, phiS: used('phiS') / sum, conf: used('conf') / sum, phiP: used('phiP') / sum };
}

/** Φ, the weighted mean of the terms, in [0,1]. A term without weight is not read. */
export function potentialOf(terms: PotentialTerms, weights: PotentialWeights): number {
  const part = (term: keyof PotentialWeights): number => (weights[term] === 0 ? 0 : weights[term] * (terms[term] ?? 0));
  return Math.max(0, Math.min(1, part('phiD') + part('phiS') + part('conf') + part('phiP')));
}

/**
 * F = γ·Φ(after) − Φ(before) (Ng, Harada and Russell, 1999). With `isTerminal`, `shaping` counts the last state as 0, so that
 * the sum over a run is −Φ of its first state whatever the run did and the optimal policies stay what they were.
 */
export function stepReward(phiBefore: number, phiAfter: number, gammaD: number, mode: 'progress' | 'shaping', isTerminal: boolean): number {
  const reached = mode === 'shaping' && isTerminal ? 0 : phiAfter;
  return gammaD * reached - phiBefore;
}
