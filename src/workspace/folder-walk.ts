import { access, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { observe } from '../base/observe.js';
import { fileFailure, isAbsent } from './file-failure.js';

/** What a walk of a folder without Git finds. Paths are relative to the folder, with forward slashes. */
export interface FolderWalk {
  readonly files: string[];
  /** Every folder in which a file would be found; '' is the workspace itself. Those of dependencies are among them, because what is in one decides what it is. */
  readonly folders: string[];
  /** node_modules, virtual environments and their like: not descended into. */
  readonly dependencies: string[];
}

const SKIPPED: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '__pycache__', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.tox', '.nox', '.eggs', '.cache', '.yarn', '.pnpm-store', '.npm', '.gradle', '.parcel-cache', '.turbo', '.DS_Store']);

/** Lists the files below `root` that a snapshot speaks about where there is no Git to say which are ignored. `excluded` is one more absolute folder to leave out. */
export function walkFolder(root: string, excluded: string | null = null): Promise<FolderWalk> {
  return observe({ what: 'walk', key: { root, excluded } }, async () => {
    const walk: FolderWalk = { files: [], folders: [], dependencies: [] };
    await visit(root, '', excluded, walk);
    return walk;
  });
}

async function visit(root: string, folder: string, excluded: string | null, walk: FolderWalk): Promise<void> {
  walk.folders.push(folder);
  try {
    for await (const entry of await opendir(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (SKIPPED.has(entry.name) || join(root, path) === excluded) continue;
      if (entry.isDirectory()) {
        if (await isDependencyFolder(root, path)) {
          walk.dependencies.push(path);
          walk.folders.push(path);
        }
        else await visit(root, path, excluded, walk);
      } else if (entry.isFile() || entry.isSymbolicLink()) walk.files.push(path);
    }
  } catch (error) {
    if (isAbsent(error)) return;
    throw fileFailure(error, 'list', folder === '' ? 'the workspace' : folder, 'Nothing was changed. Make the folder readable for you, or remove it from the workspace.');
  }
}

const BY_NAME: ReadonlySet<string> = new Set(['node_modules', '.venv', '__pypackages__']);

/** True for node_modules, for `__pypackages__`, and for a virtual environment, which has a pyvenv.cfg. */
export async function isDependencyFolder(root: string, path: string): Promise<boolean> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (BY_NAME.has(name)) return true;
  try {
    await access(join(root, path, 'pyvenv.cfg'));
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw fileFailure(error, 'read', path, 'Nothing was changed. Make the folder readable for you.');
  }
}
