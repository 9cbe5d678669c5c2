import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from './file-failure.js';

/** Holds one number of bytes per line; their sum is about the size of the store. */
export const TALLY_FILE = 'tally';
/** Begins the names of files that are still being written. */
export const TEMPORARY_PREFIX = '.new-';

/** A sweep makes room for more than what was missing, so that it is not needed again at once. */
const KEPT_SHARE = 0.8;
/** A file that is being written for so long belongs to a process that was killed. */
const ABANDONED_AFTER_MS = 3_600_000;

interface Entry {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/** Returns the sum of the tally; infinity when it cannot be understood, so that the store is counted anew. */
export async function talliedBytes(folder: string): Promise<number> {
  const lines = (await readFile(join(folder, TALLY_FILE), 'utf8')).split('\n').filter((line) => line !== '');
  const sum = lines.reduce((total, line) => total + (/^\d{1,15}$/.test(line) ? Number(line) : Number.NaN), 0);
  return Number.isNaN(sum) ? Infinity : sum;
}

/** Removes the entries that were used longest ago until the store is well below `bytesMax`, and writes the tally anew. Others may read and write meanwhile. */
export async function sweepStore(folder: string, bytesMax: number): Promise<void> {
  const entries = (await entriesOf(folder)).sort((a, b) => b.usedMs - a.usedMs || (a.path < b.path ? -1 : 1));
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  while (total > bytesMax * KEPT_SHARE) {
    const oldest = entries.pop();
    if (oldest === undefined) break;
    await rm(oldest.path, { force: true });
    total -= oldest.bytes;
  }
  const temporary = join(folder, `${TEMPORARY_PREFIX}${String(process.pid)}-${randomBytes(6).toString('hex')}`);
  await writeFile(temporary, `${String(total)}\n`, { mode: 0o600 });
  await rename(temporary, join(folder, TALLY_FILE));
}

async function entriesOf(folder: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const shard of (await readdir(folder, { withFileTypes: true })).filter((item) => item.isDirectory())) {
    for (const name of await readdir(join(folder, shard.name))) {
      const path = join(folder, shard.name, name);
      const stats = await statOrNull(path);
      if (stats === null) continue;
      if (!name.startsWith(TEMPORARY_PREFIX)) entries.push({ path, bytes: stats.size, usedMs: stats.mtimeMs });
      else if (Date.now() - stats.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { force: true });
    }
  }
  return entries;
}

/** Another process may be sweeping too. */
async function statOrNull(path: string): Promise<{ size: number; mtimeMs: number } | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
