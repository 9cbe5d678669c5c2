import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileFailure, isAbsent } from './file-failure.js';
import { isDependencyFolder, walkFolder } from './folder-walk.js';
import { GitRepository } from './git.js';
import type { Workspace } from './workspace-root.js';

/**
 * A symlink that makes something of the user's visible in the shadow, at `path` from the top. `user` targets are absolute paths
 * outside the shadow; `shadow` targets are paths from the top of the shadow itself.
 */
export interface DependencyLink {
  readonly path: string;
  readonly target: { readonly kind: 'user'; readonly absolutePath: string } | { readonly kind: 'shadow'; readonly path: string };
}

/** The names of folders that hold dependencies where Git ignores them, besides those that isDependencyFolder knows. */
const IGNORED_NAMES: ReadonlySet<string> = new Set(['venv', 'env', 'vendor']);

const HINT = 'The workspace was left untouched. Make the dependency folder readable for you, or install the dependencies again.';

/** Links to dependency folders elsewhere: Git takes such a link for a file, and `node_modules/` in an ignore file does not cover it. */
const LINK_NAMES: ReadonlySet<string> = new Set(['node_modules', '.venv', 'venv', '__pypackages__']);

/** True for the path of an untracked symlink that stands for a dependency folder: it belongs to the dependencies, not to the tree. */
export function isDependencyLinkName(path: string): boolean {
  return LINK_NAMES.has(lastName(path));
}

/** Returns the user's dependency folders, as sorted paths from the top: in a repository those that Git ignores. None is descended into. */
async function dependencyFolders(workspace: Workspace): Promise<string[]> {
  if (workspace.git === null) return (await walkFolder(workspace.root, workspace.stateDir)).dependencies.sort();
  const { top } = workspace.git;
  const git = new GitRepository(top);
  const { directories, files } = await git.ignoredPaths();
  const found = new Set<string>();
  for (const directory of directories) {
    const inside = /^(?:.*?\/)?node_modules(?=\/)/.exec(directory);
    // A node_modules that also holds tracked files is listed entry by entry.
    if (inside !== null) found.add(inside[0]);
    else if (IGNORED_NAMES.has(lastName(directory)) || (await isDependencyFolder(top, directory))) found.add(directory);
  }
  const { untracked } = await git.untrackedAndSubmodules();
  for (const path of [...files, ...untracked]) if (isDependencyLinkName(path) && (await isFolder(join(top, path)))) found.add(path);
  return [...found].sort();
}

/**
 * Returns the links that make those folders visible in a shadow: one for a virtual environment, one per entry for a node_modules.
 * Submodules that are checked out are linked too: their files are in no tree of this repository.
 */
export async function planDependencyLinks(workspace: Workspace): Promise<DependencyLink[]> {
  const top = workspace.git?.top ?? workspace.root;
  const folders = await dependencyFolders(workspace);
  const git = workspace.git === null ? null : new GitRepository(top);
  const isIgnored = ignoredTest(git === null ? folders : (await git.ignoredPaths()).directories);
  const links: DependencyLink[] = [];
  for (const folder of folders) {
    if (lastName(folder) !== 'node_modules') links.push(toUser(top, folder));
    else links.push(...(await nodeModulesLinks(top, folder, isIgnored)));
  }
  for (const path of git === null ? [] : (await git.untrackedAndSubmodules()).submodules) if ((await resolved(join(top, path, '.git'))) !== null) links.push(toUser(top, path));
  return links;
}

async function nodeModulesLinks(top: string, folder: string, isIgnored: (path: string) => boolean): Promise<DependencyLink[]> {
  const links: DependencyLink[] = [];
  for (const name of await entriesOf(top, folder)) {
    const path = `${folder}/${name}`;
    if (name.startsWith('@') && (await lstat(join(top, path))).isDirectory()) links.push(...(await nodeModulesLinks(top, path, isIgnored)));
    else links.push(await entryLink(top, path, isIgnored));
  }
  return links;
}

/** An entry that leads to a folder of the repository itself is a workspace package: the shadow has its own copy of that. */
async function entryLink(top: string, path: string, isIgnored: (path: string) => boolean): Promise<DependencyLink> {
  if (!(await lstat(join(top, path))).isSymbolicLink()) return toUser(top, path);
  const target = await resolved(join(top, path));
  if (target === null || !(target === top || target.startsWith(top + sep))) return toUser(top, path);
  const inTop = relative(top, target).split(sep).join('/');
  return isIgnored(inTop) || !(await stat(target)).isDirectory() ? toUser(top, path) : { path, target: { kind: 'shadow', path: inTop } };
}

function toUser(top: string, path: string): DependencyLink {
  return { path, target: { kind: 'user', absolutePath: join(top, path) } };
}

async function entriesOf(top: string, folder: string): Promise<string[]> {
  try {
    return (await readdir(join(top, folder))).sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw fileFailure(error, 'list', folder, HINT);
  }
}

async function resolved(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw fileFailure(error, 'follow', path.slice(path.lastIndexOf('node_modules')), HINT);
  }
}

async function isFolder(path: string): Promise<boolean> {
  const target = await resolved(path);
  return target !== null && (await stat(target)).isDirectory();
}

function ignoredTest(directories: readonly string[]): (path: string) => boolean {
  const ignored = new Set(directories);
  return (path) => {
    const parts = path.split('/');
    return parts.some((part, index) => part === 'node_modules' || ignored.has(parts.slice(0, index + 1).join('/')));
  };
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
