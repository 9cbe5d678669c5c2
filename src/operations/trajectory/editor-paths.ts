import { posix } from 'node:path';
import type { FileTree } from '../../workspace/file-tree.js';

/**
 * Maps the paths of the machine that an agent worked on to those of the repository. Where the repository lay is learnt from the
 * first absolute path whose end names one of its files.
 */
export class EditorPaths {
  #root: string | null = null;
  /** From the top of the repository; null outside of it. */
  #folder: string | null = '';

  /** Returns a repository path; null for a file outside, undefined when it cannot be known. */
  resolve(path: string, tree: FileTree): string | null | undefined {
    if (!path.startsWith('/')) return this.#folder === null ? null : inside(posix.normalize(posix.join(this.#folder, path)));
    this.#root ??= rootOf(path, tree);
    if (this.#root !== null && (path === this.#root || path.startsWith(`${this.#root}/`))) return inside(posix.normalize(path.slice(this.#root.length + 1)));
    if (/^\/(?:tmp|dev|etc|usr|root|home|var|opt)\//u.test(path)) return null;
    return this.#root === null ? undefined : null;
  }

  /** Notes that the agent went to another folder. */
  enter(path: string, tree: FileTree): void {
    const isFolder = (folder: string): boolean => folder === '' || [...tree.keys()].some((name) => name.startsWith(`${folder}/`));
    if (path.startsWith('/') && this.#root === null) {
      // The first folder that an agent enters is the repository, unless its end names a folder of it.
      const parts = path.split('/').filter(Boolean);
      const start = parts.findIndex((_part, index) => index > 0 && isFolder(parts.slice(index).join('/')));
      this.#root = `/${parts.slice(0, start === -1 ? parts.length : start).join('/')}`;
    }
    const folder = this.resolve(path, tree);
    this.#folder = folder == null ? null : folder === '.' ? '' : folder;
  }
}

function inside(path: string): string | null {
  return path === '..' || path.startsWith('../') ? null : path;
}

/** The part of an absolute path before the longest end that is a file of the tree. */
function rootOf(path: string, tree: FileTree): string | null {
  const parts = path.split('/').slice(1);
  const start = parts.findIndex((_part, index) => index > 0 && tree.has(parts.slice(index).join('/')));
  return start === -1 ? null : `/${parts.slice(0, start).join('/')}`;
}
