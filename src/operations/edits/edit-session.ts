import { join } from 'node:path';
import { withClaim } from '../../apply/claim.js';
import { Jail } from '../../apply/jail.js';
import { JournalStore } from '../../apply/journal-store.js';
import { nodeFiles } from '../../apply/node-files.js';
import { observedFiles } from '../../apply/observed-files.js';
import { recover, type Recovery } from '../../apply/transaction.js';
import { WorkspaceFiles } from '../../apply/workspace-files.js';
import { Failure } from '../../base/failure.js';
import { isIdentity, mayBeRunning, ownIdentity } from '../../workspace/process-identity.js';
import { ensureStateDir, stateDirFor } from '../../workspace/state-dir.js';
import type { Workspace } from '../../workspace/workspace-root.js';

/** So often another process is waited for, about 50 ms each. */
const CLAIM_ATTEMPTS = 100;

/** The files of a workspace as edits reach them, and what was written down about earlier edits. */
export class EditSession {
  readonly workspace: Workspace;
  /** The user's. */
  readonly env: NodeJS.ProcessEnv;
  readonly jail: Jail;
  readonly store: JournalStore;
  /** For planWorkspaceEdit. */
  readonly files: WorkspaceFiles;

  constructor(workspace: Workspace, env: NodeJS.ProcessEnv) {
    const port = observedFiles(nodeFiles());
    this.workspace = workspace;
    this.env = env;
    this.jail = new Jail(port, workspace.root);
    this.store = new JournalStore(port, workspace.stateDir);
    this.files = new WorkspaceFiles(this.jail);
  }

  /**
   * Calls `use` while no other assay process writes to this workspace or another one in the same repository, with no transaction open.
   * Throws E/CONTENT_MODIFIED when another process does not finish, or an earlier transaction can be neither finished nor taken back.
   */
  async exclusively<T>(use: () => T | Promise<T>): Promise<T> {
    return this.claimed(async () => {
      const recovery = recover(this.jail, this.store);
      if (recovery.kind === 'blocked') throw blockedFailure(recovery);
      return use();
    });
  }

  /**
   * Finishes or takes back an edit that was cut short, if there is one. Null when there is none; blocked when only the user can say.
   * What is under way in another process is waited for.
   */
  async recoverInterrupted(): Promise<Recovery | null> {
    if (this.store.readOpen() === null) return null;
    return this.claimed(() => recover(this.jail, this.store));
  }

  /** Calls `use` while no other assay process writes. */
  async claimed<T>(use: () => T | Promise<T>): Promise<T> {
    await ensureStateDir(this.workspace.stateDir);
    const shared = stateDirFor(this.workspace.git?.top ?? this.workspace.root);
    await ensureStateDir(shared);
    const options = { owner: JSON.stringify(await ownIdentity()), mayBeRunning: ownerMayBeRunning, attempts: CLAIM_ATTEMPTS };
    return withClaim(this.jail.files, shared, options, use);
  }
}

/** A claim that cannot be read belongs to somebody all the same. */
async function ownerMayBeRunning(owner: string): Promise<boolean> {
  try {
    const identity: unknown = JSON.parse(owner);
    return !isIdentity(identity) || (await mayBeRunning(identity));
  } catch (error) {
    if (error instanceof SyntaxError) return true;
    throw error;
  }
}

export function blockedFailure({ journal, paths }: Recovery & { readonly kind: 'blocked' }): Failure {
  return new Failure('E/CONTENT_MODIFIED', `the transaction ${journal.transaction} was cut short, and ${paths[0] ?? ''}${paths.length > 1 ? ` (and ${String(paths.length - 1)} more)` : ''} changed since`, {
    hint: `Nothing was written. Give the file the content that it had before or after the edit (both are kept in the state directory, under ${join('transactions', journal.transaction)}) and run assay recover; or keep all files as they are with assay recover --abandon.`,
    details: { transaction: journal.transaction, paths },
    retryable: false,
  });
}

/** Says what became of an edit that was cut short, to a user who asked for something else. */
export function sentenceOf(recovery: Exclude<Recovery, { readonly kind: 'nothing' }>): string {
  const { transaction } = recovery.journal;
  switch (recovery.kind) {
    case 'finished':
      return `The edit ${transaction}, which was cut short, is finished now.`;
    case 'taken-back':
      return `The edit ${transaction}, which was cut short, is taken back: every file is as it was before.`;
    case 'blocked':
      return `The edit ${transaction} was cut short, and ${recovery.paths.join(', ')} changed since: assay recover says what can be done.`;
  }
}
