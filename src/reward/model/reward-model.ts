import { featureScorer } from './feature-scorer.js';
import { loadCard, type Head, type ModelCard } from './card.js';
import { calibrated } from './calibration.js';
import { readLivePatch, type LivePatch } from './live-patch.js';
import { defaultCardPath } from './model-files.js';
import { OnnxSession, type ProviderChoice } from './onnx-session.js';
import type { GroupInput, PatchInput, RawScore, Scorer } from './scorer.js';
import type { StepsSoFar } from './step-features.js';
import { textScorer } from './text-scorer.js';

/** What says which model gave a score: equal identities on equal input give equal scores. */
export interface ModelIdentity {
  /** Of the ONNX file. */
  readonly digest: string;
  /** Of the card, which holds the calibration too. */
  readonly card: string;
  readonly runtime: string;
  readonly provider: string;
  readonly tokenizer: string | null;
}

/** A calibrated probability that a patch is right, and whether the model itself would not rely on it. */
export interface Verdict {
  readonly p: number;
  readonly logit: number;
  readonly abstain: boolean;
  /** Why, when it abstains. */
  readonly reason: string | null;
}

export interface HunkVerdict extends Verdict {
  readonly path: string;
  /** The first line of its old side, 1-based, and how many there are. */
  readonly start: number;
  readonly span: number;
}

/** A model, ready to score. Close it, whatever happened. */
export interface RewardModel {
  readonly card: ModelCard;
  readonly identity: ModelIdentity;
  /** The probability that a patch is right, from itself alone. */
  scorePatch(input: PatchInput): Promise<Verdict>;
  /** The probability that each hunk is at a place that a right patch changes, too; by path, then place. Null without such a head, or a problem that it needs. */
  scoreHunks(input: PatchInput): Promise<HunkVerdict[] | null>;
  /** The probability that a run will end in a right patch, from the patch so far and the kinds of its actions. Null without such a head, or a problem that it needs. */
  scoreStep(input: PatchInput, steps: StepsSoFar): Promise<Verdict | null>;
  /** The probability that each of several patches for one task is right, from all of them; null when the model has no such head. */
  scoreGroup(candidates: readonly GroupInput[]): Promise<Verdict[] | null>;
  close(): Promise<void>;
}

/** Opens the model of a card, the one of this package without a path. Throws Failures that name the file and the way out. */
export async function openModel(cardPath: string | null, provider: ProviderChoice): Promise<RewardModel> {
  const loaded = await loadCard(cardPath ?? defaultCardPath());
  const session = await OnnxSession.open(loaded.model, provider);
  try {
    const scorer = loaded.card.input.kind === 'features' ? featureScorer(loaded.card, loaded.card.input, session) : await textScorer(loaded, loaded.card.input, session);
    const identity: ModelIdentity = {
      digest: loaded.card.model.digest,
      card: loaded.digest,
      runtime: session.runtime,
      provider: session.provider,
      tokenizer: loaded.card.input.kind === 'text' ? loaded.card.input.tokenizer.digest : null,
    };
    return modelOf(loaded.card, identity, scorer, session);
  } catch (error) {
    await session.close();
    throw error;
  }
}

function modelOf(card: ModelCard, identity: ModelIdentity, scorer: Scorer, session: OnnxSession): RewardModel {
  const verdict = (head: Head, { logit, novelty, oversize }: RawScore, problem: string): Verdict => {
    const { calibration } = card.heads[head] ?? card.heads.patch;
    const p = calibrated(logit, calibration);
    const reason = abstainReason(card, p, { novelty, oversize }, problem);
    return { p, logit, abstain: reason !== null, reason };
  };
  const canAsk = (head: Head, problem: string): boolean => card.heads[head] !== undefined && !(card.abstain.withoutProblem && problem.trim() === '');
  return {
    card,
    identity,
    scorePatch: async (input) => ruled(input.patch, verdict('patch', await scorer.patch(input), input.problem)),
    scoreHunks: async (input) => {
      if (!canAsk('hunk', input.problem)) return null;
      return (await scorer.hunks(input)).map((hunk) => ({ path: hunk.path, start: hunk.start, span: hunk.span, ...verdict('hunk', hunk, input.problem) }));
    },
    scoreStep: async (input, steps) => (canAsk('step', input.problem) ? verdict('step', await scorer.step(input, steps), input.problem) : null),
    scoreGroup: async (candidates) => {
      const scored = await scorer.group(candidates);
      return scored?.map((item, index) => ruled(candidates[index]?.patch ?? '', verdict('group', item, candidates[index]?.problem ?? ''))) ?? null;
    },
    close: () => session.close(),
  };
}

/** A patch that changes nothing but comments and layout is not right with any probability. */
const NOTHING_CHANGED: Verdict = { p: 0, logit: -Infinity, abstain: false, reason: null };
const UNSEEN = 'the patch changes no code of a source file that was there before, or only text in strings and code that nothing in the patch uses, which the model does not see';

/**
 * What is true of a patch whatever the model says: one that changes nothing has p = 0, and of one in which the model sees nothing
 * it is not believed. Code that nothing uses, and files beside those that were there, may be right all the same, but they must not
 * buy a p that a comment has not.
 */
function ruled(patch: string, verdict: Verdict): Verdict {
  const read = readLivePatch(patch);
  if (read.changesSource) return verdict;
  if (changesNothing(read)) return NOTHING_CHANGED;
  return { ...(read.changesStrings ? verdict : NOTHING_CHANGED), abstain: true, reason: UNSEEN };
}

export function isNoOp(patch: string): boolean {
  return changesNothing(readLivePatch(patch));
}

function changesNothing({ hunks, addingTests, scratch, other, changesCode }: LivePatch): boolean {
  return hunks.length + addingTests.size + scratch.size + other.size === 0 && !changesCode;
}

function abstainReason(card: ModelCard, p: number, { novelty, oversize }: Pick<RawScore, 'novelty' | 'oversize'>, problem: string): string | null {
  if (card.abstain.withoutProblem && problem.trim() === '') return 'there is no problem statement to compare the patch with';
  if (oversize !== null) return `larger than what the model learned from (${oversize})`;
  const most = card.abstain.novelty?.max;
  if (novelty !== null && most !== undefined && novelty > most) return `unlike the patches that the model learned from (${novelty.toFixed(2)}, at most ${most.toFixed(2)})`;
  return Math.abs(p - 0.5) < card.abstain.margin ? `not sure: p is within ${String(card.abstain.margin)} of one half` : null;
}
