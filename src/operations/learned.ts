import { resolve } from 'node:path';
import { caller } from '../base/caller.js';
import { sha256 } from '../base/digest.js';
import { observe } from '../base/observe.js';
import type { LearnedScore } from '../base/process-reward.js';
import type { ProviderChoice } from '../reward/model/onnx-session.js';
import { readInput } from '../workspace/read-input.js';
import type { PatchInput } from '../reward/model/scorer.js';
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

/** Returns what the model says of a patch as a whole. */
export function learnedPatch(choice: ModelChoice, input: PatchInput): Promise<LearnedScore> {
  return askModel({ what: 'model score', key: [sha256(input.problem), sha256(input.patch)] }, choice, async (model) => {
    const score = learnedScore(model, await model.scorePatch(input));
    return { said: score, ps: [score.p] };
  });
}

/** What was asked of a model, and what it said. */
interface Answered<T> extends Pick<LearnedScore, 'digest' | 'card' | 'runtime' | 'provider' | 'tokenizer'> {
  readonly said: T;
  /** The probabilities in it, in a fixed order. */
  readonly ps: readonly (number | null)[];
}

/** What machines with the same model may differ by. */
const DIFFERENCE_MAX = 1e-3;

/**
 * Asks the model through the tape. A replay takes what was recorded, and needs no runtime for it. Where the very model that gave
 * it can be had, it is asked again and must agree, so that a trace cannot claim a score that its model does not give.
 */
export async function askModel<T>({ what, key }: { readonly what: string; readonly key: readonly unknown[] }, choice: ModelChoice, ask: (model: RewardModel) => Promise<{ said: T; ps: readonly (number | null)[] }>): Promise<T> {
  const doubt = async (seen: Answered<T>): Promise<string | null> => {
    // A model that is not here, or is another one now, has nothing to say of what was recorded.
    const model = await sharedModel(choice).catch(() => null);
    if (model === null || !gave(model, seen)) return null;
    const { ps } = await ask(model);
    const isSame = ps.length === seen.ps.length && ps.every((p, index) => p === seen.ps[index] || Math.abs((p ?? NaN) - (seen.ps[index] ?? NaN)) <= DIFFERENCE_MAX);
    return isSame ? null : `the ${what} that was recorded is not what the same model gives`;
  };
  const { said } = await observe({ what, key: [choice.card, choice.provider, ...key], doubt }, async () => {
    const model = await sharedModel(choice);
    return { ...model.identity, ...(await ask(model)) };
  });
  return said;
}

/** Isotonic steps may turn the last bit of another processor into a jump: those are taken as they were recorded. */
function gave({ identity, card }: RewardModel, seen: Answered<unknown>): boolean {
  const fingerprint = ({ digest, card: pinned, runtime, provider, tokenizer }: Omit<Answered<unknown>, 'said' | 'ps'>): string => JSON.stringify([digest, pinned, runtime, provider, tokenizer]);
  return fingerprint(identity) === fingerprint(seen) && Object.values(card.heads).every((head) => head.calibration.map === undefined);
}
