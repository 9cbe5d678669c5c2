import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { fileFailure, isAbsent } from './file-failure.js';

/**
 * Remembers which folders below `root` are reached without a symlink. One instance serves one pass over the disk: it is never
 * asked about a folder that the same pass may replace. Synchronous, because it looks at few folders for many files.
 */
export class RealDirectories {
  readonly #root: string;
  readonly #known = new Map<string, boolean>();

  constructor(root: string) {
    this.#root = root;
  }

  /** True when every folder that leads to `path` (relative, forward slashes) is a real one. */
  leadTo(path: string): boolean {
    const slash = path.lastIndexOf('/');
    return slash < 0 || this.#isReal(path.slice(0, slash));
  }

  #isReal(directory: string): boolean {
    const known = this.#known.get(directory);
    if (known !== undefined) return known;
    const answer = this.leadTo(directory) && isDirectory(this.#root, directory);
    this.#known.set(directory, answer);
    return answer;
  }
}

function isDirectory(root: string, directory: string): boolean {
  try {
    return lstatSync(join(root, directory)).isDirectory();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw fileFailure(error, 'look into', directory, 'Nothing was changed. Make the folder readable for you, or let Git ignore it.');
  }
}
