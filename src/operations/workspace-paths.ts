import { Failure } from '../base/failure.js';
import { refuseOutside } from '../workspace/read-file.js';
import type { Snapshot } from '../workspace/snapshot.js';

export interface NamedPaths {
  /** Sorted, without duplicates. */
  readonly files: readonly string[];
  /** Those of them that were named themselves, not by their folder. */
  readonly explicit: ReadonlySet<string>;
}

/** Returns the files of a snapshot that PATH arguments name: files themselves, folders all below them. Throws E/NOT_FOUND for one that names none. */
export function workspacePaths(snapshot: Snapshot, given: readonly string[]): NamedPaths {
  const files = new Set<string>();
  const explicit = new Set<string>();
  for (const path of given) {
    refuseOutside(path);
    const normal = path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
    const below = normal === '.' || normal === '' ? '' : `${normal}/`;
    const inside = [...snapshot.files.keys()].filter((file) => file === normal || file.startsWith(below));
    if (inside.length === 0) throw new Failure('E/NOT_FOUND', `there is no ${path} in the workspace`, { hint: 'Ignored files are not part of it. Nothing was started.' });
    if (snapshot.files.has(normal)) explicit.add(normal);
    for (const file of inside) files.add(file);
  }
  return { files: [...files].sort(), explicit };
}
