import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lstatOrNull } from './lstat.js';
import { findWorkspace } from './workspace-root.js';

/** What a folder was found to be. */
export interface FoundWorkspace {
  /** Real path of the workspace. */
  readonly root: string;
  /** Which repository it lies in, and where; another text stands for another repository, or for none. */
  readonly repository: string;
}

interface Remembered extends FoundWorkspace {
  readonly stamp: string;
}

const FOLDERS_MAX = 1000;

/** Finds workspaces as findWorkspace does, without asking Git again as long as no repository came or went around the folder. */
export class WorkspaceFinder {
  private readonly found = new Map<string, Remembered>();

  /** Null where findWorkspace would throw, which says why. */
  async find(directory: string | undefined, cwd: string): Promise<FoundWorkspace | null> {
    try {
      const key = `${resolve(cwd, directory ?? '.')}\0${directory === undefined ? '' : 'given'}`;
      const stamp = repositoriesAround(resolve(cwd, directory ?? '.'));
      const known = this.found.get(key);
      if (known?.stamp === stamp) return known;
      const { root, git } = await findWorkspace(directory, cwd);
      const repository = git === null ? '' : `${git.top}\0${git.prefix}\0${identityOf(join(git.top, '.git'), false)}`;
      const found = { root, repository, stamp };
      if (this.found.size >= FOLDERS_MAX) this.found.clear();
      this.found.set(key, found);
      return found;
    } catch {
      return null;
    }
  }
}

/** What decides which work tree a folder is in: the folder, the `.git` of every one above it, and the settings of each, where `core.worktree` may stand. */
function repositoriesAround(path: string): string {
  const start = realpathSync.native(path);
  const stamps: string[] = [start, identityOf(start, false)];
  for (let folder = start; ; folder = dirname(folder)) {
    const git = join(folder, '.git');
    const identity = identityOf(git, false);
    stamps.push(identity, identity === '' ? '' : identityOf(join(git, 'config'), true));
    if (folder === dirname(folder)) return stamps.join('\n');
  }
}

function identityOf(path: string, withTime: boolean): string {
  const stats = lstatOrNull(path);
  return stats === null ? '' : `${String(stats.dev)} ${String(stats.ino)} ${withTime ? String(stats.mtimeNs) : ''}`;
}
