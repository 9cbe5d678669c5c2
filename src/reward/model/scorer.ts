import type { StepsSoFar } from './step-features.js';

/** A patch with the problem that it should solve; an unknown problem is ''. */
export interface PatchInput {
  readonly patch: string;
  readonly problem: string;
}

export interface GroupInput extends PatchInput {
  /** Who made it; null when that is not known. Only ever used to count votes. */
  readonly system: string | null;
}

/** What a head says before calibration; `novelty` is null where the model does not tell. */
export interface RawScore {
  readonly logit: number;
  readonly novelty: number | null;
  /** What of a patch is larger than the card trusts, in words; null for nothing. */
  readonly oversize: string | null;
}

export interface RawHunkScore extends RawScore {
  readonly path: string;
  /** The first line of its old side, 1-based, and how many there are. */
  readonly start: number;
  readonly span: number;
}

/** The heads of a model, whatever it reads. `group` gives null when the model has no such head. */
export interface Scorer {
  patch(input: PatchInput): Promise<RawScore>;
  hunks(input: PatchInput): Promise<RawHunkScore[]>;
  step(input: PatchInput, steps: StepsSoFar): Promise<RawScore>;
  group(candidates: readonly GroupInput[]): Promise<RawScore[] | null>;
}
