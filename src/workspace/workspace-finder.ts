import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findWorkspace } from './workspace-root.js';

interface Found {
  readonly root: string;
  readonly stamp: string;
}

/** Finds the roots of workspaces as findWorkspace does, without asking Git again as long as no repository came or went around the folder. */
export class WorkspaceFinder {
  private readonly found = new Map<string, Found>();

  /** Returns the real path of the root; null where findWorkspace would throw, which says why. */
  async rootOf(directory: string | undefined, cwd: string): Promise<string | null> {
    try {
      const start = realpathSync(resolve(cwd, directory ?? '.'));
      if (directory !== undefined) return lstatSync(start).isDirectory() ? start : null;
      const stamp = repositoriesAround(start);
      const known = this.found.get(start);
      if (known?.stamp === stamp) return known.root;
      const { root } = await findWorkspace(undefined, start);
      this.found.set(start, { root, stamp });
      return root;
    } catch {
      return null;
    }
  }
}

/** What decides which work tree a folder is in: the `.git` of every folder above it, and the settings of each, where `core.worktree` may stand. */
function repositoriesAround(start: string): string {
  const stamps: string[] = [];
  for (let folder = start; ; folder = dirname(folder)) {
    stamps.push(identityOf(join(folder, '.git'), false), identityOf(join(folder, '.git', 'config'), true));
    if (folder === dirname(folder)) return stamps.join('\n');
  }
}

function identityOf(path: string, withTime: boolean): string {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : `${String(stats.dev)} ${String(stats.ino)} ${withTime ? String(stats.mtimeNs) : ''}`;
}
