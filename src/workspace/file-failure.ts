import { Failure } from '../base/failure.js';

const PERMISSION_CODES: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ELOOP', 'ENAMETOOLONG']);
const ABSENT_CODES: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** Returns the system's code of a file operation that failed, for example `ENOENT`, or the empty string. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** True when the operation failed because nothing is at that path. */
export function isAbsent(error: unknown): boolean {
  return ABSENT_CODES.has(errorCode(error));
}

/** Returns what to throw when the folder under analysis was removed after it had been found. */
export function folderIsGone(cause?: unknown): Failure {
  return new Failure('E/NOT_FOUND', 'the folder of the workspace is gone', { hint: 'Nothing was changed. Make it again, or name another one with --workspace.', cause });
}

/**
 * Returns what to throw when a file operation on `path` failed: E/FS_PERMISSIONS for a permission, a full or a read-only disk,
 * else the error itself. `path` is what the user knows the file by, never an absolute path of ours.
 */
export function fileFailure(error: unknown, action: string, path: string, hint: string): unknown {
  const code = errorCode(error);
  if (!PERMISSION_CODES.has(code)) return error;
  return new Failure('E/FS_PERMISSIONS', `could not ${action} ${path} (${code})`, { hint, details: { path, errno: code }, cause: error });
}
