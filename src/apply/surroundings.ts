import { foldersAbove } from '../base/folders-above.js';
import { isGitName, isWindowsName } from '../base/jailed-path.js';
import type { FilePort, Folder } from './file-port.js';
import type { Jail } from './jail.js';
import { parentOf } from './journal.js';
import type { PathChange } from './planned-change.js';

/** Returns why the files around `path` are not the workspace's own: a submodule, a nested clone, the inside of a Git directory. Else null. */
export function nestedRepository(jail: Jail, path: string): string | null {
  for (const folder of ['', ...foldersAbove(path)]) {
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

/** Returns where a symlink that an edit makes, or leads elsewhere than before, leaves the workspace: what is read or written through it later is not the workspace's. */
export function leadsOut({ path, before, after }: PathChange): string[] {
  if (after?.mode !== 'symlink' || (before?.mode === 'symlink' && before.bytes.equals(after.bytes))) return [];
  const target = after.bytes.toString('utf8');
  const parts = [...path.split('/').slice(0, -1), ...target.split('/')];
  let depth = 0;
  for (const part of parts) depth = depth < 0 || isGitName(part) ? -1 : part === '..' ? depth - 1 : part === '' || part === '.' ? depth : depth + 1;
  return target.startsWith('/') || depth < 0 ? [`${path} would be a symlink to ${JSON.stringify(target)}`] : [];
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
