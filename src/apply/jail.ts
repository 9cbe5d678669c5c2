import type { FileImage, FileMode } from '../base/file-image.js';
import { refuseUnjailed, unjailed } from '../base/jailed-path.js';
import { diskFailure } from './disk-failure.js';
import { errnoOf, type EntryStat, type FilePort, type Folder } from './file-port.js';

/** One file as it was read: what an edit is made from, and what tells it from another one in its place. */
export interface HeldFile {
  readonly image: FileImage;
  readonly stat: EntryStat;
}

/**
 * A workspace whose files are reached folder by folder from its root, each opened as what it is: a path with a symlink on the way reaches
 * nothing, whenever the symlink came. Paths are jailed (see pathProblem), or they are refused.
 */
export class Jail {
  readonly files: FilePort;
  /** The absolute, real path of the workspace. */
  readonly root: string;

  constructor(files: FilePort, root: string) {
    this.files = files;
    this.root = root;
  }

  /**
   * Calls `use` with the folder that holds `path`, and its name there. Returns null, without the call, when that folder is not there. Throws
   * E/FS_PERMISSIONS when something else than a folder is on the way.
   */
  within<T>(path: string, use: (folder: Folder, name: string) => T): T | null {
    refuseUnjailed(path);
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    const opened: Folder[] = [];
    try {
      let folder = this.files.openRoot(this.root);
      opened.push(folder);
      for (const [index, part] of parts.entries()) {
        const next = this.enter(folder, part, parts.slice(0, index + 1).join('/'), path);
        if (next === null) return null;
        opened.push((folder = next));
      }
      return use(folder, name);
    } catch (error) {
      throw diskFailure(error, 'reach', path, 'Nothing was written.');
    } finally {
      for (const folder of opened.reverse()) this.files.close(folder);
    }
  }

  /** Calls `use` with a folder of the workspace itself, `''` being its root; null as for within. */
  inside<T>(path: string, use: (folder: Folder) => T): T | null {
    return this.within(path === '' ? 'x' : `${path}/x`, (folder) => use(folder));
  }

  /** Returns what is at `path`; null for nothing. */
  look(path: string): EntryStat | null {
    return this.within(path, (folder, name) => this.files.look(folder, name));
  }

  /** Reads a file or a symlink. Returns null for nothing or a folder; throws E/FS_PERMISSIONS for what is neither (a pipe, a device). */
  read(path: string): HeldFile | null {
    return this.within(path, (folder, name) => readEntry(this.files, folder, name, path));
  }

  /** A folder that is not there, or that something else takes the place of, is null: what was to be in it is not there. */
  private enter(folder: Folder, part: string, way: string, path: string): Folder | null {
    try {
      return this.files.openFolder(folder, part);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'ENOENT') return null;
      if (errno !== 'ENOTDIR' && errno !== 'ELOOP') throw error;
      const there = this.files.look(folder, part);
      if (there === null || there.kind === 'file') return null;
      throw unjailed(path, `leads through ${way}, which is ${there.kind === 'symlink' ? 'a symlink' : 'no folder'}`);
    }
  }
}

/** Reads one name of an open folder; see Jail.read. */
export function readEntry(files: FilePort, folder: Folder, name: string, path: string): HeldFile | null {
  const stat = files.look(folder, name);
  if (stat === null || stat.kind === 'folder') return null;
  if (stat.kind === 'other') throw unjailed(path, 'is neither a file nor a symlink');
  try {
    if (stat.kind === 'symlink') return { image: { mode: 'symlink', bytes: files.readLink(folder, name) }, stat };
    const { bytes, stat: read } = files.read(folder, name);
    return { image: { mode: modeOf(read), bytes }, stat: read };
  } catch (error) {
    // It went between the two calls.
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function modeOf({ permissions }: EntryStat): FileMode {
  return (permissions & 0o100) === 0 ? 'file' : 'exec';
}
