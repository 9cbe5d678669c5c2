import { isWindowsName } from '../base/jailed-path.js';
import type { FilePort, Folder } from './file-port.js';
import type { Jail } from './jail.js';
import { ancestorsOf, parentOf } from './journal.js';

/** Returns why the files around `path` are not the workspace's own: a submodule, a nested clone, the inside of a Git directory. Else null. */
export function nestedRepository(jail: Jail, path: string): string | null {
  for (const folder of ['', ...ancestorsOf(path)]) {
    const found = jail.inside(folder, (opened) => {
      if (isGitDirectory(jail.files, opened)) return `${folder === '' ? 'the workspace' : folder} is a Git directory`;
      return folder !== '' && jail.files.look(opened, '.git') !== null ? `${folder} is a repository of its own (a submodule or a clone)` : null;
    });
    if (found !== null) return found;
  }
  return null;
}

/** What Git itself goes by. */
function isGitDirectory(files: FilePort, folder: Folder): boolean {
  return files.look(folder, 'HEAD') !== null && files.look(folder, 'objects')?.kind === 'folder' && files.look(folder, 'refs')?.kind === 'folder';
}

/** Returns what is wrong with a new name on other systems: one that Windows refuses, or one that differs from a neighbour's only in case or Unicode form. */
export function unportable(jail: Jail, path: string): string[] {
  const parts = path.split('/');
  const refused = parts.find((part) => !isWindowsName(part));
  const name = parts.at(-1) ?? '';
  const neighbours = jail.inside(parentOf(path), (folder) => jail.files.list(folder)) ?? [];
  const twin = neighbours.find((other) => other !== name && folded(other) === folded(name));
  return [
    ...(refused === undefined ? [] : [`${path}: ${JSON.stringify(refused)} is no name on Windows`]),
    ...(twin === undefined ? [] : [`${path}: differs from ${twin} only in case or Unicode form`]),
  ];
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
