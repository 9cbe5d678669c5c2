import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { caller } from '../base/caller.js';
import { act, observe } from '../base/observe.js';
import { fileFailure } from './file-failure.js';

/** Calls `use` with an empty directory (mode 0700) in the caller's temporary folder, and removes the directory whatever happens. */
export async function withScratchDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await observe({ what: 'scratch directory', key: null }, makeScratchDirectory);
  try {
    return await use(directory);
  } finally {
    await act('remove a scratch directory', () => rm(directory, { recursive: true, force: true }));
  }
}

async function makeScratchDirectory(): Promise<string> {
  try {
    const wished = caller().env['TMPDIR'] ?? '';
    return await realpath(await mkdtemp(join(isAbsolute(wished) ? wished : tmpdir(), 'assay-')));
  } catch (error) {
    throw fileFailure(error, 'create', 'a temporary folder', 'The workspace was left untouched. Make space in the temporary folder, or set TMPDIR to one that is writable.');
  }
}
