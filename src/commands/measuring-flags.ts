import { Flags } from '@oclif/core';
import type { JsonObject } from '../bundles/json-shape.js';

/** How much of a workspace is measured for a step. */
export const MEASURING_FLAGS = {
  tier: Flags.option({ options: ['touched', 'dependents', 'exact'] as const, description: 'what is measured: the touched files, also their dependents (default), or the whole workspace' })(),
  exact: Flags.boolean({ description: 'the same as --tier exact', default: false }),
  verify: Flags.boolean({ description: 'measure files that are proved unchanged all the same, and say where the proof was wrong', default: false }),
  'max-files': Flags.integer({ description: 'measure at most so many files that the step does not touch; coverage lists the others', min: 0, helpValue: 'N' }),
  'max-ms': Flags.integer({ description: 'measure no further untouched file after so many milliseconds; coverage lists the others', min: 0, helpValue: 'MS' }),
};

export interface MeasuringFlags {
  readonly tier: 'touched' | 'dependents' | 'exact' | undefined;
  readonly exact: boolean;
  readonly verify: boolean;
  readonly 'max-files': number | undefined;
  readonly 'max-ms': number | undefined;
}

/** The same as arguments of `reward`. */
export function measuringArgs(flags: MeasuringFlags): JsonObject {
  return { tier: flags.tier ?? null, exact: flags.exact, verify: flags.verify, maxFiles: flags['max-files'] ?? null, maxMs: flags['max-ms'] ?? null };
}
