import { sha256 } from '../../base/digest.js';
import { kindOfAction, type StepsSoFar } from '../../reward/model/step-features.js';
import type { FileTree } from '../../workspace/file-tree.js';
import { askModel, type ModelChoice } from '../learned.js';
import { diffOfStep } from '../reward/learned-step.js';
import { stepOf } from '../reward/step.js';
import type { RecordedStep } from './read-run.js';

/** A step as far as the model looks at it: what was done, and the state after it; null when that is not known. */
export interface ScoredStep {
  readonly step: RecordedStep;
  readonly isEdit: boolean;
  readonly tree: FileTree | null;
}

/**
 * Returns, for every step, the model's p that the run will end in a right patch: from the diff so far and the kinds of the
 * actions. A reader's hint and part of no reward: looking around costs an agent nothing. Null where it cannot be had.
 */
export async function runScores(base: FileTree, steps: readonly ScoredStep[], { card, provider, problem }: ModelChoice & { readonly problem: string }): Promise<(number | null)[]> {
  const diffs = new Map<FileTree, string>();
  for (const { tree } of steps) if (tree !== null && !diffs.has(tree)) diffs.set(tree, await diffOfStep(await stepOf(base, tree, {})));
  if (diffs.size === 0) return steps.map(() => null);
  const counts = countActions(steps);
  const inputs = steps.map(({ tree }, index) => ({ patch: tree === null ? null : (diffs.get(tree) ?? ''), soFar: counts[index] as StepsSoFar }));
  const key = inputs.map(({ patch, soFar }) => [patch === null ? null : sha256(patch), soFar]);
  return askModel({ what: 'model scores of a run', key: [sha256(problem), key] }, { card, provider }, async (model) => {
    const ps: (number | null)[] = [];
    for (const { patch, soFar } of inputs) ps.push(patch === null ? null : ((await model.scoreStep({ patch, problem }, soFar))?.p ?? null));
    return { said: ps, ps };
  });
}

/** What was done up to and with each step. */
function countActions(steps: readonly ScoredStep[]): StepsSoFar[] {
  const counts = { steps: 0, searches: 0, views: 0, edits: 0, runs: 0, other: 0 };
  return steps.map(({ step, isEdit }) => {
    counts.steps += 1;
    counts[kindOfAction(actionOf(step), isEdit)] += 1;
    const { other: _other, ...known } = counts;
    return known;
  });
}

/** A call of a tool as the command line that it stands for. */
function actionOf(step: RecordedStep): string {
  if (step.kind === 'action') return step.action;
  if (step.kind !== 'tool') return '';
  const { command, cmd } = step.input;
  const line = typeof command === 'string' ? command : typeof cmd === 'string' ? cmd : '';
  return /^(?:bash|shell|execute_bash|run_command|terminal)$/u.test(step.tool) || line === 'view' ? line : step.tool;
}
