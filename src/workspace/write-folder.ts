import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { caller } from '../base/caller.js';
import { Failure } from '../base/failure.js';

/** Writes files into a folder relative to the current one, which is made when it is absent. Files of the same names are replaced. */
export async function writeFolder(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  const target = resolve(caller().cwd, folder);
  try {
    await mkdir(target, { recursive: true });
    for (const [name, content] of files) await writeFile(join(target, name), content);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new Failure('E/FS_PERMISSIONS', `${folder} cannot be written (${code})`, { hint: 'Name another folder with --out. What was there is as it was, but for files that were already written.', cause });
  }
}
