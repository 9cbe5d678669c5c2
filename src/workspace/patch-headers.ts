import { pathOfMarker, pathsOfGitHeader, unquotePath, withoutParts } from './patch-paths.js';

export interface PatchHunk {
  /** The `@@` line as it stands. */
  readonly header: string;
  /** 1-based, in the old file; 0 for a file that is created. */
  readonly oldStart: number;
  /** The context and the deleted lines: what the old file should hold there. */
  readonly expected: readonly string[];
  /** True when the hunk has at least one line of context. */
  readonly hasContext: boolean;
}

/** What a patch says about one file. Paths are as written, with their `a/` and `b/`. */
export interface FilePatch {
  readonly oldPath: string | null;
  readonly newPath: string | null;
  /** Paths on `rename` and `copy` lines carry no `a/` and `b/`. */
  readonly bareOldPath: string | null;
  readonly bareNewPath: string | null;
  /** True for `rename`, false for `copy`. */
  readonly isRename: boolean;
  /** True for a mode that no file has: a submodule, or a folder, which Git takes for one. */
  readonly isSubmodule: boolean;
  /** The paths of the `diff --git` line are the same text, as they are without `a/` and `b/`; null without such a line. */
  readonly hasOneName: boolean | null;
  readonly hunks: readonly PatchHunk[];
}

interface Draft {
  oldPath: string | null;
  newPath: string | null;
  bareOldPath: string | null;
  bareNewPath: string | null;
  isRename: boolean;
  isSubmodule: boolean;
  hasOneName: boolean | null;
  hasMarkers: boolean;
  hunks: PatchHunk[];
}

const HUNK_HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * Returns the files that a patch speaks of, in order; text around the diffs is skipped. It tells which files `git apply` needs and
 * where hunks stand, and leaves it to Git to find a patch corrupt.
 */
export function scanPatch(patch: Buffer): FilePatch[] {
  const lines = patch.toString('latin1').split('\n');
  const files: Draft[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const next = lines[index + 1] ?? '';
    if (line.startsWith('diff --git ')) {
      files.push(draftOf(pathsOfGitHeader(trimEnd(line.slice(11)))));
    } else if (line.startsWith('--- ') && next.startsWith('+++ ')) {
      let file = files.at(-1);
      if (file === undefined || file.hasMarkers || file.hunks.length > 0) files.push((file = draftOf(null)));
      file.oldPath = pathOfMarker(trimEnd(line.slice(4)));
      file.newPath = pathOfMarker(trimEnd(next.slice(4)));
      file.hasMarkers = true;
      index += 1;
    } else if (HUNK_HEADER.test(line)) {
      index = readHunk(lines, index, files.at(-1));
    } else readExtendedHeader(line, files.at(-1));
  }
  return files;
}

/** Returns every path that a patch could mean: as written, and without its first part. */
export function pathsOfPatch(patch: Buffer): string[] {
  const found = new Set<string>();
  for (const { oldPath, newPath, bareOldPath, bareNewPath } of scanPatch(patch)) {
    for (const path of [oldPath, newPath]) if (path !== null) found.add(path).add(withoutParts(path, 1));
    for (const path of [bareOldPath, bareNewPath]) if (path !== null) found.add(path);
  }
  return [...found].sort();
}

function draftOf(paths: readonly [string, string] | null): Draft {
  return { oldPath: paths?.[0] ?? null, newPath: paths?.[1] ?? null, bareOldPath: null, bareNewPath: null, isRename: false, isSubmodule: false, hasOneName: paths === null ? null : paths[0] === paths[1], hasMarkers: false, hunks: [] };
}

function readExtendedHeader(line: string, file: Draft | undefined): void {
  if (file?.hasMarkers === false && /^(?:(?:new file|deleted file|old|new) mode |index [0-9a-f]+\.\.[0-9a-f]+ )0?(?:16|4)0000\s*$/.test(line)) file.isSubmodule = true;
  const match = /^(rename|copy) (from|to) (.*)$/s.exec(line);
  if (match === null || file === undefined || file.hasMarkers) return;
  const path = unquotePath(trimEnd(match[3] ?? ''));
  file.isRename = match[1] === 'rename';
  if (match[2] === 'from') file.bareOldPath = path;
  else file.bareNewPath = path;
}

/** Reads the lines that the header counts, and returns the index of the last one. */
function readHunk(lines: readonly string[], start: number, file: Draft | undefined): number {
  const header = lines[start] ?? '';
  const [, oldStart = '0', oldCount = '1', , newCount = '1'] = HUNK_HEADER.exec(header) ?? [];
  let [oldLeft, newLeft] = [Number(oldCount), Number(newCount)];
  const expected: string[] = [];
  let hasContext = false;
  let index = start;
  while ((oldLeft > 0 || newLeft > 0) && index + 1 < lines.length) {
    const line = lines[index + 1] ?? '';
    const sign = line.charAt(0);
    if (!['', ' ', '\r', '-', '+', '\\'].includes(sign)) break;
    index += 1;
    if (sign === '\\') continue;
    if (sign === '+') newLeft -= 1;
    else {
      oldLeft -= 1;
      expected.push(decode(line.slice(1)));
      if (sign !== '-') {
        newLeft -= 1;
        hasContext = true;
      }
    }
  }
  file?.hunks.push({ header: decode(trimEnd(header)), oldStart: Number(oldStart), expected, hasContext });
  return index;
}

function trimEnd(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function decode(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
