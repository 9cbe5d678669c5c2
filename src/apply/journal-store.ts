import { join } from 'node:path';
import { Failure } from '../base/failure.js';
import type { FileImage } from '../base/file-image.js';
import { observeSync } from '../base/observe.js';
import { diskFailure } from './disk-failure.js';
import { errnoOf, type FilePort, type Folder } from './file-port.js';
import { parseJournal, type Journal, type Unreadable } from './journal.js';
import { mayBeThere } from './node-files.js';
import type { PathChange } from './planned-change.js';
import { hexDigest } from './steps.js';
import { removeIfThere, writeNew } from './write-file.js';

const FOLDER = 'transactions';
const OPEN = 'open.json';
/** Older transactions cannot be undone any more; their contents would fill the disk. */
const KEPT_MAX = 50;

/** True when a transaction is under way, or was when its process ended. One look, because every question asks. */
export function isTransactionOpen(stateDir: string): boolean {
  return observeSync({ what: 'an open transaction', key: stateDir }, () => mayBeThere(join(stateDir, FOLDER, OPEN)));
}

/** A transaction that is over. */
export interface Finished {
  readonly journal: Journal;
  readonly isUndone: boolean;
  /** True for one that its user passed over: undo takes it back when it is named, not as the last one. */
  readonly isAbandoned: boolean;
}

/** A transaction that is over and of which nothing but the name is known. */
export interface UnreadableJournal {
  readonly transaction: string;
  readonly why: Unreadable;
}

/**
 * Where the transactions of a workspace are written down: `transactions/open.json` while one runs, then `<name>.json`,
 * `<name>.undone.json` when it was taken back, and `<name>.abandoned.json` when it was passed over; the contents that it replaced, one file per step, in `<name>/`. All of it lies in the
 * state directory. A transaction ends by a rename, which a full disk does not hinder.
 */
export class JournalStore {
  private readonly files: FilePort;
  /** An existing folder for the user alone. */
  private readonly stateDir: string;

  constructor(files: FilePort, stateDir: string) {
    this.files = files;
    this.stateDir = stateDir;
  }

  /** Returns the transaction that is under way, or was when its process ended; null when there is none. Throws when it cannot be read. */
  readOpen(): Journal | null {
    const open = this.peekOpen();
    if (typeof open === 'string') throw unreadableOpen(open);
    return open;
  }

  /** As readOpen, for those who can do with a journal that cannot be read. */
  peekOpen(): Journal | Unreadable | null {
    return this.within((folder) => this.read(folder, OPEN));
  }

  /** Returns the transactions that are over, the latest first. Those that cannot be read are left out: see unreadable. */
  finished(): Finished[] {
    return this.over().readable;
  }

  /** Returns the transactions of which it is not known what they changed, or when; those passed over are left out. */
  unreadable(): UnreadableJournal[] {
    return this.over().unreadable;
  }

  /** Keeps the journal of the transaction under way, which cannot be read, out of the way of those to come. */
  setOpenAside(): void {
    this.within((folder) => {
      let count = 1;
      while (this.files.look(folder, `unreadable-${String(count)}.json`) !== null) count += 1;
      this.files.rename(folder, OPEN, folder, `unreadable-${String(count)}.json`);
      this.files.syncFolder(folder);
    });
  }

  /** Says of a transaction that is over that it was taken back, or that it is to be passed over. Its contents stay. */
  mark(transaction: string, state: 'undone' | 'abandoned'): void {
    this.within((folder) => {
      this.moveFinished(folder, transaction, state);
      this.files.syncFolder(folder);
    });
  }

  /** Keeps both contents of every step: a later undo or recover needs them. */
  saveContents(transaction: string, changes: readonly PathChange[]): void {
    this.within((folder) => {
      const own = this.childFolder(folder, transaction, true);
      if (own === null) return;
      try {
        for (const [index, change] of changes.entries()) for (const side of ['before', 'after'] as const) this.saveContent(own, `${String(index)}.${side}`, change[side]);
        this.files.syncFolder(own);
      } finally {
        this.files.close(own);
      }
    }, true);
  }

  /** Returns the content of step `index` on one side; null when it is not kept (any more) as it was. */
  content({ transaction, steps }: Journal, index: number, side: 'before' | 'after'): Buffer | null {
    return this.within((folder) => {
      const own = this.childFolder(folder, transaction, false);
      if (own === null) return null;
      const name = `${String(index)}.${side}`;
      try {
        const bytes = this.files.look(own, name)?.kind === 'file' ? this.files.read(own, name).bytes : null;
        return bytes !== null && hexDigest({ bytes }) === steps[index]?.[side]?.digest ? bytes : null;
      } finally {
        this.files.close(own);
      }
    });
  }

  private saveContent(folder: Folder, name: string, image: FileImage | null): void {
    if (image === null) return;
    removeIfThere(this.files, folder, name);
    writeNew(this.files, folder, name, image.bytes);
  }

  /** Writes the journal of the transaction under way; it is on disk when this returns. */
  writeOpen(journal: Journal): void {
    this.within((folder) => { this.write(folder, OPEN, journal); }, true);
  }

  /** Ends the transaction under way as a thing of the past, and forgets those that are too old. */
  finish({ transaction, undoes }: Journal): void {
    this.within((folder) => {
      if (undoes !== null) this.moveFinished(folder, undoes, 'undone');
      for (const state of ['undone', 'abandoned']) removeIfThere(this.files, folder, `${transaction}.${state}.json`);
      this.files.rename(folder, OPEN, folder, `${transaction}.json`);
      this.files.syncFolder(folder);
    });
    for (const old of this.finished().slice(KEPT_MAX)) this.forget(old);
  }

