import type { Calibration } from './card.js';

/** A logit with what it should have said, and how much the pair counts. */
export interface LabelledLogit {
  readonly logit: number;
  readonly isRight: boolean;
}

export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean p and share of right ones; null in an empty bin. */
  readonly p: number | null;
  readonly rate: number | null;
}

/** From here on there are enough labels to learn a step function; below, a line through the logits is all that they carry. */
const ISOTONIC_LABELS_MIN = 1000;
const NEWTON_STEPS_MAX = 100;
/** A pull towards slope 1, intercept 0, worth about one label, so that separable labels give a finite line. */
const RIDGE = 1;
const BINS = 15;

/** Returns the calibrated probability, in [0,1] and rounded to 4 decimals. It never falls when the logit rises. */
export function calibrated(logit: number, { slope, intercept, map }: Calibration): number {
  const p = sigmoid(slope * logit + intercept);
  if (map === undefined) return round(p);
  const step = map.findLast(({ from }) => p >= from) ?? map[0];
  return round(step?.p ?? p);
}

/** Fits a calibration by maximum likelihood: a line through the logits (Platt), and isotonic steps where there are 1,000 labels. */
export function fitCalibration(labels: readonly LabelledLogit[]): Calibration {
  const line = fitLine(labels);
  if (labels.length < ISOTONIC_LABELS_MIN) return line;
  return { ...line, map: isotonic(labels.map(({ logit, isRight }) => ({ p: sigmoid(line.slope * logit + line.intercept), isRight }))) };
}

function fitLine(labels: readonly LabelledLogit[]): { slope: number; intercept: number } {
  let [slope, intercept] = [1, 0];
  for (let step = 0; step < NEWTON_STEPS_MAX; step += 1) {
    let [gs, gi, hss, hsi, hii] = [RIDGE * (slope - 1), RIDGE * intercept, RIDGE, 0, RIDGE];
    for (const { logit, isRight } of labels) {
      const p = sigmoid(slope * logit + intercept);
      const error = p - (isRight ? 1 : 0);
      const weight = p * (1 - p);
      gs += error * logit;
      gi += error;
      hss += weight * logit * logit;
      hsi += weight * logit;
      hii += weight;
    }
    const determinant = hss * hii - hsi * hsi;
    const [ds, di] = [(hii * gs - hsi * gi) / determinant, (hss * gi - hsi * gs) / determinant];
    slope -= ds;
    intercept -= di;
    if (Math.abs(ds) + Math.abs(di) < 1e-9) break;
  }
  // A model that orders the user's patches the wrong way round is made to say nothing, never turned round.
  return { slope: Math.max(slope, 1e-3), intercept: slope > 0 ? intercept : baseLogit(labels) };
}

function baseLogit(labels: readonly LabelledLogit[]): number {
  const right = labels.filter(({ isRight }) => isRight).length;
  return Math.log((right + 0.5) / (labels.length - right + 0.5));
}

/** Pools adjacent violators. */
function isotonic(labels: readonly { readonly p: number; readonly isRight: boolean }[]): { from: number; p: number }[] {
  const blocks: { from: number; sum: number; count: number }[] = [];
  for (const { p, isRight } of [...labels].sort((a, b) => a.p - b.p || Number(a.isRight) - Number(b.isRight))) {
    blocks.push({ from: p, sum: isRight ? 1 : 0, count: 1 });
    for (;;) {
      const [low, high] = blocks.slice(-2);
      if (low === undefined || high === undefined || (low.from !== high.from && low.sum / low.count < high.sum / high.count)) break;
      blocks.splice(-2, 2, { from: low.from, sum: low.sum + high.sum, count: low.count + high.count });
    }
  }
  // One pseudo-label of each kind keeps every p away from 0 and 1.
  return blocks.map(({ from, sum, count }) => ({ from: round6(from), p: round6((sum + 1) / (count + 2)) })).map((step, index, steps) => ({ from: step.from, p: Math.max(...steps.slice(0, index + 1).map(({ p }) => p)) }));
}

/** Returns the reliability of probabilities in 15 bins of equal width. */
export function reliability(scored: readonly { readonly p: number; readonly isRight: boolean }[]): ReliabilityBin[] {
  return Array.from({ length: BINS }, (_, index) => {
    const inside = scored.filter(({ p }) => Math.min(BINS - 1, Math.floor(p * BINS)) === index);
    const mean = (valueOf: (item: (typeof inside)[number]) => number): number | null => (inside.length === 0 ? null : inside.reduce((sum, item) => sum + valueOf(item), 0) / inside.length);
    return { from: index / BINS, to: (index + 1) / BINS, count: inside.length, p: mean(({ p }) => p), rate: mean(({ isRight }) => (isRight ? 1 : 0)) };
  });
}

/** Returns the expected calibration error: the mean distance of p from the share of right ones, bins weighted by their size. */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return total === 0 ? 0 : bins.reduce((sum, { count, p, rate }) => sum + (count / total) * Math.abs((p ?? 0) - (rate ?? 0)), 0);
}

/** Returns the share of wrong verdicts (p on the wrong side of one half) among the surest patches, at every tenth of them. */
export function riskCoverage(scored: readonly { readonly p: number; readonly isRight: boolean }[]): { coverage: number; risk: number }[] {
  const surest = [...scored].sort((a, b) => Math.abs(b.p - 0.5) - Math.abs(a.p - 0.5));
  return Array.from({ length: 10 }, (_, index) => {
    const kept = surest.slice(0, Math.max(1, Math.round((surest.length * (index + 1)) / 10)));
    const wrong = kept.filter(({ p, isRight }) => p >= 0.5 !== isRight).length;
    return { coverage: (index + 1) / 10, risk: round(wrong / kept.length) };
  });
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** To 4 decimals. */
export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

function round6(value: number): number {
  return Math.round(value * 1_000_000) / 1_000_000;
}
