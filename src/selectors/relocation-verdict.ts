import { alphaConfOf } from './calibration.js';
import type { Landing } from './relocate.js';

/** The answer to "where is it now?". `candidates` are ranked; a refusal has them too. */
export type Verdict =
  | { readonly kind: 'found'; readonly candidates: readonly Landing[]; readonly alphaConf: number }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Landing[]; readonly alphaConf: number }
  | { readonly kind: 'notFound'; readonly reason: string; readonly candidates: readonly Landing[]; readonly alphaConf: number };

export interface Thresholds {
  /** The least score of an answer. */
  readonly tau: number;
  /** The least lead of an answer over the next candidate. */
  readonly margin: number;
}

/** Set from measured data, by cross-validation over repositories: docs/measurements-relocation.md. */
export const THRESHOLDS: { readonly pinned: Thresholds; readonly unpinned: Thresholds } = {
  pinned: { tau: 0.7, margin: 0.02 },
  unpinned: { tau: 0.85, margin: 0.03 },
};

/** Answers only when the best candidate is good enough and far enough ahead: a wrong answer is worse than none. */
export function verdictOf(candidates: readonly Landing[], isUnpinned: boolean): Verdict {
  const { tau, margin } = isUnpinned ? THRESHOLDS.unpinned : THRESHOLDS.pinned;
  const alphaConf = alphaConfOf(candidates.map((candidate) => candidate.score), margin, isUnpinned);
  const [best, second] = candidates;
  if (best === undefined) return { kind: 'notFound', reason: 'nothing in the workspace is like it', candidates, alphaConf };
  if (best.score < tau) return { kind: 'notFound', reason: 'nothing in the workspace is like it enough', candidates, alphaConf };
  if (second !== undefined && best.score - second.score < margin) return { kind: 'ambiguous', candidates, alphaConf };
  return { kind: 'found', candidates, alphaConf };
}
