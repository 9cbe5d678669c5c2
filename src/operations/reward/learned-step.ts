import { planBetween } from '../../apply/plan-between.js';
import { unifiedDiff } from '../../apply/unified-diff.js';
import { sha256 } from '../../base/digest.js';
import type { FileImage } from '../../base/file-image.js';
import type { LearnedHunk, LearnedScore } from '../../base/process-reward.js';
import type { PatchInput } from '../../reward/model/scorer.js';
import type { RewardModel } from '../../reward/model/reward-model.js';
import type { FileTree } from '../../workspace/file-tree.js';
import { askModel, learnedScore, type ModelChoice } from '../learned.js';
import type { Step } from './step.js';

/** What the model says of a step: of the patch as it was given, else of the diff between its two sides. */
export async function learnedStep({ card, provider, problem }: ModelChoice & { readonly problem: string }, step: Step, patch: Buffer | null): Promise<LearnedScore> {
  const input = { patch: patch === null ? await diffOfStep(step) : patch.toString('utf8'), problem };
  return askModel({ what: 'model score', key: [sha256(problem), sha256(input.patch)] }, { card, provider }, async (model) => {
    const score = learnedScore(model, await model.scorePatch(input));
    const hunks = await learnedHunks(model, input);
    return { said: hunks === null ? score : { ...score, hunks }, ps: [score.p, ...(hunks ?? []).map(({ p }) => p)] };
  });
}

/** More are of no use to a reader. */
const HUNKS_MAX = 200;

async function learnedHunks(model: RewardModel, input: PatchInput): Promise<LearnedHunk[] | null> {
  const hunks = await model.scoreHunks(input);
  return hunks?.slice(0, HUNKS_MAX).map(({ path, start, span, p }) => ({ path, range: span === 0 ? [start, 0, start, 0] : [start - 1, 0, start - 1 + span, 0], p })) ?? null;
}

/** Returns a step as `git diff -M` would print it. */
export async function diffOfStep({ before, after, changes }: Step): Promise<string> {
  const old = await imagesOf(before, [...changes.changed, ...changes.deleted, ...changes.renamed.map(({ from }) => from)]);
  const now = await imagesOf(after, [...changes.changed, ...changes.created, ...changes.renamed.map(({ to }) => to)]);
  return unifiedDiff(planBetween(old, now, changes.renamed));
}

async function imagesOf(tree: FileTree, paths: readonly string[]): Promise<Map<string, FileImage>> {
  const images = new Map<string, FileImage>();
  for (const path of paths) {
    const file = tree.get(path);
    if (file !== undefined) images.set(path, { mode: file.mode, bytes: await file.content.read() });
  }
  return images;
}
