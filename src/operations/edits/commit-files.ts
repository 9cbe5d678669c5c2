import { pathChanges, type EditPlan } from '../../apply/planned-change.js';
import { runTransaction } from '../../apply/transaction.js';
import { finishedTransaction, planUndo } from '../../apply/undo.js';
import { Failure, toFailure } from '../../base/failure.js';
import { makeCommit, planCommit, type CommitPlan } from '../../workspace/git-commit.js';
import { pathFromTop } from '../../workspace/workspace-root.js';
import type { EditSession } from './edit-session.js';

/** Finds out before anything is written whether the touched files can be committed alone. */
export function checkCommit({ workspace, env }: EditSession, plan: EditPlan, message: string): Promise<CommitPlan> {
  if (workspace.git === null) throw new Failure('E/NOT_FOUND', `there is nothing to commit to: ${workspace.gitAbsence ?? 'the workspace is not in a Git work tree.'}`, { hint: 'Nothing was written. Leave --commit out.' });
  return planCommit(workspace.git.top, pathChanges(plan).map(({ path }) => pathFromTop(workspace, path)), message, env);
}

/** Commits what a transaction wrote. When that fails, the transaction is taken back, so that there is both or neither. */
export async function commitFiles({ jail, store }: EditSession, commit: CommitPlan, transaction: string): Promise<string> {
  try {
    return await makeCommit(commit);
  } catch (error) {
    const { plan, permissions } = planUndo(jail, store, finishedTransaction(store, transaction));
    runTransaction(jail, store, { plan, cmd: 'undo', undoes: transaction, permissions });
    const { code, message, hint } = toFailure(error);
    throw new Failure(code, message, { hint: `${hint} Every file is as it was.`, cause: error });
  }
}
