import { fileDigests, type EditPlan } from '../../apply/planned-change.js';
import { runTransaction } from '../../apply/transaction.js';
import { unifiedDiff } from '../../apply/unified-diff.js';
import { workspaceEditOf } from '../../apply/workspace-edit-of.js';
import { Failure } from '../../base/failure.js';
import { safetyOf, type SafetyCheck } from '../../base/safety.js';
import type { WorkspaceEdit } from '../../base/workspace-edit.js';
import type { JsonObject } from '../../bundles/json-shape.js';
import type { BundleEdits } from '../../bundles/schema/edits.js';
import type { Answer } from '../operation.js';
import { changedLines } from './changed-lines.js';
import { checkCommit, commitFiles } from './commit-files.js';
import { previewArgs, type EditFlags } from './edit-flags.js';
import type { EditSession } from './edit-session.js';
import type { MeasuredEdit } from '../measure-edit.js';
import { safetyChecks } from './safety-checks.js';

/** A planned change of files, and what a command knows about it beside. */
export interface PlannedEdit {
  readonly cmd: string;
  readonly plan: EditPlan;
  /** The arguments of the command itself that change the answer. */
  readonly args: JsonObject;
  readonly flags: EditFlags;
  /** Checks of the command's own, after those that hold for every edit. */
  readonly checks?: readonly SafetyCheck[];
  /** What was mended in a patch before it could be planned. */
  readonly repairs?: readonly string[];
  /** The diagnostics that the edit would bring and take away. */
  readonly measured: MeasuredEdit;
  /** The edit as it was given, where the plan was made of one; default: one that is made of the plan. */
  readonly workspaceEdit?: WorkspaceEdit;
  /** What a rename counts, leaves alone and gives another id; of other edits the lines are counted. */
  readonly counts?: NonNullable<BundleEdits['safety']['counts']>;
  readonly mentions?: NonNullable<BundleEdits['safety']['mentions']>;
  readonly symbolIds?: NonNullable<BundleEdits['symbolIds']>;
}

/** Answers with what an edit would do, and with the way to do it when that is asked for: see Answer.write. */
export async function editAnswer(session: EditSession, edit: PlannedEdit): Promise<Pick<Answer, 'args' | 'edits' | 'write' | 'exitCode'>> {
  const { plan, flags, measured, mentions, symbolIds } = edit;
  const counts = edit.counts ?? (await changedLines(plan));
  const checks = [...(await safetyChecks(session.workspace, session.jail, plan, flags)), ...(edit.checks ?? [])];
  const edits: BundleEdits = {
    workspaceEdit: edit.workspaceEdit ?? workspaceEditOf(plan),
    diff: unifiedDiff(plan),
    files: fileDigests(plan),
    safety: { ...safetyOf(checks), counts, ...(mentions === undefined ? {} : { mentions }) },
    ...(symbolIds === undefined ? {} : { symbolIds }),
    ...(edit.repairs === undefined || edit.repairs.length === 0 ? {} : { repairs: [...edit.repairs] }),
    delta: measured.delta,
    ...(measured.reason === null ? {} : { deltaReason: measured.reason }),
  };
  const args = { ...edit.args, ...previewArgs(flags) };
  if (!flags.apply) {
    if (flags.expect !== null || flags.commit !== null) throw new Failure('E/BAD_ARGUMENT', '--expect and --commit need --apply', { hint: 'Nothing was written: without --apply the answer is a preview.' });
    return { args, edits, ...(edits.safety.verdict === 'refused' ? { exitCode: 1 as const } : {}) };
  }
  return { args, edits, write: { args: { ...args, apply: true }, expect: flags.expect, run: () => write(session, edit, checks) } };
}

async function write(session: EditSession, { plan, cmd, flags, checks: own = [] }: PlannedEdit, checks: readonly SafetyCheck[]): Promise<{ transaction?: string; commit?: string }> {
  const failed = checks.filter(({ outcome, critical }) => critical && outcome === 'failed');
  const ownNames = new Set(own.map(({ name }) => name));
  if (failed.length > 0) throw refused(failed, failed.every(({ name }) => ownNames.has(name)));
  if (plan.changes.length === 0) return {};
  return session.exclusively(async () => {
    const commit = flags.commit === null ? null : await checkCommit(session, plan, flags.commit);
    const transaction = runTransaction(session.jail, session.store, { plan, cmd });
    return { transaction, ...(commit === null ? {} : { commit: await commitFiles(session, commit, transaction) }) };
  });
}

/** `isUnfit`: the files could be written, and the edit itself is what must not be made. */
function refused(failed: readonly SafetyCheck[], isUnfit: boolean): Failure {
  const [first] = failed;
  return new Failure(isUnfit ? 'E/APPLY_CONFLICT' : 'E/FS_PERMISSIONS', `${first?.name ?? ''}: ${first?.message ?? ''}`, {
    hint: first?.name === 'clean-in-git' ? 'Nothing was written. Commit or stash these changes, or say --allow-dirty: assay undo then gives back the files as they are now.' : 'Nothing was written. The preview, without --apply, shows every check.',
    details: { checks: failed.map(({ name, message }) => ({ name, message })) },
  });
}

