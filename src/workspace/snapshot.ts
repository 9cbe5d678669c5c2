import { setImmediate } from 'node:timers/promises';
import { forEachConcurrently } from './concurrency.js';
import { hashDiskFile, statFile, type DiskStat } from './disk-files.js';
import { digestOfFiles, type DigestedFile } from './file-tree.js';
import { walkFolder } from './folder-walk.js';
import { GitRepository } from './git.js';
import { isNotOwnState } from './own-state.js';
import { RealDirectories } from './real-directories.js';
import type { Workspace } from './workspace-root.js';

export interface SnapshotFile extends DiskStat, DigestedFile {
  /** False for a file that was written so shortly before it was read that a second write could hide behind the same times. */
  readonly isSettled: boolean;
}

/** The tracked and unignored files of a workspace at one moment, as they are on disk. */
export interface Snapshot {
  /** See digestOfFiles. */
  readonly digest: string;
  /** By path from the workspace root, in the order of the paths. */
  readonly files: ReadonlyMap<string, SnapshotFile>;
}

export interface SnapshotChanges {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
}

const READS_AT_ONCE = 32;
const STATS_IN_A_ROW = 500;

/** The clock of a file system ticks in steps of up to 10 ms on Linux; a tenth of a second is safely more. */
const SETTLED_AFTER_NS = 100_000_000n;

/**
 * Takes a snapshot. A file whose size, times and inode are those of `previous` is not read again. A file that goes away
 * meanwhile is absent; one that cannot be read is E/FS_PERMISSIONS, because a snapshot without it would lie.
 */
export async function takeSnapshot(workspace: Workspace, previous?: Snapshot): Promise<Snapshot> {
  const { root } = workspace;
  const found: [string, SnapshotFile][] = [];
  const unread: (readonly [string, DiskStat])[] = [];
  for await (const [path, stats] of statsOf(root, await pathsOf(workspace))) {
    const known = previous?.files.get(path);
    if (known?.isSettled === true && isSameStat(known, stats)) found.push([path, known]);
    else unread.push([path, stats]);
  }
  await forEachConcurrently(unread, READS_AT_ONCE, async ([path, stats]) => {
    const isSettled = BigInt(Date.now()) * 1_000_000n - stats.ctimeNs > SETTLED_AFTER_NS;
    const sha256 = await hashDiskFile(root, path, stats.mode);
    if (sha256 !== null) found.push([path, { ...stats, sha256, isSettled }]);
  });
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  return { digest: digestOfFiles(found), files: new Map(found) };
}

/** Returns the paths whose content or kind differs, each list sorted. */
export function snapshotChanges(before: Snapshot, after: Snapshot): SnapshotChanges {
  const created: string[] = [];
  const changed: string[] = [];
  for (const [path, file] of after.files) {
    const old = before.files.get(path);
    if (old === undefined) created.push(path);
    else if (old !== file && (old.sha256 !== file.sha256 || old.mode !== file.mode)) changed.push(path);
  }
  return { created, changed, deleted: [...before.files.keys()].filter((path) => !after.files.has(path)) };
}

/** Lets others run now and then: thousands of files are looked at synchronously. */
async function* statsOf(root: string, paths: readonly string[]): AsyncGenerator<readonly [string, DiskStat]> {
  const directories = new RealDirectories(root);
  for (const [index, path] of paths.entries()) {
    if (index % STATS_IN_A_ROW === STATS_IN_A_ROW - 1) await setImmediate();
    const stats = directories.leadTo(path) ? statFile(root, path) : null;
    if (stats !== null) yield [path, stats];
  }
}

async function pathsOf(workspace: Workspace): Promise<string[]> {
  if (workspace.git === null) return (await walkFolder(workspace.root, workspace.stateDir)).files;
  const { top, prefix } = workspace.git;
  const paths = await new GitRepository(top).trackedAndUntracked(prefix.replace(/\/$/, ''));
  const inWorkspace = paths.map((path) => path.slice(prefix.length));
  return inWorkspace.filter(isNotOwnState(workspace.root, workspace.stateDir));
}

function isSameStat(a: DiskStat, b: DiskStat): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino && a.mode === b.mode;
}
