import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { lstat, mkdir, open, rm, rmdir, symlink, unlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { FileMode } from './file-tree.js';
import { errorCode, fileFailure, isAbsent } from './file-failure.js';
import { safeLinkTarget } from './shadow-link-target.js';

const HINT = 'The workspace was left untouched. Make space in the state directory and make it writable, or set XDG_STATE_HOME to a folder that is.';

/** The disk operations of a shadow, on paths from its top. None follows a symlink in the last part of a path; ShadowLayout keeps the folders real. */
export class ShadowDisk {
  readonly top: string;

  constructor(top: string) {
    this.top = top;
  }

  /** Makes a file, or a symlink where that is safe. Returns false, with nothing written, when something is there already. */
  async create(path: string, mode: FileMode, bytes: Buffer): Promise<boolean> {
    return attempted('write', path, ['EEXIST'], async () => {
      const absolute = join(this.top, path);
      if (mode === 'symlink') await symlink(safeLinkTarget(path, bytes), absolute);
      else await createBytes(absolute, mode, bytes);
    });
  }

  /** Gives a regular file other bytes. Returns false when what is there is no regular file. In one turn: steps overwrite few files, and their servers wait for it. */
  async overwrite(path: string, mode: FileMode, bytes: Buffer): Promise<boolean> {
    if (mode === 'symlink') return false;
    return attempted('write', path, ['ENOENT', 'ELOOP', 'EISDIR', 'ENXIO'], () => {
      overwriteBytes(join(this.top, path), bytes);
    });
  }

  /** Makes `path` a symlink to `target`, an absolute path or one from the top of the shadow. */
  async link(path: string, target: { readonly absolutePath: string } | { readonly path: string }): Promise<void> {
    const absolute = join(this.top, path);
    const text = 'absolutePath' in target ? target.absolutePath : relative(dirname(absolute), join(this.top, target.path));
    await attempted('link', path, [], async () => {
      await this.remove(path);
      await symlink(text === '' ? '.' : text, absolute);
    });
  }

  /** Returns false when something else than a folder is there. */
  async makeDirectory(path: string): Promise<boolean> {
    if (await attempted('create', path, ['EEXIST'], () => mkdir(join(this.top, path)))) return true;
    return (await lstat(join(this.top, path))).isDirectory();
  }

  /** Removes a file, a symlink or a whole folder; symlinks in it are removed, not followed. */
  async remove(path: string): Promise<void> {
    const absolute = join(this.top, path);
    await attempted('remove', path, [], async () => {
      try {
        await unlink(absolute);
      } catch (error) {
        if (isAbsent(error)) return;
        // Linux answers EISDIR for a folder, POSIX allows EPERM.
        if (errorCode(error) !== 'EISDIR' && errorCode(error) !== 'EPERM') throw error;
        await rm(absolute, { recursive: true, force: true });
      }
    });
  }

  /** Removes a folder if it is empty; leaves it when it is not. */
  async removeEmpty(path: string): Promise<void> {
    await attempted('remove', path, ['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'], () => rmdir(join(this.top, path)));
  }
}

async function createBytes(absolute: string, mode: FileMode, bytes: Buffer): Promise<void> {
  const handle = await open(absolute, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_CREAT | constants.O_EXCL, mode === 'exec' ? 0o755 : 0o644);
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
}

function overwriteBytes(absolute: string, bytes: Buffer): void {
  const descriptor = openSync(absolute, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_TRUNC);
  try {
    writeFileSync(descriptor, bytes);
  } finally {
    closeSync(descriptor);
  }
}

/** Returns false when `operation` failed with one of the `expected` codes. */
async function attempted(action: string, path: string, expected: readonly string[], operation: () => unknown): Promise<boolean> {
  try {
    await operation();
    return true;
  } catch (error) {
    if (expected.includes(errorCode(error))) return false;
    throw fileFailure(error, action, `${path} in the shadow worktree`, HINT);
  }
}
