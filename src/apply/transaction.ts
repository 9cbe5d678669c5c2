import { Failure } from '../base/failure.js';
import { commit, confirm } from './commit.js';
import type { Jail } from './jail.js';
import type { JournalStore } from './journal-store.js';
import { newName, type Journal } from './journal.js';
import { pathChanges, transactionId, type EditPlan } from './planned-change.js';
import { holdContents, stepsOf } from './prepare.js';
import { rollBack } from './roll-back.js';
import { changedMeanwhile, inHolding, matches, stateOf, sweep, syncFolders } from './steps.js';
import { readEntry } from './jail.js';

export interface TransactionRequest {
  readonly plan: EditPlan;
  /** The command that asked for it. */
  readonly cmd: string;
  readonly undoes?: string;
  /** The permission bits that files are to have, where they are known. */
  readonly permissions?: ReadonlyMap<string, number>;
}

/**
 * Makes a plan come true in all its files or in none. Returns the name of the transaction. The caller holds the workspace's claim, and
 * nothing is open in the journal. When an error comes on the way, every file is put back before it is thrown; when the process ends on
 * the way, `recover` does the rest.
 */
export function runTransaction(jail: Jail, store: JournalStore, { plan, cmd, undoes, permissions }: TransactionRequest): string {
  const changes = pathChanges(plan);
  const sequence = (store.finished()[0]?.journal.sequence ?? 0) + 1;
  const journal: Journal = { version: 1, transaction: transactionId(plan), sequence, cmd, undoes: undoes ?? null, state: 'prepared', ...stepsOf(jail, plan, permissions) };
  const contents = new Map(changes.flatMap(({ path, after }) => (after === null ? [] : [[path, after.bytes] as const])));
  store.writeOpen(journal);
  try {
    store.saveContents(journal.transaction, changes);
    holdContents(jail, journal, contents);
    store.writeOpen({ ...journal, state: 'committing' });
    commit(jail, journal);
    syncFolders(jail, journal);
    confirm(jail, journal);
  } catch (error) {
    throw takenBack(jail, store, journal, error);
  }
  close(jail, store, journal);
  return journal.transaction;
}

function close(jail: Jail, store: JournalStore, journal: Journal): void {
  try {
    sweep(jail, journal);
    store.finish(journal);
  } catch (cause) {
    throw new Failure('E/FS_PERMISSIONS', `the transaction ${journal.transaction} changed every file, but could not be closed: ${messageOf(cause)}`, {
      hint: 'All of it is written. Mend what the message names, then run assay recover, which closes it.',
      details: { transaction: journal.transaction },
      cause,
    });
  }
}

/** Returns what to throw after `error`: itself, when every file is as it was. */
function takenBack(jail: Jail, store: JournalStore, journal: Journal, error: unknown): unknown {
  let foreign: string[];
  try {
    foreign = rollBack(jail, store, journal);
    store.drop(journal);
  } catch (cause) {
    return new Failure('E/FS_PERMISSIONS', `the transaction ${journal.transaction} could not be finished (${messageOf(error)}), and not be taken back either: ${messageOf(cause)}`, {
      hint: 'Some files may be changed and others not. Mend what the message names, then run assay recover: it needs nothing else.',
      details: { transaction: journal.transaction, paths: journal.steps.map(({ path }) => path) },
      cause: error,
    });
  }
  return foreign.length === 0 || error instanceof Failure ? error : changedMeanwhile(foreign, 'They were left as somebody else made them; every other file is as it was.');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export type Recovery =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'finished' | 'taken-back'; readonly journal: Journal }
  /** Files that are in neither state: only their owner can say what becomes of them. */
  | { readonly kind: 'blocked'; readonly journal: Journal; readonly paths: readonly string[] };

/**
 * Finishes the transaction that a crash cut short, or takes it back where it had not begun to change files or cannot be finished.
 * Writes nothing when a file is neither what it was nor what it was to be. The caller holds the workspace's claim.
 */
export function recover(jail: Jail, store: JournalStore): Recovery {
  const journal = store.readOpen();
  if (journal === null) return { kind: 'nothing' };
  if (journal.state === 'prepared') {
    sweep(jail, journal);
    store.drop(journal);
    return { kind: 'taken-back', journal };
  }
  const paths = journal.steps.filter((step) => stateOf(jail, step) === 'other').map(({ path }) => path);
  if (paths.length > 0) return { kind: 'blocked', journal, paths };
  if (!canFinish(jail, journal)) return takeBack(jail, store, journal);
  commit(jail, journal);
  syncFolders(jail, journal);
  close(jail, store, journal);
  return { kind: 'finished', journal };
}

/** `journal` is null when it could not be read, and was set aside. */
export type Abandoned = { readonly kind: 'nothing' } | { readonly kind: 'abandoned'; readonly journal: Journal | null };

/**
 * Forgets the transaction under way: the files stay as they are. What it put beside them is removed, but not where a symlink is on the way by
 * now: that would be a write to somewhere else.
 */
export function abandon(jail: Jail, store: JournalStore): Abandoned {
  const open = store.peekOpen();
  if (open === null) return { kind: 'nothing' };
  if (typeof open === 'string') {
    store.setOpenAside();
    return { kind: 'abandoned', journal: null };
  }
  sweep(jail, open, open.steps.filter(({ holding }) => isReachable(jail, holding)));
  store.drop(open);
  return { kind: 'abandoned', journal: open };
}

function isReachable(jail: Jail, folder: string): boolean {
  try {
    return jail.inside(folder, () => true) ?? false;
  } catch (error) {
    if (error instanceof Failure && error.code === 'E/FS_PERMISSIONS') return false;
    throw error;
  }
}

function takeBack(jail: Jail, store: JournalStore, journal: Journal): Recovery {
  const paths = rollBack(jail, store, journal);
  if (paths.length > 0) return { kind: 'blocked', journal, paths };
  store.drop(journal);
  return { kind: 'taken-back', journal };
}

/** True when every new content that is not in its place yet lies beside it, whole. */
function canFinish(jail: Jail, journal: Journal): boolean {
  return journal.steps.every((step) => step.after === null || stateOf(jail, step) === 'after' || inHolding(jail, step, (folder) => {
    const held = readEntry(jail.files, folder, newName(journal, step), step.path);
    return held !== null && matches(held, step.after);
  }) === true);
}

