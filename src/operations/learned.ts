import { resolve } from 'node:path';
import { caller } from '../base/caller.js';
import { sha256 } from '../base/digest.js';
import type { LearnedScore } from '../base/process-reward.js';
import type { ProviderChoice } from '../reward/model/onnx-session.js';
import { readInput } from '../workspace/read-input.js';
import { openModel, type RewardModel, type Verdict } from '../reward/model/reward-model.js';

/** Which model, and where it runs. */
export interface ModelChoice {
  /** A card of the user's own, relative to the current folder; null is the one of this package. */
  readonly card: string | null;
  readonly provider: ProviderChoice;
}

const models = new Map<string, Promise<RewardModel>>();

/** Returns a model that stays open for the life of this process, as long as its card is what it was. An idle one keeps no process alive. */
export async function sharedModel({ card, provider }: ModelChoice): Promise<RewardModel> {
  const path = card === null ? null : resolve(caller().cwd, card);
  // One that cannot be read is reported by whoever opens it.
  const content = card === null ? null : await readInput(card).then(sha256, () => null);
  const key = JSON.stringify([path, provider, content]);
  const model = models.get(key) ?? openModel(path, provider);
  models.set(key, model);
  // What could not be opened is tried again when it is asked for again.
  model.catch(() => models.delete(key));
  return model;
}

/** Returns a verdict as bundles carry it, with what says which model gave it. */
export function learnedScore({ identity }: RewardModel, { p, abstain, reason }: Verdict): LearnedScore {
  return { p, abstain, abstainReason: reason, ...identity };
}
