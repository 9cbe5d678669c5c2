import { readFile } from 'node:fs/promises';
import { Failure } from '../base/failure.js';

/** Reads a file named relative to the current folder, or standard input for `-`. Throws E/NOT_FOUND, or E/FS_PERMISSIONS. */
export async function readInput(path: string): Promise<Buffer> {
  if (path === '-') return readAll(process.stdin);
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new Failure('E/NOT_FOUND', `there is no file ${path}`, { hint: 'It is looked for from the current folder; - reads standard input.', cause });
    if (code === 'EISDIR') throw new Failure('E/BAD_ARGUMENT', `${path} is a folder`, { hint: 'Name a file; - reads standard input.', cause });
    throw new Failure('E/FS_PERMISSIONS', `${path} cannot be read (${code ?? 'unknown reason'})`, { hint: 'Nothing was started.', cause });
  }
}

async function readAll(stream: NodeJS.ReadStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
