import { lstatSync, type BigIntStats } from 'node:fs';
import { errorCode, isAbsent } from './file-failure.js';

/** Returns what is at a path, without following a symlink; null when nothing is, also where a folder on the way has become a file, or a symlink that leads nowhere. */
export function lstatOrNull(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true });
  } catch (error) {
    if (isAbsent(error) || errorCode(error) === 'ELOOP') return null;
    throw error;
  }
}
