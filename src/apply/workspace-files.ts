import { Failure } from '../base/failure.js';
import type { FileImage } from '../base/file-image.js';
import { isGitName, unjailed } from '../base/jailed-path.js';
import type { EntryStat } from './file-port.js';
import type { Jail } from './jail.js';
import type { PlanFiles } from './plan-workspace-edit.js';

/** So many symlinks are followed in one path, and so many files make a folder that one operation may move or delete. */
const LINKS_MAX = 40;
const FILES_MAX = 10_000;

/** The files of a workspace as the disk has them, for plans. */
export class WorkspaceFiles implements PlanFiles {
  private readonly jail: Jail;

  constructor(jail: Jail) {
    this.jail = jail;
  }

  look(path: string): Promise<FileImage | 'folder' | null> {
    const stat = this.jail.look(path);
    if (stat?.kind === 'folder') return Promise.resolve('folder');
    this.refuseOtherSpelling(path, stat);
    return Promise.resolve(this.jail.read(path)?.image ?? null);
  }

  /** Follows symlinks by hand, part by part, so that one that leads out is refused and not followed. */
  resolve(path: string): Promise<string> {
    const pending = path.split('/').reverse();
    const done: string[] = [];
    for (let links = 0; pending.length > 0; ) {
      const part = pending.pop() ?? '';
      const here = [...done, part].join('/');
      if (part === '..' && done.pop() !== undefined) continue;
      if (part === '..' || isGitName(part)) throw unjailed(path, 'leads through a symlink that leaves the workspace');
      const held = part === '' || part === '.' ? null : this.jail.look(here)?.kind === 'symlink' ? this.jail.read(here) : undefined;
      if (held === undefined) done.push(part);
      else if (held !== null) {
        links += 1;
        if (links > LINKS_MAX) throw unjailed(path, 'leads through symlinks without end');
        pending.push(...this.targetParts(path, held.image.bytes.toString('utf8'), done).reverse());
      }
    }
    return Promise.resolve(done.join('/'));
  }

  below(folder: string): Promise<readonly string[]> {
    const found: string[] = [];
    const visit = (path: string): void => {
      for (const name of this.jail.inside(path, (opened) => this.jail.files.list(opened)) ?? []) {
        const child = `${path}/${name}`;
        // A nested repository is not files of this one; `look` refuses its .git by name.
        if (this.jail.look(child)?.kind === 'folder') visit(child);
        else found.push(child);
        if (found.length > FILES_MAX) throw new Failure('E/BAD_ARGUMENT', `${folder} holds more than ${String(FILES_MAX)} files`, { hint: 'Nothing was written. Move or delete so many files by hand, or folder by folder.', details: { path: folder } });
      }
    };
    visit(folder);
    return Promise.resolve(found.sort());
  }

  /** The parts to walk from the folder of the symlink; an absolute target starts over at the root of the workspace. */
  private targetParts(path: string, target: string, done: string[]): string[] {
    if (!target.startsWith('/')) return target.split('/');
    const root = this.jail.root.split('/').filter((part) => part !== '');
    const parts = target.split('/').filter((part) => part !== '');
    if (!root.every((part, index) => part === parts[index])) throw unjailed(path, 'leads through a symlink that leaves the workspace');
    done.length = 0;
    return parts.slice(root.length);
  }

  /** Where names are not exact, a file answers to names that it does not have: two edits of one file could pass for two files. */
  private refuseOtherSpelling(path: string, stat: EntryStat | null): void {
    if (stat === null || this.jail.files.namesAreExact) return;
    const parts = path.split('/');
    for (const [index, part] of parts.entries()) {
      const folder = parts.slice(0, index).join('/');
      if (this.jail.inside(folder, (opened) => this.jail.files.list(opened).includes(part)) === false) {
        throw unjailed(path, `is spelled otherwise on disk than ${JSON.stringify(part)}`);
      }
    }
  }
}
