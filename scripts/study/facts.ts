import type { ProcessReward } from '../../src/base/process-reward.js';

/** What is known of one labelled patch: its label and what its reward was made of. One line of the facts file. */
export interface PatchFacts {
  readonly patch: string;
  readonly instance: string;
  readonly repository: string;
  readonly system: string;
  readonly resolved: boolean;
  /** Why there are no facts; null when there are. */
  readonly error: string | null;
  readonly abstain: boolean;
  readonly v1: number | null;
  readonly v2: number | null;
  readonly phiD: number | null;
  /** `severity rule`, one per diagnostic. */
  readonly introduced: readonly string[];
  readonly fixed: readonly string[];
  readonly gates: readonly string[];
  readonly suppressions: number;
  readonly escapeHatches: number;
  readonly danglingReferences: number;
  readonly unparsable: number;
  /** What W was made of, so that a φ_D of another kind can be computed without asking again. */
  readonly W: ProcessReward['W'] | null;
  readonly measuredFiles: number;
  readonly milliseconds: number;
}
