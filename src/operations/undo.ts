import * as z from 'zod';
import { fileDigests } from '../apply/planned-change.js';
import { runTransaction } from '../apply/transaction.js';
import { finishedTransaction, planUndo, type Undo } from '../apply/undo.js';
import { unifiedDiff } from '../apply/unified-diff.js';
import { workspaceEditOf } from '../apply/workspace-edit-of.js';
import { Failure } from '../base/failure.js';
import { safetyOf } from '../base/safety.js';
import type { BundleEdits } from '../bundles/schema/edits.js';
import { defineOperation } from './operation.js';

/** Takes an applied edit back: the last one, or the one that is named. Refuses when one of its files changed since. */
export const undo = defineOperation({
  cmd: 'undo',
  args: z.strictObject({ transaction: z.string().nullable().default(null) }),
  run: async (bench, { transaction }) => {
    const snapshot = (await bench.refresh()).digest;
    const session = bench.editSession();
    const { jail, store } = session;
    const args = { transaction };
    return session.exclusively(() => {
      const planned = planUndo(jail, store, finishedTransaction(store, transaction));
      if (planned.changed.changes.length > 0) return { args, snapshot, failure: changedSince(planned) };
      // An undo that is taken back is the edit made again.
      const cmd = planned.journal.cmd === 'undo' ? 'redo' : 'undo';
      const made = runTransaction(jail, store, { plan: planned.plan, cmd, undoes: planned.journal.transaction, permissions: planned.permissions });
      return { args: { transaction: planned.journal.transaction }, snapshot, edits: { ...editsOf(planned), transaction: made } };
    });
  },
});

function editsOf({ plan }: Undo): BundleEdits {
  return {
    workspaceEdit: workspaceEditOf(plan),
    diff: unifiedDiff(plan),
    files: fileDigests(plan),
    safety: safetyOf([{ name: 'unchanged-since', outcome: 'passed', critical: true, message: 'Every file was as the transaction left it.' }]),
    delta: null,
    deltaReason: 'an undo gives back what was there',
  };
}

function changedSince({ journal, changed }: Undo): Failure {
  const paths = fileDigests(changed).map(({ path }) => path);
  return new Failure('E/CONTENT_MODIFIED', `${paths[0] ?? ''}${paths.length > 1 ? ` (and ${String(paths.length - 1)} more)` : ''} changed since ${journal.transaction} was applied`, {
    hint: 'Nothing was written. The diff is what changed since: take that back by hand and undo again, or keep the files as they are.',
    details: { transaction: journal.transaction, paths, diff: unifiedDiff(changed) },
  });
}
