import { createHash } from 'node:crypto';
import { lstat, mkdir, rename, writeFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { caller } from '../base/caller.js';
import { Failure } from '../base/failure.js';
import { act } from '../base/observe.js';
import { errorCode, fileFailure } from './file-failure.js';

/**
 * Returns where the state of the workspace with this real path lives: `$XDG_STATE_HOME/assay/<first 32 hex digits of the
 * SHA-256 of the path>`. As the XDG specification asks, an empty or relative variable counts as unset.
 */
export function stateDirFor(realRoot: string, env: NodeJS.ProcessEnv = caller().env): string {
  const configured = env['XDG_STATE_HOME'] ?? '';
  const home = [env['HOME'] ?? '', homedir()].find(isAbsolute) ?? userInfo().homedir;
  return join(isAbsolute(configured) ? configured : join(home, '.local', 'state'), 'assay', createHash('sha256').update(realRoot).digest('hex').slice(0, 32));
}

/** Creates the state directory (mode 0700) and refuses one that another user owns or that is a symlink: both could redirect our writes. */
export async function ensureStateDir(stateDir: string): Promise<void> {
  await ensurePrivateDirectory(dirname(stateDir));
  await ensurePrivateDirectory(stateDir);
}

/** Replaces a file of the state directory, whole or not at all. `what` and `hint` are for the E/FS_PERMISSIONS of one that cannot be written. */
export async function replaceStateFile(stateDir: string, name: string, text: string, what: string, hint: string): Promise<void> {
  await ensureStateDir(stateDir);
  const file = join(stateDir, name);
  const draft = `${file}.${String(process.pid)}`;
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    throw fileFailure(error, 'write', what, hint);
  }
}

/** Creates `directory` (mode 0700, parents too) unless it is there, and checks that it is a directory of our own, not a symlink. */
export function ensurePrivateDirectory(directory: string): Promise<void> {
  return act('make a directory of ours', () => makePrivateDirectory(directory));
}

async function makePrivateDirectory(directory: string): Promise<void> {
  const hint = 'Nothing was written. Make the state directory writable for you, or set XDG_STATE_HOME to a folder that is.';
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const stats = await lstat(directory);
    if (stats.isSymbolicLink() || !stats.isDirectory()) throw refused('is not a directory of its own (a symlink or a file is in its place)', hint);
    const uid = process.getuid?.();
    if (uid !== undefined && stats.uid !== uid) throw refused('belongs to another user', hint);
    if (uid !== undefined && (stats.mode & 0o022) !== 0) throw refused('can be written by other users', hint);
  } catch (error) {
    if (['EEXIST', 'ENOTDIR'].includes(errorCode(error))) throw refused('cannot be created: a file is in the way', hint);
    throw fileFailure(error, 'create', 'the state directory', hint);
  }
}

function refused(reason: string, hint: string): Failure {
  return new Failure('E/FS_PERMISSIONS', `the state directory ${reason}`, { hint });
}
