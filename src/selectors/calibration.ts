/**
 * A logistic regression of "the best candidate is right" on its score, one for places whose old version is known and one
 * for anchors that have only their own context. Fitted by the relocation check over candidates ahead of the rest,
 * answered or refused. How they came about: docs/measurements-relocation.md.
 */
const CALIBRATION = {
  pinned: { intercept: -10.37, perScore: 18.04 },
  unpinned: { intercept: -2.67, perScore: 7.13 },
} as const;

/** Returns the calibrated probability that the best of the ranked `scores` is the right place. Candidates within `margin` of it share it equally. */
export function alphaConfOf(scores: readonly number[], margin: number, isUnpinned: boolean): number {
  const [best] = scores;
  if (best === undefined) return 0;
  const { intercept, perScore } = isUnpinned ? CALIBRATION.unpinned : CALIBRATION.pinned;
  const rivals = scores.filter((score) => best - score < margin).length;
  return 1 / (1 + Math.exp(-(intercept + perScore * best))) / rivals;
}