  /** Ends the transaction under way as one that never was. */
  drop(journal: Journal): void {
    this.within((folder) => {
      removeIfThere(this.files, folder, OPEN);
      this.files.syncFolder(folder);
    });
    // The same change may have been made and finished earlier; its contents are the same.
    const { readable, unreadable } = this.over();
    if (![...readable.map((other) => other.journal), ...unreadable].some(({ transaction }) => transaction === journal.transaction)) this.removeContents(journal);
  }

  private moveFinished(folder: Folder, transaction: string, state: 'undone' | 'abandoned'): void {
    for (const name of [`${transaction}.json`, `${transaction}.abandoned.json`]) {
      if (this.files.look(folder, name) !== null) this.files.rename(folder, name, folder, `${transaction}.${state}.json`);
    }
  }

  private forget({ journal }: Finished): void {
    this.removeContents(journal);
    this.within((folder) => { for (const state of ['', '.undone', '.abandoned']) removeIfThere(this.files, folder, `${journal.transaction}${state}.json`); });
  }

  private removeContents(journal: Journal): void {
    this.within((folder) => {
      const own = this.childFolder(folder, journal.transaction, false);
      if (own === null) return;
      for (const name of this.files.list(own)) this.files.remove(own, name);
      this.files.close(own);
      this.files.removeFolder(folder, journal.transaction);
    });
  }

  private over(): { readable: Finished[]; unreadable: UnreadableJournal[] } {
    const [readable, unreadable]: [Finished[], UnreadableJournal[]] = [[], []];
    this.within((folder) => {
      for (const name of this.files.list(folder)) {
        const [, transaction, state] = /^(txn-[0-9a-f]+)(\.undone|\.abandoned)?\.json$/.exec(name) ?? [];
        const journal = transaction === undefined ? null : this.read(folder, name);
        if (transaction === undefined || journal === null) continue;
        // A journal under another name than its own would be believed about the wrong contents.
        if (typeof journal !== 'string' && journal.transaction === transaction) readable.push({ journal, isUndone: state === '.undone', isAbandoned: state === '.abandoned' });
        else if (state === undefined) unreadable.push({ transaction, why: typeof journal === 'string' ? journal : 'damaged' });
      }
    });
    return { readable: readable.sort((a, b) => b.journal.sequence - a.journal.sequence), unreadable };
  }

  private read(folder: Folder, name: string): Journal | Unreadable | null {
    const stat = this.files.look(folder, name);
    if (stat === null) return null;
    return stat.kind === 'file' ? parseJournal(this.files.read(folder, name).bytes.toString('utf8')) : 'damaged';
  }

  private write(folder: Folder, name: string, journal: Journal): void {
    removeIfThere(this.files, folder, `${name}.tmp`);
    writeNew(this.files, folder, `${name}.tmp`, Buffer.from(JSON.stringify(journal)));
    this.files.rename(folder, `${name}.tmp`, folder, name);
    this.files.syncFolder(folder);
  }

  /** Calls `use` with the folder of transactions; null when there is none and none is to be made. */
  private within<T>(use: (folder: Folder) => T, make = false): T | null {
    let root: Folder | null = null;
    let folder: Folder | null = null;
    try {
      root = this.files.openRoot(this.stateDir);
      folder = this.childFolder(root, FOLDER, make);
      return folder === null ? null : use(folder);
    } catch (error) {
      if (root === null && !make && ['ENOENT', 'ENOTDIR'].includes(errnoOf(error))) return null;
      throw diskFailure(error, 'write', 'the journal in the state directory', 'No file of the workspace was written. Make room in the state directory, or set XDG_STATE_HOME to another one.');
    } finally {
      for (const opened of [folder, root]) if (opened !== null) this.files.close(opened);
    }
  }

  private childFolder(parent: Folder, name: string, make: boolean): Folder | null {
    if (this.files.look(parent, name) === null) {
      if (!make) return null;
      this.files.makeFolder(parent, name, 0o700);
      this.files.syncFolder(parent);
    }
    return this.files.openFolder(parent, name);
  }
}

/** Of which files some may be changed and others not, nothing is known: only the user can say what becomes of them. */
function unreadableOpen(why: Unreadable): Failure {
  return new Failure(codeOf(why), `an edit may have been cut short, and its journal in the state directory ${inWords(why)}`, {
    hint: `Nothing was written. Questions are answered; edits are not made until it is settled. ${why === 'damaged' ? '' : 'Run assay recover with that version; or: '}assay recover --abandon keeps every file as it is and sets the journal aside. What the edit put beside the files that it was about, .assay-txn-….old with what they were and .assay-txn-….new with what they were to be, is left there; the state directory has both, too, under transactions.`,
  });
}

/** Refuses a transaction that is over and cannot be read. */
export function unreadableFinished({ transaction, why }: UnreadableJournal, next: string): Failure {
  return new Failure(codeOf(why), `the journal of ${transaction} ${inWords(why)}`, { hint: `Nothing was written. ${next}`, details: { transaction } });
}

function codeOf(why: Unreadable): 'E/VERSION_SKEW' | 'E/FS_PERMISSIONS' {
  return why === 'damaged' ? 'E/FS_PERMISSIONS' : 'E/VERSION_SKEW';
}

function inWords(why: Unreadable): string {
  return why === 'damaged' ? 'cannot be read: it is not what assay wrote' : 'is of another version of assay';
}
