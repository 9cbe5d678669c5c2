import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { caller } from '../base/caller.js';
import { Failure } from '../base/failure.js';
import { observe } from '../base/observe.js';
import { fileFailure, isAbsent } from './file-failure.js';
import { gitFailed } from './git.js';
import { askGit } from './git-call.js';
import { hardenedEnvironment } from './git-environment.js';
import { stateDirFor } from './state-dir.js';

export interface Workspace {
  /** The real path of the folder under analysis. */
  readonly root: string;
  /** The work tree that the folder lies in: its real path, and the way from there to the workspace (`'sub/dir/'`, `''` when they are the same). */
  readonly git: { readonly top: string; readonly prefix: string } | null;
  /** Why `git` is null, as a sentence for the user; null when it is not. */
  readonly gitAbsence: string | null;
  /** Where our files about this workspace live; it may not exist yet (see ensureStateDir). */
  readonly stateDir: string;
  /** The absolute path of the trace that is being written, which may lie inside; see isNotOurs. */
  readonly traceFile?: string;
}

/** Finds the workspace: `directory` as given, or without one the top of the Git work tree around `cwd`, else `cwd` itself. Touches nothing. */
export function findWorkspace(directory?: string, cwd: string = caller().cwd): Promise<Workspace> {
  return observe({ what: 'workspace', key: directory ?? null }, () => lookAround(directory, cwd));
}

async function lookAround(directory: string | undefined, cwd: string): Promise<Workspace> {
  const start = await realDirectory(resolve(cwd, directory ?? '.'), directory ?? 'the current folder');
  const found = await findTop(start);
  const root = directory === undefined && found.top !== null ? found.top : start;
  const git = found.top === null ? null : { top: found.top, prefix: prefixOf(found.top, root) };
  return { root, git, gitAbsence: found.top === null ? found.absence : null, stateDir: stateDirFor(root) };
}

/** Returns the path from the top (Git's, or the workspace where there is none) as a path from the workspace; outside it that starts with `../`. */
export function workspacePath(workspace: Workspace, pathFromTop: string): string {
  const prefix = workspace.git?.prefix ?? '';
  if (pathFromTop.startsWith(prefix)) return pathFromTop.slice(prefix.length);
  const from = prefix.split('/').slice(0, -1);
  const to = pathFromTop.split('/');
  let common = 0;
  while (common < from.length && from[common] === to[common]) common += 1;
  return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/');
}

/** The inverse of workspacePath for a path inside the workspace. */
export function pathFromTop(workspace: Workspace, pathInWorkspace: string): string {
  return `${workspace.git?.prefix ?? ''}${pathInWorkspace}`;
}

async function realDirectory(path: string, shown: string): Promise<string> {
  if (path.includes('\0')) throw new Failure('E/NOT_FOUND', `${JSON.stringify(shown)} is not a folder`, { hint: 'Nothing was changed. --workspace takes an existing folder.' });
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) {
      await access(real, constants.R_OK | constants.X_OK);
      return real;
    }
  } catch (error) {
    if (!isAbsent(error)) throw fileFailure(error, 'open', shown, 'Nothing was changed. Choose a workspace that you may read.');
  }
  throw new Failure('E/NOT_FOUND', `${shown} is not a folder`, { hint: 'Nothing was changed. --workspace takes an existing folder.' });
}

type FoundTop = { readonly top: string } | { readonly top: null; readonly absence: string };

async function findTop(start: string): Promise<FoundTop> {
  const first = await topOf(start);
  if (first.top === null || first.top === start) return first;
  // A core.worktree of the repository can claim any folder. Believed is only a top that leads to the same repository again.
  const again = isInside(first.top, start) ? await topOf(first.top) : null;
  if (again?.top === first.top && again.gitDir === first.gitDir) return first;
  return { top: null, absence: 'The repository around the workspace declares a work tree elsewhere, so it is not used.' };
}

async function topOf(directory: string): Promise<{ readonly top: string; readonly gitDir: string } | { readonly top: null; readonly absence: string }> {
  const answer = await askGit(directory, hardenedEnvironment(null), ['rev-parse', '--show-toplevel', '--absolute-git-dir']).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'E/NOT_FOUND') return null;
    throw error;
  });
  if (answer === null) return { top: null, absence: 'Git is not installed.' };
  if (answer.ok) {
    const [top = '', gitDir = ''] = answer.stdout.split('\n');
    return { top: await realpath(top), gitDir };
  }
  if (/dubious ownership/.test(answer.stderr)) {
    throw new Failure('E/FS_PERMISSIONS', 'the Git repository around the workspace belongs to another user, and Git refuses to read it', {
      hint: 'Nothing was changed. If you trust it: git config --global --add safe.directory <the repository>.',
    });
  }
  if (/not a git repository|must be run in a work tree|cannot use bare repository/.test(answer.stderr)) {
    return { top: null, absence: 'The workspace is not in a Git work tree.' };
  }
  throw gitFailed('rev-parse', answer.stderr);
}

function isInside(top: string, path: string): boolean {
  return path.startsWith(top.endsWith(sep) ? top : join(top, sep));
}

function prefixOf(top: string, root: string): string {
  if (root === top) return '';
  return `${root.slice(top.endsWith(sep) ? top.length : top.length + 1).split(sep).join('/')}/`;
}
