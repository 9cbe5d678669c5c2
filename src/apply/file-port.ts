/** What the disk says of one name in a folder, symlinks not followed. */
export interface EntryStat {
  readonly kind: 'file' | 'folder' | 'symlink' | 'other';
  readonly size: number;
  /** The permission bits, `0o7777` at most. */
  readonly permissions: number;
  readonly uid: number;
  readonly gid: number;
  /** How many names the file has. */
  readonly links: number;
  readonly dev: bigint;
  readonly ino: bigint;
}

/** A folder that is held open. What is done by name in it is done in this very folder, wherever its path leads meanwhile. */
export interface Folder {
  readonly descriptor: number;
  /** The way to it as it was opened. */
  readonly path: string;
  readonly identity: Pick<EntryStat, 'dev' | 'ino'>;
  /** Null for one that openRoot gave. */
  readonly parent: Folder | null;
}

/**
 * The disk, one system call at a time, so that a test can fail or stop at each. Names are single parts of a path and no call follows
 * a symlink. Every method throws the system's error.
 */
export interface FilePort {
  /** True when calls reach a folder by its descriptor; false where the system offers paths only, which leaves a moment between look and leap. */
  readonly usesDescriptors: boolean;
  /** False where two names may be one file (case, Unicode forms). */
  readonly namesAreExact: boolean;
  /** Opens a folder by an absolute path, whose last part is no symlink. */
  openRoot(path: string): Folder;
  /** Throws ENOENT, ENOTDIR for what is no folder, and ELOOP or ENOTDIR for a symlink. */
  openFolder(parent: Folder, name: string): Folder;
  close(folder: Folder): void;
  look(folder: Folder, name: string): EntryStat | null;
  list(folder: Folder): string[];
  /** Reads a regular file. */
  read(folder: Folder, name: string): { readonly bytes: Buffer; readonly stat: EntryStat };
  readLink(folder: Folder, name: string): Buffer;
  /** Creates a file that was not there and returns its descriptor. As always, the system takes the umask from the permissions. */
  create(folder: Folder, name: string, permissions: number): number;
  write(file: number, bytes: Buffer): void;
  setOwner(file: number, uid: number, gid: number): void;
  setPermissions(file: number, permissions: number): void;
  sync(file: number): void;
  closeFile(file: number): void;
  symlink(folder: Folder, name: string, target: Buffer): void;
  /** Gives a file a second name. Throws EEXIST when the name is taken. */
  link(fromFolder: Folder, from: string, toFolder: Folder, to: string): void;
  /** Takes the place of what is at `to`. */
  rename(fromFolder: Folder, from: string, toFolder: Folder, to: string): void;
  remove(folder: Folder, name: string): void;
  makeFolder(folder: Folder, name: string, permissions: number): void;
  /** Throws ENOTEMPTY or EEXIST for one that holds something. */
  removeFolder(folder: Folder, name: string): void;
  syncFolder(folder: Folder): void;
}

/** Returns the system's code of a call that failed, for example `ENOENT`, or the empty string. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
