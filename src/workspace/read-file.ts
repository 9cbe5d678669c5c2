import { createHash } from 'node:crypto';
import { constants, realpathSync } from 'node:fs';
import { open, readlink, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Failure } from '../base/failure.js';
import { refuseUnjailed, unjailed } from '../base/jailed-path.js';
import { observe } from '../base/observe.js';
import { fileFailure, isAbsent } from './file-failure.js';
import type { Workspace } from './workspace-root.js';

const HINT = 'Nothing was read. Paths are relative to the workspace and stay inside it.';

/** Throws E/FS_PERMISSIONS for a path that no file of a workspace can have (see pathProblem). A `./` before it and a slash behind it are nothing. */
export function refuseOutside(path: string): void {
  const plain = path.replace(/^(?:\.\/)+/, '').replace(/(?<=.)\/+$/, '');
  if (plain !== '' && plain !== '.') refuseUnjailed(plain, 'Nothing was read.');
}

/** Reads a file of the workspace; a symlink is followed only where it stays inside. `sha256` is 64 hex digits. */
export async function readWorkspaceFile(workspace: Workspace, path: string): Promise<{ bytes: Buffer; sha256: string }> {
  refuseOutside(path);
  return observe({ what: 'file', key: { root: workspace.root, path } }, () => readInside(workspace, path));
}

async function readInside(workspace: Workspace, path: string): Promise<{ bytes: Buffer; sha256: string }> {
  let file: FileHandle | null = null;
  try {
    // Most files that are asked for and not there are settings.
    const real = realpathSync.native(join(workspace.root, path));
    refuseForeign(workspace, path, real);
    // Without O_NONBLOCK a pipe would hold us up for ever.
    file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    // A folder on the way may have become a symlink meanwhile: the descriptor tells what was opened.
    refuseForeign(workspace, path, await pathOfDescriptor(file, real));
    if (!(await file.stat()).isFile()) throw new Failure('E/FS_PERMISSIONS', `${path} is no regular file`, { hint: HINT, details: { path } });
    const bytes = await file.readFile();
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    throw fileFailure(error, 'read', path, HINT);
  } finally {
    await file?.close();
  }
}

function refuseForeign(workspace: Workspace, path: string, real: string): void {
  const root = workspace.root.endsWith(sep) ? workspace.root : workspace.root + sep;
  if (!real.startsWith(root)) throw unjailed(path, 'leads out of the workspace', 'Nothing was read.');
}

/** Where the system does not tell, the path that was opened has to do. */
async function pathOfDescriptor(file: FileHandle, opened: string): Promise<string> {
  try {
    return process.platform === 'linux' ? await readlink(`/proc/self/fd/${String(file.fd)}`) : opened;
  } catch (error) {
    if (isAbsent(error)) return opened;
    throw error;
  }
}
