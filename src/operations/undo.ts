import * as z from 'zod';
import { fileDigests } from '../apply/planned-change.js';
import { runTransaction } from '../apply/transaction.js';
import { finishedTransaction, planUndo, type Undo } from '../apply/undo.js';
import { unifiedDiff } from '../apply/unified-diff.js';
import { workspaceEditOf } from '../apply/workspace-edit-of.js';
import { Failure } from '../base/failure.js';
import { safetyOf } from '../base/safety.js';
import type { BundleEdits } from '../bundles/schema/edits.js';
import type { EditSession } from './edits/edit-session.js';
import { defineOperation, type Answer } from './operation.js';

const argsSchema = z.strictObject({
  transaction: z.string().nullable().default(null),
  /** Keeps every file as it is: the edit is no longer the last one, and is taken back only when it is named. */
  abandon: z.boolean().default(false),
});

/** Takes an applied edit back: the last one, or the one that is named. Refuses when one of its files became something else since. */
export const undo = defineOperation({
  cmd: 'undo',
  args: argsSchema,
  run: async (bench, { transaction, abandon }) => {
    const snapshot = (await bench.refresh()).digest;
    const session = bench.editSession();
    return session.exclusively(() => ({ snapshot, ...(abandon ? abandoned(session, transaction) : takenBack(session, transaction)) }));
  },
});

type UndoAnswer = Pick<Answer, 'args' | 'facts' | 'edits' | 'failure'>;

function takenBack({ jail, store }: EditSession, name: string | null): UndoAnswer {
  const planned = planUndo(jail, store, finishedTransaction(store, name));
  const { journal, plan, permissions } = planned;
  const args = { transaction: journal.transaction, abandon: false };
  if (planned.changed.changes.length > 0) return { args: { ...args, transaction: name }, failure: changedSince(planned) };
  if (plan.changes.length === 0) {
    store.mark(journal.transaction, 'undone');
    return { args, facts: { recovery: { outcome: 'taken-back', transaction: journal.transaction, paths: journal.steps.map(({ path }) => path) } } };
  }
  // An undo that is taken back is the edit made again.
  const made = runTransaction(jail, store, { plan, cmd: journal.cmd === 'undo' ? 'redo' : 'undo', undoes: journal.transaction, permissions });
  return { args, edits: { ...editsOf(planned), transaction: made } };
}

/** One that cannot be read is passed over, too: its name is all that it takes. */
function abandoned({ store }: EditSession, name: string | null): UndoAnswer {
  const isUnreadable = name !== null && store.unreadable().some(({ transaction }) => transaction === name);
  const journal = isUnreadable ? null : finishedTransaction(store, name);
  const transaction = journal?.transaction ?? name ?? '';
  store.mark(transaction, 'abandoned');
  return { args: { transaction, abandon: true }, facts: { recovery: { outcome: 'abandoned', transaction, paths: journal?.steps.map(({ path }) => path) ?? [] } } };
}

function editsOf({ plan, restored }: Undo): BundleEdits {
  const message = restored.length === 0 ? 'Every file was as the transaction left it.' : `Every file was as the transaction left it, or as before it already: ${restored.join(', ')}.`;
  return {
    workspaceEdit: workspaceEditOf(plan),
    diff: unifiedDiff(plan),
    files: fileDigests(plan),
    safety: safetyOf([{ name: 'unchanged-since', outcome: 'passed', critical: true, message }]),
    delta: null,
    deltaReason: 'an undo gives back what was there',
  };
}

function changedSince({ journal: { transaction }, changed }: Undo): Failure {
  const paths = fileDigests(changed).map(({ path }) => path);
  return new Failure('E/CONTENT_MODIFIED', `${paths[0] ?? ''}${paths.length > 1 ? ` (and ${String(paths.length - 1)} more)` : ''} changed since ${transaction} was applied`, {
    hint: `Nothing was written. The diff is what changed since: take that back by hand and undo again. To keep the files as they are and go on to the edits before it: assay undo ${transaction} --abandon.`,
    details: { transaction, paths, diff: unifiedDiff(changed) },
    retryable: false,
  });
}
