import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../base/failure.js';
import { actSync, observe, observeSync } from '../base/observe.js';
import { parseJson } from '../base/parse-json.js';
import { Stamped } from '../base/stamped.js';

/**
 * The only file of src/lsp that touches the disk, but for process-memory.ts, which reads /proc. It reads what a server reads, and writes only into the private folder
 * of a run (see interpreter.ts). All of it is observed, so that a replay needs no disk.
 */

export function exists(path: string): boolean {
  return observeSync({ what: 'exists', key: path }, () => existsSync(path));
}

export function isFolder(path: string): boolean {
  return observeSync({ what: 'is a folder', key: path }, () => statOrNull(path)?.isDirectory() === true);
}

export function isRegularFile(path: string): boolean {
  return observeSync({ what: 'is a file', key: path }, () => statOrNull(path)?.isFile() === true);
}

export function isExecutableFile(path: string): boolean {
  return observeSync({ what: 'is executable', key: path }, () => isExecutable(path));
}

function isExecutable(path: string): boolean {
  if (statOrNull(path)?.isFile() !== true) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // accessSync answers by throwing.
    return false;
  }
}

/** Null when nothing is there, or when a folder on the way to it is a file. */
function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/**
 * Tells files from those that are at these paths later, by times and inodes. Not observed: no answer rests on it, only whether a server
 * that runs is still the one that is installed.
 */
export function stampOfFiles(paths: readonly string[]): string {
  return paths.map((path) => statOrNull(path)).map((stats) => (stats === null ? '' : `${String(stats.ino)} ${String(stats.size)} ${String(stats.mtimeMs)} ${String(stats.ctimeMs)}`)).join('\n');
}

/** The real path, or null when nothing is there. */
export function realPathOf(path: string): string | null {
  return observeSync({ what: 'real path', key: path }, () => (existsSync(path) ? realpathSync(path) : null));
}

/** The names in a folder, sorted by UTF-16 code unit; none when it does not exist. */
export function namesIn(folder: string): string[] {
  return observeSync({ what: 'names in', key: folder }, () => (isFolder(folder) ? readdirSync(folder).sort() : []));
}

/**
 * True when a file of one of these names lies in `root` or below, outside node_modules and hidden folders; links are not
 * followed. Looks into at most `foldersMax` folders, and takes the answer to be yes when there are more.
 */
export function holdsFileNamed(root: string, names: readonly string[], foldersMax: number): boolean {
  return observeSync({ what: 'holds file named', key: { root, names } }, () => findFileNamed(root, names, foldersMax));
}

function findFileNamed(root: string, names: readonly string[], foldersMax: number): boolean {
  const pending = [root];
  for (let seen = 0; pending.length > 0; seen += 1) {
    const folder = pending.pop();
    if (folder === undefined) break;
    if (seen === foldersMax) return true;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isFile() && names.includes(entry.name)) return true;
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) pending.push(`${folder}/${entry.name}`);
    }
  }
  return false;
}

/** The paths of the files below a folder, sorted, without those in a node_modules; links are not followed. At most `filesMax`. */
export function filesBelow(root: string, filesMax: number): string[] {
  return observeSync({ what: 'files below', key: root }, () => listBelow(root, filesMax));
}

function listBelow(root: string, filesMax: number): string[] {
  const found: string[] = [];
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined && found.length < filesMax; folder = pending.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) found.push(path);
      if (entry.isDirectory() && entry.name !== 'node_modules') pending.push(path);
    }
  }
  return found.sort();
}

/** The bytes of a file. Rejects with the system's error. */
export function bytesOf(path: string): Promise<Uint8Array> {
  return observe({ what: 'bytes', key: path }, () => readFile(path));
}

const documents = new Stamped<unknown>();

/** What a file of JSON says, which is read anew only when it has changed; undefined for one that is no JSON, null for none. Not to be changed. */
export function jsonAt(path: string): unknown {
  return observeSync({ what: 'json', key: path }, () => documents.of(path, statSync(path, { bigint: true, throwIfNoEntry: false }), (file) => parseJson(readFileSync(file, 'utf8'))));
}

/** The text of a file, its byte order mark kept. Throws the system's error. */
export function textOf(path: string): string {
  return observeSync({ what: 'text', key: path }, () => readFileSync(path, 'utf8'));
}

/** The text of a file that a server is asked or answers about. `name` is what the Failure calls it. */
export function sourceText(absolutePath: string, name: string): string {
  return sourceBytes(absolutePath, name).toString('utf8');
}

/** The bytes of such a file. */
export function sourceBytes(absolutePath: string, name: string): Buffer {
  return observeSync({ what: 'source', key: absolutePath }, () => {
    try {
      return readFileSync(absolutePath);
    } catch (cause) {
      throw unreadable(name, cause);
    }
  });
}

function unreadable(name: string, cause: unknown): Failure {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM') return new Failure('E/FS_PERMISSIONS', `${name} may not be read`, { hint: 'Check its permissions; nothing was changed.', cause });
  if (code === 'EISDIR') return new Failure('E/BAD_ARGUMENT', `${name} is a folder`, { hint: 'Name a file.', cause });
  return new Failure('E/NOT_FOUND', `${name} does not exist`, { hint: 'If it was just removed, run the same command again.', cause });
}

/** Writes `content` into `folder`, which is made with access for the user alone. */
export function writePrivateFile(folder: string, name: string, content: string, mode: number): void {
  actSync('write into the folder of a run', () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${folder}/${name}`, content, { mode });
  });
}

/** Removes a folder of ours and all that is in it. */
export function removePrivateFolder(folder: string): void {
  actSync('remove a folder of the run', () => {
    rmSync(folder, { recursive: true, force: true });
  });
}
