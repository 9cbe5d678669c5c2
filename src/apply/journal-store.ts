import { Failure } from '../base/failure.js';
import type { FileImage } from '../base/file-image.js';
import { diskFailure } from './disk-failure.js';
import { errnoOf, type FilePort, type Folder } from './file-port.js';
import { parseJournal, type Journal } from './journal.js';
import type { PathChange } from './planned-change.js';
import { hexDigest } from './steps.js';
import { removeIfThere, writeNew } from './write-file.js';

const OPEN = 'open.json';
/** Older transactions cannot be undone any more; their contents would fill the disk. */
const KEPT_MAX = 50;

/** A transaction that is over. */
export interface Finished {
  readonly journal: Journal;
  readonly isUndone: boolean;
}

/**
 * Where the transactions of a workspace are written down: `transactions/open.json` while one runs, then `<name>.json`, and
 * `<name>.undone.json` when it was taken back; the contents that it replaced, one file per step, in `<name>/`. All of it lies in the
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

  /** Returns the transaction that is under way, or was when its process ended; null when there is none. */
  readOpen(): Journal | null {
    return this.within((folder) => this.read(folder, OPEN));
  }

  /** Returns the transactions that are over, the latest first. */
  finished(): Finished[] {
    const found = this.within((folder) => this.files.list(folder).flatMap((name) => this.readFinished(folder, name)));
    return (found ?? []).sort((a, b) => b.journal.sequence - a.journal.sequence);
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
      if (undoes !== null && this.files.look(folder, `${undoes}.json`) !== null) this.files.rename(folder, `${undoes}.json`, folder, `${undoes}.undone.json`);
      removeIfThere(this.files, folder, `${transaction}.undone.json`);
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
    if (!this.finished().some((other) => other.journal.transaction === journal.transaction)) this.removeContents(journal);
  }

  private forget({ journal, isUndone }: Finished): void {
    this.removeContents(journal);
    this.within((folder) => { removeIfThere(this.files, folder, `${journal.transaction}${isUndone ? '.undone' : ''}.json`); });
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

  private readFinished(folder: Folder, name: string): Finished[] {
    const match = /^txn-[0-9a-f]+(\.undone)?\.json$/.exec(name);
    if (match === null) return [];
    const journal = this.read(folder, name);
    return journal === null ? [] : [{ journal, isUndone: match[1] !== undefined }];
  }

  private read(folder: Folder, name: string): Journal | null {
    if (this.files.look(folder, name) === null) return null;
    const journal = parseJournal(this.files.read(folder, name).bytes.toString('utf8'));
    if (journal === null) throw new Failure('E/INTERNAL', `the journal ${name} in the state directory cannot be read`, { hint: 'Nothing was changed. It is of another version of assay, or damaged; that version can recover it.' });
    return journal;
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
      folder = this.childFolder(root, 'transactions', make);
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
