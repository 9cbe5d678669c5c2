import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Failure } from '../base/failure.js';
import { observe } from '../base/observe.js';
import { fileFailure } from './file-failure.js';
import type { Workspace } from './workspace-root.js';

const HINT = 'Nothing was read. Paths are relative to the workspace and stay inside it.';

/** Throws E/FS_PERMISSIONS for a path that is absolute, climbs out of the workspace or names a part of `.git`. */
export function refuseOutside(path: string): void {
  const parts = path.split(/[/\\]/);
  const isAbsolute = /^([/\\~]|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]+:\/\/)/.test(path);
  const isOutside = isAbsolute || path.includes('\0') || parts.some((part) => part === '..' || part.toLowerCase() === '.git');
  if (isOutside) throw new Failure('E/FS_PERMISSIONS', `${JSON.stringify(path)} is not a path inside the workspace`, { hint: HINT, details: { path } });
}

/** Reads a file of the workspace; a symlink is followed only where it stays inside. `sha256` is 64 hex digits. */
export async function readWorkspaceFile(workspace: Workspace, path: string): Promise<{ bytes: Buffer; sha256: string }> {
  refuseOutside(path);
  return observe({ what: 'file', key: { root: workspace.root, path } }, () => readInside(workspace, path));
}

async function readInside(workspace: Workspace, path: string): Promise<{ bytes: Buffer; sha256: string }> {
  try {
    const real = await realpath(join(workspace.root, path));
    if (!real.startsWith(workspace.root + sep)) throw new Failure('E/FS_PERMISSIONS', `${path} leads out of the workspace`, { hint: HINT, details: { path } });
    const bytes = await readFile(real);
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    throw fileFailure(error, 'read', path, HINT);
  }
}
