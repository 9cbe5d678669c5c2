import { toFailure } from '../base/failure.js';
import type { DiagnosticDelta } from '../base/process-reward.js';
import { processReward } from '../reward/process-reward.js';
import type { FileTree } from '../workspace/file-tree.js';
import { treeOfWorktree, withContents } from '../workspace/tree.js';
import type { Workspace } from '../workspace/workspace-root.js';
import { priceStep, type Pricing } from './reward/price-step.js';
import type { ShadowLab } from './reward/shadow-lab.js';
import { stepOf } from './reward/step.js';
import type { Workbench } from './workbench.js';

/** Whole files after an edit, by workspace path; null for a deleted one. */
export type EditedContents = ReadonlyMap<string, Buffer | string | null>;

/** What an edit does to the diagnostics; null with the reason when that cannot be had. */
export type MeasuredEdit = { readonly delta: DiagnosticDelta; readonly reason: null } | { readonly delta: null; readonly reason: string };

/**
 * Measures what an edit of the worktree would do to the diagnostics of the files that it touches and of those that depend on them, in the
 * shadow worktree; see StepPlan for what more it may look at. Whatever fails there becomes the reason: an edit without a measurement is
 * still an edit.
 */
export async function measureEdit(bench: Workbench, contents: EditedContents, more: Pick<Pricing, 'atHead' | 'besides'> = {}): Promise<MeasuredEdit> {
  const { workspace } = bench;
  try {
    const tree = await treeOfWorktree(workspace);
    const step = await stepOf(tree, editedTree(workspace, tree, contents), {});
    const { facts, failure } = await priceStep(bench, step, { tier: 'dependents', onPhase: () => undefined, ...more });
    if (failure !== null) return { delta: null, reason: failure.message };
    if (facts.pairs.length === 0) return { delta: null, reason: 'it changes no file' };
    if (!facts.pairs.some(({ after, before }) => (after ?? before)?.diagnostics !== null)) return { delta: null, reason: 'no language server knows the files that it touches' };
    const { diagnostics, abstainReason } = processReward(facts);
    return diagnostics === null ? { delta: null, reason: abstainReason ?? 'it could not be measured' } : { delta: diagnostics, reason: null };
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'E/INTERNAL') throw failure;
    return { delta: null, reason: failure.message };
  }
}

/** Asks about the worktree with some files edited, which the lab shows. */
export function askEdited<T>(bench: Workbench, contents: EditedContents, ask: (lab: ShadowLab) => Promise<T>): Promise<T> {
  return bench.inLab(async (lab) => {
    await lab.show(editedTree(bench.workspace, await treeOfWorktree(bench.workspace), contents));
    return ask(lab);
  });
}

function editedTree({ git }: Workspace, tree: FileTree, contents: EditedContents): FileTree {
  const prefix = git?.prefix ?? '';
  return withContents(tree, new Map([...contents].map(([path, content]) => [prefix + path, typeof content === 'string' ? Buffer.from(content, 'utf8') : content])));
}
