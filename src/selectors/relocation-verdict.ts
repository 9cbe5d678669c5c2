import type { Landing } from './relocate.js';

export type Verdict =
  | { readonly kind: 'found'; readonly candidates: readonly Landing[]; readonly alphaConf: number }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Landing[] }
  | { readonly kind: 'notFound'; readonly reason: string; readonly candidates: readonly Landing[] };

export interface Thresholds {
  /** The least score of an answer. */
  readonly tau: number;
  /** The least lead of an answer over the next candidate. */
  readonly margin: number;
}

export const THRESHOLDS: Thresholds = { tau: 0.7, margin: 0.03 };

/** Answers only when the best candidate is good enough and far enough ahead: a wrong answer is worse than none. */
export function verdictOf(landings: readonly Landing[], { tau, margin }: Thresholds): Verdict {
  const [best, second] = landings;
  if (best === undefined || best.score < tau) return { kind: 'notFound', reason: best === undefined ? 'nothing in the workspace is like it' : 'nothing in the workspace is like it enough', candidates: landings };
  if (second !== undefined && best.score - second.score < margin) return { kind: 'ambiguous', candidates: landings };
  return { kind: 'found', candidates: landings, alphaConf: best.score };
}
