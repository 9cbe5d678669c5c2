import { Failure } from '../base/failure.js';
import { errnoOf } from './file-port.js';

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EIO: 'the disk reports an error',
  EXDEV: 'the folder lies on another file system',
  ENAMETOOLONG: 'the name is longer than the file system takes',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ELOOP: 'a symlink is on the way',
  ENOTDIR: 'something that is no folder is on the way',
  ETXTBSY: 'the file is being executed',
  EBUSY: 'the file is in use',
};

/**
 * Returns what to throw when a call on the disk failed: E/FS_PERMISSIONS with the system's code, or `error` itself when it is a Failure
 * or none of the system's. `path` is what the user knows the file by; `left` says what was left as it was.
 */
export function diskFailure(error: unknown, action: string, path: string, left: string): unknown {
  const errno = errnoOf(error);
  if (error instanceof Failure || !/^E[A-Z0-9]+$/.test(errno)) return error;
  return new Failure('E/FS_PERMISSIONS', `could not ${action} ${path}: ${WORDS[errno] ?? 'the system refused'} (${errno})`, { hint: left, details: { path, errno }, cause: error });
}
