import { closeSync, constants, fchmodSync, fchownSync, fstatSync, fsyncSync, linkSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, renameSync, rmdirSync, statSync, symlinkSync, unlinkSync, writeSync, type BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, type EntryStat, type FilePort, type Folder } from './file-port.js';

const NO_LINK = constants.O_NOFOLLOW;

/** Returns the disk as this system offers it: by descriptors where `/proc/self/fd` leads to them (Linux), else by paths that are checked before each use. */
export function nodeFiles(): FilePort {
  byDescriptors ??= process.platform === 'linux' && descriptorsArePaths();
  return new NodeFiles(byDescriptors);
}

/** Null until it was tried. */
let byDescriptors: boolean | null = null;

/** Node has no openat. On Linux `/proc/self/fd/N/name` is the same: it goes through the descriptor, not through the path that the folder once had. */
function descriptorsArePaths(): boolean {
  const root = openSync('/', constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const [held, reached] = [fstatSync(root, { bigint: true }), lstatSync(`/proc/self/fd/${String(root)}/.`, { bigint: true })];
    return held.ino === reached.ino && held.dev === reached.dev;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'EACCES') return false;
    throw error;
  } finally {
    closeSync(root);
  }
}

class NodeFiles implements FilePort {
  readonly usesDescriptors: boolean;
  readonly namesAreExact = process.platform === 'linux';

  constructor(usesDescriptors: boolean) {
    this.usesDescriptors = usesDescriptors;
  }

  openRoot(path: string): Folder {
    return this.#open(path, path, null);
  }

  openFolder(parent: Folder, name: string): Folder {
    return this.#open(this.#at(parent, name), join(parent.path, name), parent);
  }

  close({ descriptor }: Folder): void {
    if (descriptor >= 0) closeSync(descriptor);
  }

  look(folder: Folder, name: string): EntryStat | null {
    const stats = lstatSync(this.#at(folder, name), { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? null : describe(stats);
  }

  list(folder: Folder): string[] {
    return readdirSync(this.usesDescriptors ? `/proc/self/fd/${String(folder.descriptor)}` : this.#at(folder, '')).sort();
  }

  read(folder: Folder, name: string): { bytes: Buffer; stat: EntryStat } {
    // Without O_NONBLOCK a pipe that somebody put there would hold us up for ever.
    const file = openSync(this.#at(folder, name), constants.O_RDONLY | NO_LINK | constants.O_NONBLOCK);
    try {
      const stat = describe(fstatSync(file, { bigint: true }));
      if (stat.kind !== 'file') throw Object.assign(new Error(`${name} is no regular file`), { code: 'EINVAL' });
      return { bytes: readFileSync(file), stat };
    } finally {
      closeSync(file);
    }
  }

  readLink(folder: Folder, name: string): Buffer {
    return readlinkSync(this.#at(folder, name), { encoding: 'buffer' });
  }

  create(folder: Folder, name: string, permissions: number): number {
    return openSync(this.#at(folder, name), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_LINK, permissions);
  }

  write(file: number, bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  }

  setOwner(file: number, uid: number, gid: number): void {
    fchownSync(file, uid, gid);
  }

  setPermissions(file: number, permissions: number): void {
    fchmodSync(file, permissions);
  }

  sync(file: number): void {
    fsyncSync(file);
  }

  closeFile(file: number): void {
    closeSync(file);
  }

  symlink(folder: Folder, name: string, target: Buffer): void {
    symlinkSync(target, this.#at(folder, name));
  }

  link(fromFolder: Folder, from: string, toFolder: Folder, to: string): void {
    linkSync(this.#at(fromFolder, from), this.#at(toFolder, to));
  }

  rename(fromFolder: Folder, from: string, toFolder: Folder, to: string): void {
    renameSync(this.#at(fromFolder, from), this.#at(toFolder, to));
  }

  remove(folder: Folder, name: string): void {
    unlinkSync(this.#at(folder, name));
  }

  makeFolder(folder: Folder, name: string, permissions: number): void {
    mkdirSync(this.#at(folder, name), { mode: permissions });
  }

  removeFolder(folder: Folder, name: string): void {
    rmdirSync(this.#at(folder, name));
  }

  syncFolder(folder: Folder): void {
    // Windows has no way to sync a folder, and needs none: its renames are in a journal.
    if (folder.descriptor >= 0) fsyncSync(folder.descriptor);
  }

  #open(reached: string, path: string, parent: Folder | null): Folder {
    if (process.platform === 'win32') {
      const stat = describe(lstatSync(reached, { bigint: true }));
      if (stat.kind !== 'folder') throw notAFolder(path);
      return { descriptor: -1, path, identity: stat, parent };
    }
    const descriptor = openSync(reached, constants.O_RDONLY | constants.O_DIRECTORY | NO_LINK);
    return { descriptor, path, identity: describe(fstatSync(descriptor, { bigint: true })), parent };
  }

  #at(folder: Folder, name: string): string {
    if (name.includes('/') || name.includes('\0') || name === '.' || name === '..') throw new TypeError(`BUG: ${JSON.stringify(name)} is not one name`);
    if (this.usesDescriptors) return `/proc/self/fd/${String(folder.descriptor)}/${name}`;
    for (let at: Folder | null = folder; at !== null; at = at.parent) {
      const now = describe(lstatSync(at.path, { bigint: true }));
      if (now.kind !== 'folder' || now.ino !== at.identity.ino || now.dev !== at.identity.dev) throw notAFolder(at.path);
    }
    return name === '' ? folder.path : join(folder.path, name);
  }
}

function notAFolder(path: string): Error {
  return Object.assign(new Error(`${path} is not the folder that it was`), { code: 'ENOTDIR' });
}

function describe(stats: BigIntStats): EntryStat {
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'symlink' : 'other';
  return { kind, size: Number(stats.size), permissions: Number(stats.mode & 0o7777n), uid: Number(stats.uid), gid: Number(stats.gid), links: Number(stats.nlink), dev: stats.dev, ino: stats.ino };
}

/** What cannot be looked at may be there: whoever reads it says why it cannot. */
export function mayBeThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}
