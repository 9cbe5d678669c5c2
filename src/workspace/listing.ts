import { readdirSync, type BigIntStats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isSettled } from '../base/stamped.js';
import { errorCode, fileFailure, folderIsGone, isAbsent } from './file-failure.js';
import { walkFolder } from './folder-walk.js';
import { askGit } from './git-call.js';
import { hardenedEnvironment } from './git-environment.js';
import { GitRepository } from './git.js';
import { lstatOrNull } from './lstat.js';
import { isNotOurs } from './own-state.js';
import type { Workspace } from './workspace-root.js';

interface KnownFolder {
  /** Identity and times of the folder; '' when it is gone. */
  readonly stamp: string;
  /** 0 when it is gone. */
  readonly inode: number;
  /** What was in it, with the kind of each. */
  readonly names: string;
  /** False for a folder that was changed so shortly before that another change could hide behind the same time. */
  readonly isSettled: boolean;
}

/**
 * The paths of a snapshot, with all that decides which they are: the folders where a file could come or go, Git's index and
 * settings, and the files that say what it ignores. As long as those are as they were, so is the list, and nobody needs to ask Git.
 */
export interface Listing {
  /** Relative to the workspace, in no particular order. */
  readonly paths: readonly string[];
  /** Repositories inside the workspace that are not submodules, relative to it. */
  readonly repositories: readonly string[];
  /** Absolute paths of what is left out: ignored files and folders, or those of dependencies where there is no Git to say. */
  readonly ignored: readonly string[];
  /** By path relative to the workspace; '' is the workspace. */
  readonly folders: ReadonlyMap<string, KnownFolder>;
  /** Stamps of Git's files by absolute path. */
  readonly deciders: ReadonlyMap<string, string>;
}

/** Lists the tracked and the untracked, unignored files of a workspace. Some may be gone from disk. Throws E/NOT_FOUND when the workspace itself is. */
export async function listWorkspace(workspace: Workspace): Promise<Listing> {
  const { root, stateDir } = workspace;
  if (lstatOrNull(root)?.isDirectory() !== true) throw folderIsGone();
  if (workspace.git === null) {
    const { folders } = await walkFolder(root, stateDir);
    // The files are listed after the folders were stamped: what comes meanwhile is in both, or in the next listing.
    const known = new Map(folders.map((folder) => [folder, lookInto(root, folder)]));
    const { files, dependencies } = await walkFolder(root, stateDir);
    return { paths: files.filter(isNotOurs(root, workspace)), repositories: [], ignored: dependencies.map((path) => join(root, path)), folders: known, deciders: new Map() };
  }
  const { top, prefix } = workspace.git;
  const git = new GitRepository(top);
  const deciders = new Map((await decidersOf(top, prefix)).map((path) => [path, settledStampOf(path)]));
  const ignored = new Set((await git.ignoredPaths()).directories.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)));
  const folders = foldersOf(root, (path) => ignored.has(path) || join(root, path) === stateDir);
  for (const path of ignoreFilesIn(folders, ignored)) deciders.set(join(root, path), settledStampOf(join(root, path)));
  const listed = await git.trackedAndUntracked(prefix.replace(/\/$/, ''));
  const inWorkspace = (path: string): string => path.slice(prefix.length);
  const paths = listed.paths.map(inWorkspace).filter(isNotOurs(root, workspace));
  for (const path of paths) addParents(root, path, folders);
  return { paths, repositories: listed.repositories.map(inWorkspace), ignored: await ignoredIn(workspace.git), folders, deciders };
}

/** Lists what Git ignores below a folder of its work tree, as absolute paths. */
export async function ignoredIn({ top, prefix }: { readonly top: string; readonly prefix: string }): Promise<string[]> {
  const { directories, files } = await new GitRepository(top).ignoredPaths();
  return [...directories, ...files].filter((path) => path.startsWith(prefix)).map((path) => join(top, path));
}

/**
 * Returns the listing itself while nothing can have come or gone, one with newer stamps where folders were touched and hold the same
 * names (an editor that saves by renaming), and null when Git has to be asked again.
 */
export function confirmListing(root: string, listing: Listing): Listing | null {
  if (!areDecidersSame(listing)) return null;
  let folders: Map<string, KnownFolder> | null = null;
  for (const [folder, known] of listing.folders) {
    if (known.isSettled && stampOf(absolute(root, folder)) === known.stamp) continue;
    const now = lookInto(root, folder);
    if (now.names !== known.names || now.stamp === '') return null;
    folders ??= new Map(listing.folders);
    folders.set(folder, now);
  }
  return folders === null ? listing : { ...listing, folders };
}

/** Of these it matters what is there: the workspace itself, and Git's files, which may lie anywhere. */
export function anchorsOf(root: string, { deciders }: Listing): string[] {
  return [root, ...deciders.keys()];
}

/** True when Git's files say what they said, and the workspace itself is the folder that was listed. `isHeardOf` are those of which that is known. */
export function isAnchored(root: string, listing: Listing, isHeardOf: (anchor: string) => boolean): boolean {
  return (isHeardOf(root) || Number(lstatOrNull(root)?.ino) === listing.folders.get('')?.inode) && areDecidersSame(listing, isHeardOf);
}

