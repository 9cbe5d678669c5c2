import { Failure } from '../base/failure.js';
import type { FileMode } from '../base/file-image.js';

export type { FileMode } from '../base/file-image.js';

export interface GitEntry {
  readonly mode: FileMode;
  readonly oid: string;
}

/** The files of a commit or of an index by path from the top, and the paths of its submodules. */
export interface GitListing {
  readonly files: Map<string, GitEntry>;
  readonly submodules: readonly string[];
}

export type DiffStatus = 'A' | 'M' | 'D' | 'R' | 'C' | 'T';

export interface DiffEntry {
  readonly status: DiffStatus;
  readonly path: string;
  /** Where a renamed or copied file came from. */
  readonly oldPath?: string;
  /** Percent, for renames and copies. */
  readonly similarity?: number;
}

/** Returns the fields of output that Git ended with NUL each. */
export function splitZero(output: string): string[] {
  const fields = output.split('\0');
  if (fields.at(-1) === '') fields.pop();
  return fields;
}

/**
 * True for a path that we can name. A path that is not UTF-8 arrives with a replacement character and would name nothing on disk,
 * so such files are left out of every listing alike.
 */
export function isNameable(path: string): boolean {
  return !path.includes('\uFFFD');
}

/** Reads `ls-tree -r -z` (`mode type oid TAB path`) and `ls-files -s -z` (`mode oid stage TAB path`). */
export function parseListing(output: string): GitListing {
  const files = new Map<string, GitEntry>();
  const submodules: string[] = [];
  for (const record of splitZero(output)) {
    const tab = record.indexOf('\t');
    const path = record.slice(tab + 1);
    const [modeBits = '', second = '', third = ''] = record.slice(0, tab).split(' ');
    if (!isNameable(path)) continue;
    if (modeBits === '160000') submodules.push(path);
    else files.set(path, { mode: modeOf(modeBits), oid: second.length >= 40 ? second : third });
  }
  return { files, submodules };
}

function modeOf(bits: string): FileMode {
  if (bits === '120000') return 'symlink';
  return bits === '100755' ? 'exec' : 'file';
}

/** Reads `diff-tree -r -z --raw`: a header `:mode mode oid oid STATUS`, then one path, or two for renames and copies. Submodules are left out. */
export function parseRawDiff(output: string): DiffEntry[] {
  const fields = splitZero(output);
  const entries: DiffEntry[] = [];
  for (let index = 0; index < fields.length; ) {
    const header = (fields[index] ?? '').split(' ');
    const code = header[4] ?? '';
    const status = statusOf(code);
    const first = fields[index + 1] ?? '';
    const isPair = status === 'R' || status === 'C';
    const path = isPair ? (fields[index + 2] ?? '') : first;
    index += isPair ? 3 : 2;
    if (!isNameable(path) || header[0] === ':160000' || header[1] === '160000') continue;
    entries.push(isPair ? { status, path, oldPath: first, similarity: Number(code.slice(1)) } : { status, path });
  }
  return entries;
}

/** Reads `log -z --raw --format=%H --no-renames`: a commit, then for each path a header `:mode mode oid oid STATUS` and the path. Deletions and submodules are left out. */
export function parseRawLog(output: string): { commit: string; oid: string }[] {
  const entries: { commit: string; oid: string }[] = [];
  let commit = '';
  for (const field of splitZero(output)) {
    const line = field.trimStart();
    if (/^[0-9a-f]{40,64}$/.test(line)) commit = line;
    const [, mode = '', oid = ''] = /^:\d{6} (\d{6}) [0-9a-f]+ ([0-9a-f]+) [A-Z]$/.exec(line) ?? [];
    if (mode.startsWith('100')) entries.push({ commit, oid });
  }
  return entries;
}

function statusOf(code: string): DiffStatus {
  const letter = code.charAt(0);
  if (letter === 'A' || letter === 'M' || letter === 'D' || letter === 'R' || letter === 'C' || letter === 'T') return letter;
  throw new Failure('E/INTERNAL', `BUG: git diff-tree gave the unknown status "${code}"`);
}

/** Reads `cat-file --batch`; the buffers share memory with `output`. Blobs that the repository does not have, or has several of by a short name, are listed in `missing`. */
export function parseBlobs(output: Buffer): { blobs: Map<string, Buffer>; missing: string[] } {
  const blobs = new Map<string, Buffer>();
  const missing: string[] = [];
  for (let offset = 0; offset < output.length; ) {
    const lineEnd = output.indexOf(0x0a, offset);
    const [oid = '', type = '', size = ''] = output.toString('latin1', offset, lineEnd).split(' ');
    offset = lineEnd + 1;
    if (type === 'missing' || type === 'ambiguous') {
      missing.push(oid);
      continue;
    }
    if (lineEnd < 0 || size === '') throw new Failure('E/INTERNAL', 'BUG: git cat-file gave a header that could not be read');
    blobs.set(oid, output.subarray(offset, offset + Number(size)));
    offset += Number(size) + 1;
  }
  return { blobs, missing };
}
