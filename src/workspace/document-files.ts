import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { caller } from '../base/caller.js';
import { Failure } from '../base/failure.js';
import { errorCode } from './file-failure.js';

const DOCUMENT = /\.(json|jsonl|ndjson)$/;
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/**
 * Yields the JSON files below a folder that is relative to the current one, in the order of their names, each by its path in there. Links
 * are not followed. Throws E/NOT_FOUND, E/BAD_ARGUMENT or E/FS_PERMISSIONS.
 */
export async function* documentFiles(folder: string): AsyncGenerator<{ readonly name: string; readonly text: string }> {
  const root = resolve(caller().cwd, folder);
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile() && DOCUMENT.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
    const names = paths.map((path) => relative(root, path).split(sep).join('/'));
    for (const name of names.filter((each) => !each.split('/').some((part) => LEFT_OUT.has(part))).sort()) yield { name, text: await readFile(join(root, name), 'utf8') };
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'ENOENT') throw new Failure('E/NOT_FOUND', `there is no folder ${folder}`, { hint: 'It is looked for from the current folder.', cause });
    if (code === 'ENOTDIR') throw new Failure('E/BAD_ARGUMENT', `${folder} is no folder`, { hint: 'assay schema validate FILE checks one file.', cause });
    if (code === '') throw cause;
    throw new Failure('E/FS_PERMISSIONS', `${folder} cannot be read (${code})`, { hint: 'Nothing was checked.', cause });
  }
}
