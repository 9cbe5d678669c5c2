import { Failure } from '../base/failure.js';
import type { Severity } from '../base/location.js';
import type { PotentialWeights } from '../base/process-reward.js';

/** The constants of both rewards (`docs/rewards.md` says what each is for). */
export interface RewardOptions {
  /** Which reward is on top; the other is in the result as well. */
  readonly version: 'pr-v2' | 'pr-v1';
  readonly mode: 'progress' | 'shaping';
  readonly gammaD: number;
  /** True for the last step of a run: `shaping` then takes Φ of the last state back. */
  readonly isTerminal: boolean;
  readonly weights: PotentialWeights;
  /** The W at which φ_D is one half. */
  readonly tau: number;
  readonly severityWeights: Readonly<Record<Severity, number>>;
  /** What a diagnostic in scope counts that was there before. */
  readonly preexistingFactor: number;
  /** What W grows by for each of these. */
  readonly suppressionCharge: number;
  readonly escapeHatchCharge: number;
  readonly danglingCharge: number;
  readonly unparsableCharge: number;
  readonly paper: { readonly alpha: number; readonly beta: number; readonly gamma: number; readonly safety: 'binary' | 'signed' };
}

export const DEFAULT_OPTIONS: RewardOptions = {
  version: 'pr-v2',
  mode: 'progress',
  gammaD: 1,
  isTerminal: false,
  weights: { phiD: 0.45, phiS: 0.2, conf: 0.1, phiP: 0.25 },
  tau: 5,
  severityWeights: { error: 1, warning: 0.25, information: 0.05, hint: 0 },
  preexistingFactor: 0.25,
  suppressionCharge: 1.25,
  escapeHatchCharge: 1.25,
  danglingCharge: 1,
  unparsableCharge: 10,
  paper: { alpha: 0.5, beta: 0.4, gamma: 0.1, safety: 'binary' },
};

/** Returns the defaults with `given` over them. Throws E/BAD_ARGUMENT for values under which the promises of the rewards do not hold. */
export function rewardOptions(given: Partial<RewardOptions> = {}): RewardOptions {
  const options = { ...DEFAULT_OPTIONS, ...given };
  const { phiD, phiS, conf, phiP } = options.weights;
  const { error, warning, information, hint } = options.severityWeights;
  const { alpha, beta, gamma } = options.paper;
  const charges = [options.preexistingFactor, options.suppressionCharge, options.escapeHatchCharge, options.danglingCharge, options.unparsableCharge];
  const all = [phiD, phiS, conf, phiP, error, warning, information, hint, alpha, beta, gamma, ...charges];
  if (all.some((value) => !Number.isFinite(value) || value < 0)) throw invalid('every weight and charge of a reward is a finite number, 0 or more');
  if (phiS + conf <= 0) throw invalid('phiS and conf cannot both weigh nothing: they are the terms that every step has');
  if (!(error >= warning && warning >= information && information >= hint)) throw invalid('a severer diagnostic cannot weigh less than a milder one');
  if (options.preexistingFactor > 1) throw invalid('preexistingFactor is at most 1: an old diagnostic never counts more than a new one');
  if (!(options.tau > 0 && Number.isFinite(options.tau))) throw invalid('tau is a finite number above 0');
  if (!(options.gammaD > 0 && options.gammaD <= 1)) throw invalid('gammaD lies in (0, 1]');
  return options;
}

function invalid(message: string): Failure {
  return new Failure('E/BAD_ARGUMENT', message, { hint: 'Look at the reward settings in assay.json.' });
}
