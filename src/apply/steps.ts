import { createHash } from 'node:crypto';
import { Failure } from '../base/failure.js';
import type { FileImage } from '../base/file-image.js';
import { errnoOf, type Folder } from './file-port.js';
import type { HeldFile, Jail } from './jail.js';
import { newName, oldName, parentOf, type Journal, type Recorded, type Step } from './journal.js';

/** What a path holds, as a step sees it. A folder counts as no file: another step may have put a file into its place. */
export type StepState = 'before' | 'after' | 'other';

export function stateOf(jail: Jail, { path, before, after }: Step): StepState {
  const held = jail.read(path);
  if (matches(held, after)) return 'after';
  return matches(held, before) ? 'before' : 'other';
}

export function matches(held: HeldFile | null, recorded: Recorded | null): boolean {
  if (held === null || recorded === null) return held === null && recorded === null;
  return held.image.mode === recorded.mode && hexDigest(held.image) === recorded.digest;
}

export function hexDigest({ bytes }: Pick<FileImage, 'bytes'>): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Calls `use` with the folder that holds the new and the old content of a step; null when the folder is not there. */
export function inHolding<T>(jail: Jail, { holding }: Step, use: (folder: Folder) => T): T | null {
  return jail.inside(holding, use);
}

/** Removes what the transaction put beside its targets. */
export function sweep(jail: Jail, journal: Journal, steps: readonly Step[] = journal.steps): void {
  for (const step of steps) {
    inHolding(jail, step, (folder) => {
      for (const name of [newName(journal, step), oldName(journal, step)]) if (jail.files.look(folder, name) !== null) jail.files.remove(folder, name);
    });
  }
}

/** Makes the folders on the way to a path. Throws E/FS_PERMISSIONS, from the jail, for what is in the way. */
export function makeWay(jail: Jail, { oldFolders }: Journal, path: string): void {
  for (const [index] of path.split('/').slice(0, -1).entries()) {
    const folderPath = path.split('/').slice(0, index + 1).join('/');
    jail.within(folderPath, (parent, name) => {
      try {
        if (jail.files.look(parent, name) === null) jail.files.makeFolder(parent, name, oldFolders[folderPath] ?? 0o777);
      } catch (error) {
        // Somebody else made it between the two calls; what it is, the next look says.
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
    });
  }
}

/** Removes folders that hold nothing, the innermost first. */
export function removeEmpty(jail: Jail, folders: Iterable<string>): void {
  for (const folder of [...new Set(folders)].sort((a, b) => b.length - a.length)) {
    jail.within(folder, (parent, name) => {
      try {
        if (jail.files.look(parent, name)?.kind === 'folder') jail.files.removeFolder(parent, name);
      } catch (error) {
        if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EBUSY'].includes(errnoOf(error))) throw error;
      }
    });
  }
}

/** Makes every rename and removal of the steps last. */
export function syncFolders(jail: Jail, journal: Journal): void {
  const folders = new Set(journal.steps.flatMap((step) => [parentOf(step.path), step.holding]));
  for (const path of [...folders, ...journal.newFolders.map(parentOf)]) jail.inside(path, (folder) => { jail.files.syncFolder(folder); });
}

/** Thrown when somebody else changed a file that the transaction is about. */
export function changedMeanwhile(paths: readonly string[], left: string): Failure {
  return new Failure('E/CONTENT_MODIFIED', `${paths[0] ?? ''} changed meanwhile${paths.length > 1 ? ` (and ${String(paths.length - 1)} more)` : ''}`, { hint: left, details: { paths } });
}

/** Calls `use`, which is about a file that was there, or not, a moment ago. That it has come or gone since is a change like any other. */
export function unlessChanged<T>(path: string, left: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    // A file of which the last name goes while it is being linked is no longer there either.
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EEXIST') throw changedMeanwhile([path], left);
    throw error;
  }
}
