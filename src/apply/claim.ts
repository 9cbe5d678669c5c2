import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../base/failure.js';
import { observeSync } from '../base/observe.js';
import { diskFailure } from './disk-failure.js';
import { errnoOf, type FilePort, type Folder } from './file-port.js';
import { removeIfThere, writeNew } from './write-file.js';

export interface ClaimOptions {
  /** What others may know this process by, as JSON. */
  readonly owner: string;
  /** False only when the process of that name has certainly ended. */
  readonly mayBeRunning: (owner: string) => Promise<boolean>;
  /** How often to look again while another process holds the claim. */
  readonly attempts: number;
}

const PAUSE_MS = 50;

/**
 * Calls `use` while no other process writes to the workspace. Every process writes a claim of its own before it looks for others, so of
 * two that come together at least one sees the other and steps back. Claims of processes that have ended are removed; their names
 * never come again. Throws E/CONTENT_MODIFIED when another process does not finish in time.
 */
export async function withClaim<T>(files: FilePort, stateDir: string, options: ClaimOptions, use: () => T | Promise<T>): Promise<T> {
  const name = observeSync({ what: 'name of a claim', key: null }, () => `${String(process.pid)}-${randomBytes(8).toString('hex')}`);
  for (let attempt = 0; attempt < options.attempts; attempt += 1) {
    inClaims(files, stateDir, (folder) => { putClaim(files, folder, name, options.owner); });
    try {
      if (!(await hasRival(files, stateDir, name, options))) return await use();
    } finally {
      inClaims(files, stateDir, (folder) => { removeIfThere(files, folder, name); });
    }
    // Two that step back together must not come back together.
    await wait(PAUSE_MS * (0.5 + (randomBytes(1)[0] ?? 0) / 255));
  }
  throw new Failure('E/CONTENT_MODIFIED', 'another assay process is writing to this workspace', { hint: 'Nothing was written by this one. Run it again when the other has finished.' });
}

/** A claim appears whole, or not at all. */
function putClaim(files: FilePort, folder: Folder, name: string, owner: string): void {
  writeNew(files, folder, `${name}.tmp`, Buffer.from(owner));
  files.rename(folder, `${name}.tmp`, folder, name);
}

async function hasRival(files: FilePort, stateDir: string, own: string, { mayBeRunning }: ClaimOptions): Promise<boolean> {
  for (const { name, owner } of inClaims(files, stateDir, (folder) => otherClaims(files, folder, own))) {
    if (await mayBeRunning(owner)) return true;
    inClaims(files, stateDir, (folder) => { removeIfThere(files, folder, name); });
  }
  return false;
}

function otherClaims(files: FilePort, folder: Folder, own: string): { name: string; owner: string }[] {
  return files.list(folder).flatMap((name) => {
    if (name === own || name.endsWith('.tmp')) return [];
    try {
      return [{ name, owner: files.read(folder, name).bytes.toString('utf8') }];
    } catch (error) {
      // Its process took it back between the two calls.
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

function inClaims<T>(files: FilePort, stateDir: string, use: (folder: Folder) => T): T {
  let root: Folder | null = null;
  let folder: Folder | null = null;
  try {
    root = files.openRoot(stateDir);
    if (files.look(root, 'claims') === null) makeClaims(files, root);
    folder = files.openFolder(root, 'claims');
    return use(folder);
  } catch (error) {
    throw diskFailure(error, 'write', 'a claim in the state directory', 'Nothing was written. Make room in the state directory, or set XDG_STATE_HOME to another one.');
  } finally {
    for (const opened of [folder, root]) if (opened !== null) files.close(opened);
  }
}

function makeClaims(files: FilePort, root: Folder): void {
  try {
    files.makeFolder(root, 'claims', 0o700);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}
