import { createHash } from 'node:crypto';
import { constants, lstatSync, type BigIntStats } from 'node:fs';
import { open, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../base/failure.js';
import { observe, observeSync } from '../base/observe.js';
import type { FileContent, FileMode } from './file-tree.js';
import { fileFailure, isAbsent, errorCode } from './file-failure.js';

/** A regular file or a symlink as the disk describes it. */
export interface DiskStat {
  readonly mode: FileMode;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly ino: bigint;
}

const HINT = 'Nothing was changed. Make the file readable for you, or let Git ignore it.';
const CHUNK_BYTES = 1024 * 1024;

/**
 * Returns what is at `path` below `root`, without following a symlink; null when that is no file or nothing. Synchronous: five
 * thousand awaited calls take several times as long.
 */
export function statFile(root: string, path: string): DiskStat | null {
  return observeSync({ what: 'stat', key: { root, path } }, () => lookAt(root, path));
}

function lookAt(root: string, path: string): DiskStat | null {
  try {
    return describe(lstatSync(join(root, path), { bigint: true }));
  } catch (error) {
    if (isAbsent(error)) return null;
    throw fileFailure(error, 'read', path, HINT);
  }
}

/** True when what is at `path` is what was described. Of thousands of files each is asked this, so nothing is made of the answer. */
export function isAsDescribed(root: string, path: string, known: DiskStat): boolean {
  try {
    const stats = lstatSync(`${root}/${path}`, BIGINT);
    return stats.mtimeNs === known.mtimeNs && stats.ctimeNs === known.ctimeNs && stats.ino === known.ino && Number(stats.size) === known.size && modeOf(stats) === known.mode;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw fileFailure(error, 'read', path, HINT);
  }
}

const BIGINT = { bigint: true } as const;

/** Null for what is neither a file nor a symlink. */
function modeOf(stats: BigIntStats): FileMode | null {
  const mode = Number(stats.mode);
  const kind = mode & constants.S_IFMT;
  if (kind === constants.S_IFLNK) return 'symlink';
  if (kind !== constants.S_IFREG) return null;
  return (mode & 0o100) === 0 ? 'file' : 'exec';
}

function describe(stats: BigIntStats): DiskStat | null {
  const mode = modeOf(stats);
  return mode === null ? null : { mode, size: Number(stats.size), mtimeNs: stats.mtimeNs, ctimeNs: stats.ctimeNs, ino: stats.ino };
}

/** Returns the bytes of a file, or the target text of a symlink; null when it has gone or become something else meanwhile. */
export function readDiskFile(root: string, path: string, mode: FileMode): Promise<Buffer | null> {
  return observe({ what: 'bytes of', key: { root, path } }, () => readNow(root, path, mode));
}

async function readNow(root: string, path: string, mode: FileMode): Promise<Buffer | null> {
  return withoutRace(path, async () => {
    if (mode === 'symlink') return readlink(join(root, path), { encoding: 'buffer' });
    const handle = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  });
}

/** Returns the SHA-256 of a file without holding it in memory; null as for readDiskFile. */
export function hashDiskFile(root: string, path: string, mode: FileMode): Promise<string | null> {
  return observe({ what: 'digest of', key: { root, path } }, () => hashNow(root, path, mode));
}

async function hashNow(root: string, path: string, mode: FileMode): Promise<string | null> {
  return withoutRace(path, async () => {
    const hash = createHash('sha256');
    if (mode === 'symlink') return hash.update(await readlink(join(root, path), { encoding: 'buffer' })).digest('hex');
    const handle = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await handle.stat();
      if (size <= CHUNK_BYTES) return hash.update(await handle.readFile()).digest('hex');
      for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES })) hash.update(chunk as Buffer);
      return hash.digest('hex');
    } finally {
      await handle.close();
    }
  });
}

/** Content that stays on disk because it is large. Reading it later checks that it is still the same. */
export function diskContent(root: string, path: string, mode: FileMode, sha256: string): FileContent {
  return {
    oid: null,
    store: null,
    sha256: () => Promise.resolve(sha256),
    read: async () => {
      const bytes = await readDiskFile(root, path, mode);
      if (bytes !== null && createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
      throw new Failure('E/CONTENT_MODIFIED', `${path} was changed while it was being looked at`, { hint: 'Nothing was changed by assay. Run the command again.', details: { path } });
    },
  };
}

async function withoutRace<T>(path: string, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    // EINVAL: readlink on what is no link any more. ELOOP: O_NOFOLLOW on what has become one. EISDIR: a folder now.
    if (isAbsent(error) || ['EINVAL', 'ELOOP', 'EISDIR'].includes(errorCode(error))) return null;
    throw fileFailure(error, 'read', path, HINT);
  }
}
