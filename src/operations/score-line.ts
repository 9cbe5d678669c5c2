import type { Failure } from '../base/failure.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import type { ScoreRequest } from '../bundles/schema/lines.js';

/** One line of the input: a patch to price, or why it cannot be read. */
export interface ScoreLine {
  readonly id: string | number;
  readonly request: ScoreRequest | Failure;
}

/** A line with the bundle of its reward. */
export interface PricedLine {
  readonly line: ScoreLine;
  readonly bundle: Bundle;
}
