import { fileDigests, type EditPlan } from '../../apply/planned-change.js';
import { runTransaction } from '../../apply/transaction.js';
import { unifiedDiff } from '../../apply/unified-diff.js';
import { workspaceEditOf } from '../../apply/workspace-edit-of.js';
import { Failure } from '../../base/failure.js';
import type { JsonObject } from '../../bundles/json-shape.js';
import type { BundleEdits } from '../../bundles/schema/edits.js';
import type { Answer } from '../operation.js';
import { checkCommit, commitFiles } from './commit-files.js';
import { previewArgs, type EditFlags } from './edit-flags.js';
import type { EditSession } from './edit-session.js';
import { safetyChecks, type SafetyCheck } from './safety-checks.js';

/** A planned change of files, and what a command knows about it beside. */
export interface PlannedEdit {
  readonly cmd: string;
  readonly plan: EditPlan;
  /** The arguments of the command itself that change the answer. */
  readonly args: JsonObject;
  readonly flags: EditFlags;
  /** Checks of the command's own, after those that hold for every edit. */
  readonly checks?: readonly SafetyCheck[];
  /** The diagnostics that the edit would bring and take away, or why they are not known. */
  readonly delta: NonNullable<BundleEdits['delta']> | { readonly unknown: string };
}

/** Answers with what an edit would do, and with the way to do it when that is asked for: see Answer.write. */
export async function editAnswer(session: EditSession, edit: PlannedEdit): Promise<Pick<Answer, 'args' | 'edits' | 'write'>> {
  const { plan, flags, delta } = edit;
  const checks = [...(await safetyChecks(session.workspace, session.jail, plan, flags)), ...(edit.checks ?? [])];
  const edits: BundleEdits = {
    workspaceEdit: workspaceEditOf(plan),
    diff: unifiedDiff(plan),
    files: fileDigests(plan),
    safety: { checks },
    ...('unknown' in delta ? { delta: null, deltaReason: delta.unknown } : { delta }),
  };
  const args = { ...edit.args, ...previewArgs(flags) };
  if (!flags.apply) {
    if (flags.expect !== null || flags.commit !== null) throw new Failure('E/BAD_ARGUMENT', '--expect and --commit need --apply', { hint: 'Nothing was written: without --apply the answer is a preview.' });
    return { args, edits };
  }
  return { args, edits, write: { args: { ...args, apply: true }, expect: flags.expect, run: () => write(session, edit, checks) } };
}

async function write(session: EditSession, { plan, cmd, flags }: PlannedEdit, checks: readonly SafetyCheck[]): Promise<{ transaction?: string; commit?: string }> {
  const failed = checks.filter(({ outcome, critical }) => critical && outcome === 'failed');
  if (failed.length > 0) throw refused(failed);
  if (plan.changes.length === 0) return {};
  return session.exclusively(async () => {
    const commit = flags.commit === null ? null : await checkCommit(session, plan, flags.commit);
    const transaction = runTransaction(session.jail, session.store, { plan, cmd });
    return { transaction, ...(commit === null ? {} : { commit: await commitFiles(session, commit, transaction) }) };
  });
}

function refused(failed: readonly SafetyCheck[]): Failure {
  const [first] = failed;
  return new Failure('E/FS_PERMISSIONS', `${first?.name ?? ''}: ${first?.message ?? ''}`, {
    hint: first?.name === 'clean-in-git' ? 'Nothing was written. Commit or stash these changes, or say --allow-dirty: assay undo then gives back the files as they are now.' : 'Nothing was written. The preview, without --apply, shows every check.',
    details: { checks: failed.map(({ name, message }) => ({ name, message })) },
  });
}

