import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { observe } from '../base/observe.js';
import { isSettled } from '../base/stamped.js';
import { forEachConcurrently } from './concurrency.js';
import { hashDiskFile, isAsDescribed, statFile, type DiskStat } from './disk-files.js';
import { digestOfFiles, type DigestedFile } from './file-tree.js';
import type { DiskWatch, SeenPlaces } from './disk-watch.js';
import { anchorsOf, confirmListing, foldersSeen, isAnchored, listWorkspace, type Listing } from './listing.js';
import { lstatOrNull } from './lstat.js';
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
  /** Files that were written since the snapshot before and have its content again: what read them meanwhile may have seen another. */
  readonly rewritten: readonly string[];
  /** Where the paths come from. */
  readonly listing: Listing;
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

/**
 * Takes a snapshot; returns `previous` itself when nothing at all has been touched since. A file whose size, times and inode are
 * those of `previous` is not read again. A file that goes away meanwhile is absent; one that cannot be read is E/FS_PERMISSIONS,
 * because a snapshot without it would lie. Where `watch` proves that nothing has happened, no file is looked at.
 */
export function takeSnapshot(workspace: Workspace, previous?: Snapshot, watch?: DiskWatch): Promise<Snapshot> {
  return observe({ what: 'snapshot', key: workspace.root, form: CONTENTS_ONLY }, async () => {
    if (watch === undefined) return lookAtFiles(workspace, previous);
    if (previous !== undefined && (await watch.isQuietSince(previous)) && isAnchored(workspace.root, previous.listing, (anchor) => watch.hearsOf(anchor))) return previous;
    const endLook = await watch.beginLook();
    const snapshot = await lookAtFiles(workspace, previous);
    endLook(snapshot, placesOf(workspace.root, snapshot), anchorsOf(workspace.root, snapshot.listing));
    return snapshot;
  });
}

/** Where the folders and files of a snapshot are; a symlink is never written to. */
function placesOf(root: string, { listing, files }: Snapshot): SeenPlaces {
  const places = foldersSeen(root, listing);
  for (const [path, { mode, ino }] of files) if (mode !== 'symlink') places.set(`${root}/${path}`, Number(ino));
  return places;
}

const NOWHERE: Listing = { paths: [], repositories: [], ignored: [], folders: new Map(), deciders: new Map() };

/** In a trace a file is its path, mode and digest. */
const CONTENTS_ONLY = {
  write: ({ digest, files, repositories, rewritten }: Snapshot) => ({ digest, repositories, rewritten, files: [...files].map(([path, { mode, sha256 }]) => [path, mode, sha256]) }),
  read: (written: unknown): Snapshot => {
    const { digest, files, repositories, rewritten } = written as { digest: string; repositories: string[]; rewritten: string[]; files: [string, SnapshotFile['mode'], string][] };
    const unknownStat = { size: 0, mtimeNs: 0n, ctimeNs: 0n, ino: 0n, isSettled: false };
    return { digest, repositories, rewritten, listing: NOWHERE, files: new Map(files.map(([path, mode, sha256]) => [path, { ...unknownStat, mode, sha256 }])) };
  },
};

async function lookAtFiles(workspace: Workspace, previous?: Snapshot): Promise<Snapshot> {
  const { root } = workspace;
  const listing = (previous && confirmListing(root, previous.listing)) ?? (await listWorkspace(workspace));
  if (listing === previous?.listing && (await isUntouched(root, previous))) return previous;
  const repositories = [...listing.repositories];
  const found: [string, SnapshotFile][] = [];
  const unread: (readonly [string, DiskStat])[] = [];
  for await (const [path, stats] of statsOf(root, listing)) {
    const known = previous?.files.get(path);
    if (stats === null) {
      if (isDirectory(root, path)) repositories.push(path);
      continue;
    }
    if (known?.isSettled === true && isSameStat(known, stats)) found.push([path, known]);
    else unread.push([path, stats]);
  }
  await forEachConcurrently(unread, READS_AT_ONCE, async ([path, stats]) => {
    const file = { ...stats, isSettled: isSettled(stats.ctimeNs) };
    const sha256 = await hashDiskFile(root, path, stats.mode);
    if (sha256 !== null) found.push([path, { ...file, sha256 }]);
  });
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  const rewritten = found.filter(([path, file]) => isRewritten(previous?.files.get(path), file)).map(([path]) => path);
  return { digest: digestOfFiles(found), files: new Map(found), repositories: repositories.sort(), rewritten, listing };
}

function isRewritten(old: SnapshotFile | undefined, now: SnapshotFile): boolean {
  return old !== undefined && old !== now && old.sha256 === now.sha256 && old.mode === now.mode && !isSameStat(old, now);
}

/**
 * Returns the paths that changed, came or went between two snapshots, those too that have their old content again: something may have
 * read the other one.
 */
export function touchedBetween(before: Snapshot, now: Snapshot): string[] {
  if (before === now) return [];
  const { created, deleted } = snapshotChanges(before, now);
  const changed = [...now.files].filter(([path, file]) => {
    const old = before.files.get(path);
    return old !== undefined && (old.sha256 !== file.sha256 || !isSameStat(old, file));
  });
  return [...new Set([...created, ...deleted, ...changed.map(([path]) => path), ...now.rewritten])].sort();
}

function isDirectory(root: string, path: string): boolean {
  return lstatOrNull(join(root, path))?.isDirectory() === true;
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

/** True when every file is the one that is known. Its folders were just confirmed to be what they were. */
async function isUntouched(root: string, { files }: Snapshot): Promise<boolean> {
  let looked = 0;
  for (const [path, known] of files) {
    looked += 1;
    if (looked % STATS_IN_A_ROW === 0) await setImmediate();
    if (!known.isSettled || !isAsDescribed(root, path, known)) return false;
  }
  return true;
}

/** Lets others run now and then: thousands of files are looked at synchronously. */
async function* statsOf(root: string, { paths }: Listing): AsyncGenerator<readonly [string, DiskStat | null]> {
  const directories = new RealDirectories(root);
  for (const [index, path] of paths.entries()) {
    if (index % STATS_IN_A_ROW === STATS_IN_A_ROW - 1) await setImmediate();
    if (directories.leadTo(path)) yield [path, statFile(root, path)];
  }
}

function isSameStat(a: DiskStat, b: DiskStat): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino && a.mode === b.mode;
}