function areDecidersSame({ deciders }: Listing, isHeardOf: (anchor: string) => boolean = () => false): boolean {
  for (const [path, stamp] of deciders) if (!isHeardOf(path) && stampOf(path) !== stamp) return false;
  return true;
}

/** The folders that were looked into, where they are. */
export function foldersSeen(root: string, { folders }: Listing): Map<string, number> {
  return new Map([...folders].filter(([, { stamp }]) => stamp !== '').map(([folder, { inode }]) => [absolute(root, folder), inode]));
}

/** Every folder where a file of a snapshot could appear: all but the ignored ones and what lies inside repositories of their own. */
function foldersOf(root: string, isIgnored: (path: string) => boolean): Map<string, KnownFolder> {
  const found = new Map<string, KnownFolder>();
  const visit = (folder: string): void => {
    const known = lookInto(root, folder);
    found.set(folder, known);
    const names = known.names.split('\0');
    if (folder !== '' && names.some((name) => name.slice(1) === '.git')) return;
    for (const name of names) {
      const path = folder === '' ? name.slice(1) : `${folder}/${name.slice(1)}`;
      if (name.startsWith('d') && name !== 'd.git' && !isIgnored(path)) visit(path);
    }
  };
  visit('');
  return found;
}

/** A folder can be ignored by a .gitignore of its own. */
function ignoreFilesIn(folders: ReadonlyMap<string, KnownFolder>, ignored: ReadonlySet<string>): string[] {
  const inFolders = [...folders].filter(([, { names }]) => names.split('\0').includes('f.gitignore')).map(([folder]) => folder);
  return [...inFolders, ...ignored].map((folder) => (folder === '' ? '.gitignore' : `${folder}/.gitignore`));
}

/** A tracked file may lie in a folder that is ignored. */
function addParents(root: string, path: string, folders: Map<string, KnownFolder>): void {
  for (let folder = dirname(path); folder !== '.' && !folders.has(folder); folder = dirname(folder)) folders.set(folder, lookInto(root, folder));
}

const GONE: KnownFolder = { stamp: '', inode: 0, names: '', isSettled: true };

function lookInto(root: string, folder: string): KnownFolder {
  const path = absolute(root, folder);
  const stats = lstatOrNull(path);
  if (stats?.isDirectory() !== true) return GONE;
  const known = { stamp: stampOfStats(stats), inode: Number(stats.ino), isSettled: isSettled(stats.ctimeNs) };
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    const names = entries.map((entry) => `${entry.isDirectory() ? 'd' : entry.isSymbolicLink() ? 'l' : 'f'}${entry.name}`);
    return { ...known, names: names.sort().join('\0') };
  } catch (error) {
    if (isAbsent(error)) return GONE;
    throw fileFailure(error, 'list', folder === '' ? 'the workspace' : folder, 'Nothing was changed. Make the folder readable for you, or let Git ignore it.');
  }
}

/** The index, and everything outside the workspace that says what Git ignores. */
async function decidersOf(top: string, prefix: string): Promise<string[]> {
  const env = hardenedEnvironment(top);
  const ask = async (args: readonly string[]): Promise<string> => {
    const answer = await askGit(top, env, args);
    return answer.ok ? answer.stdout : '';
  };
  const located = (await ask(['rev-parse', '--git-path', 'index', '--git-path', 'info/exclude'])).split('\n').filter((line) => line !== '');
  const origins = (await ask(['config', '--list', '--show-origin', '--name-only', '-z'])).split('\0').filter((record) => record.startsWith('file:'));
  const excludes = (await ask(['config', '--type=path', '--get', 'core.excludesFile'])).trim();
  const home = env['HOME'] ?? '';
  const config = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'git');
  const usual = ['/etc/gitconfig', join(home, '.gitconfig'), join(config, 'config'), join(config, 'ignore')];
  const above = prefix.split('/').slice(0, -1).map((_, index, parts) => join(top, ...parts.slice(0, index), '.gitignore'));
  const all = [...located, ...origins.map((record) => record.slice('file:'.length)), excludes].filter((path) => path !== '').map((path) => resolve(top, path));
  return [...new Set([...all, ...usual, ...above])];
}

function absolute(root: string, folder: string): string {
  return folder === '' ? root : `${root}/${folder}`;
}

/** Like stampOf, but equal to nothing where a second change could hide behind the same time. */
function settledStampOf(path: string): string {
  const stats = lstatOrNull(path);
  return stats !== null && !isSettled(stats.ctimeNs) ? 'unsettled' : stampOf(path);
}

function stampOfStats({ ino, mtimeNs, ctimeNs, size }: BigIntStats): string {
  return `${String(ino)} ${String(mtimeNs)} ${String(ctimeNs)} ${String(size)}`;
}

/** Identity and times of what is at a path; '' when there is nothing that we may look at. */
function stampOf(path: string): string {
  try {
    const stats = lstatOrNull(path);
    return stats === null ? '' : stampOfStats(stats);
  } catch (error) {
    if (errorCode(error) === 'EACCES') return '';
    throw error;
  }
}
