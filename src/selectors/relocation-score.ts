/** The evidence for a candidate, each in [0,1]. */
export interface Features {
  /** Agreement of its place in the structure: qualified name, kind, parents. */
  readonly ast: number;
  /** Agreement of its file. */
  readonly module: number;
  /** Likeness of its text. */
  readonly token: number;
  /** Agreement of what stands around it. */
  readonly proximity: number;
}

export const WEIGHTS: Features = { ast: 0.5, module: 0.2, token: 0.2, proximity: 0.1 };

/** Returns the weighted sum of the features, in [0,1]. */
export function scoreOf(features: Features): number {
  return WEIGHTS.ast * features.ast + WEIGHTS.module * features.module + WEIGHTS.token * features.token + WEIGHTS.proximity * features.proximity;
}

/** Returns the agreement of two paths: 1 for the same, else 0.4 to 0.8 by the folders and the name that they share. */
export function moduleAgreement(from: string, to: string): number {
  if (from === to) return 1;
  const a = from.split('/');
  const b = to.split('/');
  let shared = 0;
  while (shared < Math.min(a.length, b.length) - 1 && a[shared] === b[shared]) shared += 1;
  const folders = Math.max(a.length, b.length) - 1;
  return 0.4 + 0.2 * (folders === 0 ? 1 : shared / folders) + (a.at(-1) === b.at(-1) ? 0.2 : 0);
}
