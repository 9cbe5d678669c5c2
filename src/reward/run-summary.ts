import { clipRewards, deltaRewards, lastOf, lseOf, LSE_TEMPERATURE, meanOf, minOf } from './aggregate.js';

/** Differences of Φ below this are rounding, not steps back. */
const NOISE = 1e-9;

/** One step of a run. Φ lies in [0,1]; null where the state after the step is not known. */
export interface RunStep {
  readonly phi: number | null;
  /** Φ minus Φ of the last known state before; null when this state is unknown. Never 0 for want of knowledge. */
  readonly r: number | null;
  /** How many steps `r` speaks of: more than 1 after unknown ones, 0 for an unknown one. */
  readonly spans: number;
}

export interface RunSummary {
  readonly steps: readonly RunStep[];
  /** Φ of the last known state minus Φ of the start: what the rewards add up to. */
  readonly progress: number;
  /** 0-based index of the first step that made things worse; null when none did. */
  readonly firstBadStep: number | null;
  /** The last state with the highest Φ, as the number of steps that led to it (0 is the start); null when the run ends there. */
  readonly backtrackTo: number | null;
  /** Over Φ of the known states after each step. Null for a run without known steps. */
  readonly aggregates: {
    readonly min: number | null;
    readonly lse: number | null;
    readonly last: number | null;
    readonly mean: number | null;
    /** One value per known step, in order. */
    readonly delta: readonly number[];
    readonly clip: readonly number[];
  };
}

/** Sums up a run from Φ at its start and after each step, base and scope being the same for all. `eta` is the threshold of `clip`. */
export function summariseRun(phiStart: number, phis: readonly (number | null)[], eta: number, temperature: number = LSE_TEMPERATURE): RunSummary {
  const steps: RunStep[] = [];
  let last = { phi: phiStart, at: -1 };
  phis.forEach((phi, index) => {
    steps.push({ phi, r: phi === null ? null : phi - last.phi, spans: phi === null ? 0 : index - last.at });
    if (phi !== null) last = { phi, at: index };
  });
  const known = phis.filter((phi) => phi !== null);
  const firstBad = steps.findIndex((step) => step.r !== null && step.r < -NOISE);
  return {
    steps,
    progress: last.phi - phiStart,
    firstBadStep: firstBad === -1 ? null : firstBad,
    backtrackTo: backtrackTarget(phiStart, phis),
    aggregates: { min: minOf(known), lse: lseOf(known, temperature), last: lastOf(known), mean: meanOf(known), delta: deltaRewards(known), clip: clipRewards(known, eta) },
  };
}

function backtrackTarget(phiStart: number, phis: readonly (number | null)[]): number | null {
  let best = { phi: phiStart, at: 0 };
  let lastKnown = 0;
  phis.forEach((phi, index) => {
    if (phi === null) return;
    lastKnown = index + 1;
    if (phi >= best.phi - NOISE) best = { phi: Math.max(phi, best.phi), at: index + 1 };
  });
  return best.at === lastKnown ? null : best.at;
}
