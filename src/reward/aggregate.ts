/** The temperature of `lse` unless another is asked for. */
export const LSE_TEMPERATURE = 0.1;

/** The lowest score of a run; null for a run without steps. Repeating or splitting a step changes nothing. */
export function minOf(scores: readonly number[]): number | null {
  return scores.length === 0 ? null : Math.min(...scores);
}

/**
 * −T·ln Σ e^(−r/T): monotone in every score, never raised by a further step, and within [min − T·ln n, min].
 * Null for a run without steps. `temperature` is above 0.
 */
export function lseOf(scores: readonly number[], temperature: number = LSE_TEMPERATURE): number | null {
  const least = minOf(scores);
  if (least === null) return null;
  const ordered = [...scores].sort((a, b) => a - b);
  return least - temperature * Math.log(ordered.reduce((sum, score) => sum + Math.exp((least - score) / temperature), 0));
}

/** r'_k = r_k − r_(k+1), the last one as it is: what is left of the sum from step k on is r_k. For training. */
export function deltaRewards(scores: readonly number[]): number[] {
  return scores.map((score, index) => score - (scores[index + 1] ?? 0));
}

/** r'_k = min(r_k − η, 0): no sum of them is above 0, so no number of steps pays by itself. For training. */
export function clipRewards(scores: readonly number[], eta: number): number[] {
  return scores.map((score) => Math.min(score - eta, 0));
}

/** p_t − p_(t−1) with `start` before the first step: the total is p_T − start. */
export function progressOf(scores: readonly number[], start: number): number[] {
  return scores.map((score, index) => score - (index === 0 ? start : (scores[index - 1] ?? start)));
}

/** The last score; null for a run without steps. */
export function lastOf(scores: readonly number[]): number | null {
  return scores.at(-1) ?? null;
}

/** The mean; null for a run without steps. Padding with good steps raises it: a figure for people, not a verdict. */
export function meanOf(scores: readonly number[]): number | null {
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
