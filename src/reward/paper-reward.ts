import type { PaperReward } from '../base/process-reward.js';
import type { RewardOptions } from './reward-options.js';

export interface PaperFacts {
  /** Plain counts of diagnostics; null when they could not be had. */
  readonly diagnosticsBefore: number | null;
  readonly diagnosticsAfter: number | null;
  readonly safety: 'failed' | 'nothing-to-check' | 'passed';
  /** Null when no selector was resolved: then 1 is taken, and the result says so. */
  readonly conf: number | null;
}

/** S as printed in the paper (0 or 1, nothing to check counts as passed), or signed (−1, 0, 1). */
export function safetyScore(safety: PaperFacts['safety'], kind: 'binary' | 'signed'): number {
  if (safety === 'failed') return kind === 'signed' ? -1 : 0;
  return safety === 'nothing-to-check' && kind === 'signed' ? 0 : 1;
}

/**
 * `pr-v1`: r = α·(D_before − D_after) + β·S − γ·(1 − conf), Eq. 5.1 of Zhang et al., 2025. It is not a potential and can be
 * farmed: 100 safe previews that change nothing pay +40. r ≥ 0 iff α·ΔD + β·S ≥ γ·(1 − conf).
 */
export function paperReward(facts: PaperFacts, constants: RewardOptions['paper']): PaperReward {
  const { alpha, beta, gamma, safety } = constants;
  const { diagnosticsBefore, diagnosticsAfter } = facts;
  const conf = facts.conf ?? 1;
  const isKnown = diagnosticsBefore !== null && diagnosticsAfter !== null;
  const S = safetyScore(facts.safety, safety);
  return {
    version: 'pr-v1',
    r: isKnown ? eq51(diagnosticsBefore - diagnosticsAfter, S, conf, constants) : null,
    safety,
    diagnosticsBefore,
    diagnosticsAfter,
    S,
    conf,
    confAssumed: facts.conf === null,
    weights: { alpha, beta, gamma },
  };
}

/** Eq. 5.1 itself. */
export function eq51(deltaD: number, S: number, conf: number, { alpha, beta, gamma }: Pick<RewardOptions['paper'], 'alpha' | 'beta' | 'gamma'>): number {
  return alpha * deltaD + beta * S - gamma * (1 - conf);
}
