import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { caller } from '../base/caller.js';
import { Failure } from '../base/failure.js';
import { observe } from '../base/observe.js';

/** Reads a file named relative to the current folder, or standard input for `-`. Throws E/NOT_FOUND, E/BAD_ARGUMENT or E/FS_PERMISSIONS. */
export function readInput(path: string): Promise<Buffer> {
  return observe({ what: 'input', key: path }, async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of await openInput(path)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  });
}

/** Opens a file named relative to the current folder, or standard input for `-`, to read it as it comes. Throws as readInput does. */
export async function openInput(path: string): Promise<NodeJS.ReadableStream> {
  if (path === '-') return caller().stdin();
  const handle = await openFile(path);
  if ((await handle.stat()).isDirectory()) {
    await handle.close();
    throw new Failure('E/BAD_ARGUMENT', `${path} is a folder`, { hint: 'Name a file; - reads standard input.' });
  }
  return handle.createReadStream();
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(resolve(caller().cwd, path));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new Failure('E/NOT_FOUND', `there is no file ${path}`, { hint: 'It is looked for from the current folder; - reads standard input.', cause });
    throw new Failure('E/FS_PERMISSIONS', `${path} cannot be read (${code ?? 'unknown reason'})`, { hint: 'Nothing was started.', cause });
  }
}
