import { planBetween } from '../../apply/plan-between.js';
import { unifiedDiff } from '../../apply/unified-diff.js';
import { sha256 } from '../../base/digest.js';
import type { FileImage } from '../../base/file-image.js';
import { observe } from '../../base/observe.js';
import type { LearnedScore } from '../../base/process-reward.js';
import type { FileTree } from '../../workspace/file-tree.js';
import { learnedScore, sharedModel, type ModelChoice } from '../learned.js';
import type { Step } from './step.js';

/** What the model says of a step: of the patch as it was given, else of the diff between its two sides. A replay needs no runtime for it. */
export async function learnedStep({ card, provider, problem }: ModelChoice & { readonly problem: string }, step: Step, patch: Buffer | null): Promise<LearnedScore> {
  const text = patch === null ? await diffOfStep(step) : patch.toString('utf8');
  return observe({ what: 'model score', key: [card, provider, sha256(problem), sha256(text)] }, async () => {
    const model = await sharedModel({ card, provider });
    return learnedScore(model, await model.scorePatch({ patch: text, problem }));
  });
}

/** Returns a step as `git diff -M` would print it. */
async function diffOfStep({ before, after, changes }: Step): Promise<string> {
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
