import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { observe } from '../base/observe.js';
import { forEachConcurrently } from './concurrency.js';
import { hashDiskFile, statFile, type DiskStat } from './disk-files.js';
import { digestOfFiles, type DigestedFile } from './file-tree.js';
import { walkFolder } from './folder-walk.js';
import { GitRepository } from './git.js';
import { isNotOurs } from './own-state.js';
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
  /** Other repositories inside the workspace, submodules too: their files are not part of it, and servers may read them. */
  readonly repositories: readonly string[];
  /** When the first look at the disk was taken, in milliseconds since 1970. */
  readonly takenAtMs: number;
}

export interface SnapshotChanges {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
  /** True when a symlink is among them. */
  readonly links: boolean;
}

const READS_AT_ONCE = 32;
const STATS_IN_A_ROW = 500;

/** The clock of a file system ticks in steps of up to 10 ms on Linux. */
const TICK_MS = 10;
/** A tenth of a second is safely more. */
const SETTLED_AFTER_NS = 100_000_000n;

/**
 * Takes a snapshot. A file whose size, times and inode are those of `previous` is not read again. A file that goes away
 * meanwhile is absent; one that cannot be read is E/FS_PERMISSIONS, because a snapshot without it would lie.
 */
export function takeSnapshot(workspace: Workspace, previous?: Snapshot): Promise<Snapshot> {
  return observe({ what: 'snapshot', key: workspace.root, form: CONTENTS_ONLY }, () => lookAtFiles(workspace, previous));
}

/** In a trace a file is its path, mode and digest. */
const CONTENTS_ONLY = {
  write: ({ digest, files, repositories }: Snapshot) => ({ digest, repositories, files: [...files].map(([path, { mode, sha256 }]) => [path, mode, sha256]) }),
  read: (written: unknown): Snapshot => {
    const { digest, files, repositories } = written as { digest: string; repositories: string[]; files: [string, SnapshotFile['mode'], string][] };
    const unknownStat = { size: 0, mtimeNs: 0n, ctimeNs: 0n, ino: 0n, isSettled: false };
    return { digest, repositories, takenAtMs: 0, files: new Map(files.map(([path, mode, sha256]) => [path, { ...unknownStat, mode, sha256 }])) };
  },
};

async function lookAtFiles(workspace: Workspace, previous?: Snapshot): Promise<Snapshot> {
  const { root } = workspace;
  const takenAtMs = Date.now();
  const { paths, repositories } = await pathsOf(workspace);
  const found: [string, SnapshotFile][] = [];
  const unread: (readonly [string, DiskStat])[] = [];
  for await (const [path, stats] of statsOf(root, paths)) {
    const known = previous?.files.get(path);
    if (stats === null) {
      if (isDirectory(root, path)) repositories.push(path);
      continue;
    }
    if (known?.isSettled === true && isSameStat(known, stats)) found.push([path, known]);
    else unread.push([path, stats]);
  }
  await forEachConcurrently(unread, READS_AT_ONCE, async ([path, stats]) => {
    const isSettled = BigInt(Date.now()) * 1_000_000n - stats.ctimeNs > SETTLED_AFTER_NS;
    const sha256 = await hashDiskFile(root, path, stats.mode);
    if (sha256 !== null) found.push([path, { ...stats, sha256, isSettled }]);
  });
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  return { digest: digestOfFiles(found), files: new Map(found), repositories: repositories.sort(), takenAtMs };
}

/**
 * Returns the paths that changed, came or went since a snapshot was taken, those too that have their old content again: something may
 * have read the other one. Looks at times alone where these tell.
 */
export function changedSince(workspace: Workspace, snapshot: Snapshot): Promise<string[]> {
  return observe({ what: 'changes since', key: { root: workspace.root, snapshot: snapshot.digest } }, () => lookForChanges(workspace, snapshot));
}

async function lookForChanges(workspace: Workspace, snapshot: Snapshot): Promise<string[]> {
  if (isUntouched(workspace.root, snapshot)) return [];
  const now = await takeSnapshot(workspace, snapshot);
  const { created, deleted } = snapshotChanges(snapshot, now);
  const changed = [...now.files].filter(([path, file]) => {
    const old = snapshot.files.get(path);
    return old !== undefined && (old.sha256 !== file.sha256 || !isSameStat(old, file));
  });
  return [...created, ...deleted, ...changed.map(([path]) => path)].sort();
}

/** True when no file has another time, and no folder that holds one has been changed since. */
function isUntouched(root: string, { files, takenAtMs }: Snapshot): boolean {
  const folders = new Set(['']);
  for (const [path, file] of files) {
    const stats = file.isSettled ? statFile(root, path) : null;
    if (stats === null || !isSameStat(file, stats)) return false;
    for (let end = path.lastIndexOf('/'); end > 0 && !folders.has(path.slice(0, end)); end = path.lastIndexOf('/', end - 1)) folders.add(path.slice(0, end));
  }
  return [...folders].every((folder) => (lstatSync(join(root, folder), { throwIfNoEntry: false })?.ctimeMs ?? Infinity) < takenAtMs - TICK_MS);
}

function isDirectory(root: string, path: string): boolean {
  return lstatSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true;
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
  const deleted = [...before.files.keys()].filter((path) => !after.files.has(path));
  const links = [...created, ...changed, ...deleted].some((path) => [before, after].some(({ files }) => files.get(path)?.mode === 'symlink'));
  return { created, changed, deleted, links };
}

/** Lets others run now and then: thousands of files are looked at synchronously. */
async function* statsOf(root: string, paths: readonly string[]): AsyncGenerator<readonly [string, DiskStat | null]> {
  const directories = new RealDirectories(root);
  for (const [index, path] of paths.entries()) {
    if (index % STATS_IN_A_ROW === STATS_IN_A_ROW - 1) await setImmediate();
    if (directories.leadTo(path)) yield [path, statFile(root, path)];
  }
}

async function pathsOf(workspace: Workspace): Promise<{ paths: string[]; repositories: string[] }> {
  const isTheirs = isNotOurs(workspace.root, workspace);
  if (workspace.git === null) return { paths: (await walkFolder(workspace.root, workspace.stateDir)).files.filter(isTheirs), repositories: [] };
  const { top, prefix } = workspace.git;
  const { paths, repositories } = await new GitRepository(top).trackedAndUntracked(prefix.replace(/\/$/, ''));
  const inWorkspace = (path: string): string => path.slice(prefix.length);
  return { paths: paths.map(inWorkspace).filter(isTheirs), repositories: repositories.map(inWorkspace) };
}

function isSameStat(a: DiskStat, b: DiskStat): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino && a.mode === b.mode;
}
