import { Flags } from '@oclif/core';
import type { JsonObject } from '../bundles/json-shape.js';
import type { ModelChoice } from '../operations/learned.js';
import { readInput } from '../workspace/read-input.js';

export interface ModelFlags {
  readonly model: string | undefined;
  readonly 'no-model': boolean;
  readonly provider: ModelChoice['provider'];
}

/** For every command that asks the learned model. */
export const MODEL_FLAGS = {
  model: Flags.string({ description: 'card of a model of your own (default: the one of this package)', helpValue: 'CARD' }),
  'no-model': Flags.boolean({ description: 'leave the learned part out', default: false, exclusive: ['model'] }),
  provider: Flags.option({ options: ['cpu', 'cuda', 'webgpu', 'auto'] as const, description: 'where the model runs', default: 'cpu' as const })(),
};

/** Null when the learned part is to be left out. */
export function modelChoice(flags: ModelFlags): ModelChoice | null {
  return flags['no-model'] ? null : { card: flags.model ?? null, provider: flags.provider };
}

/** For the commands that price one step or run. */
export const PROBLEM_FLAG = Flags.string({ description: 'file with the text of the problem to solve; without it the model abstains', helpValue: 'FILE' });

/** The arguments of an operation that asks the model. */
export async function modelArgs(flags: ModelFlags & { readonly problem: string | undefined }): Promise<JsonObject> {
  const choice = modelChoice(flags);
  if (choice === null) return { model: false };
  const problem = flags.problem === undefined ? {} : { problem: (await readInput(flags.problem)).toString('utf8') };
  return { card: choice.card, provider: choice.provider, ...problem };
}
