import type { FileTree } from './file-tree.js';
import type { FilePatch, PatchHunk } from './patch-headers.js';
import { unquotePath } from './patch-paths.js';

/** Why a patch does not apply, at one place. */
export interface PatchConflict {
  readonly path: string;
  /** The `@@` line, or the empty string when the file as a whole is the trouble. */
  readonly hunk: string;
  /** 1-based line of the old file at which the hunk should apply, or 0. */
  readonly line: number;
  readonly expected: readonly string[];
  /** What the file holds at that place. */
  readonly found: readonly string[];
  /** Of a merge: what the patch puts in the place of `expected`. */
  readonly wanted?: readonly string[];
  readonly reason: string;
  /** Where the file comes closest to what is expected: the 1-based line, what it holds there, and how many of the lines are the same. */
  readonly nearest: { readonly line: number; readonly found: readonly string[]; readonly same: number } | null;
}

const TOO_LITTLE_CONTEXT = 'the lines are there, but to Git a hunk with less context behind than before them stands at the end of the file, and the other way round at its start';
const LINES_MAX = 200;

const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^(.*): (?:does not exist in index|No such file or directory)$/, 'the patch changes a file that is not there'],
  [/^(.*): already exists in (?:index|working directory)$/, 'the patch creates a file that is there already'],
  [/^'(.*)' appears as both a file and as a directory$/, 'the path would be a file and a folder at once'],
  [/^cannot apply binary patch to '(.*)' without full index line$/, 'the patch holds no data for this binary file: make it with git diff --binary'],
  [/^the patch applies to '(.*)' \([0-9a-f]+\), which does not match the current contents\.$/, 'the binary file is not the one that the patch was made from'],
  [/^(?:the necessary postimage [0-9a-f]+ for|binary patch to|binary patch does not apply to|missing binary patch data for) '(.*?)'.*$/, 'the binary data of the patch does not fit this file'],
  [/^(.*): wrong type$/, 'the patch takes the file for one of another kind'],
];

/** The paths of the tree that a part of a patch is about. */
export type PathsOf = (file: FilePatch) => { readonly from: string | null; readonly to: string | null };

/** Makes conflicts of what `git apply --reject --verbose` said: it names each hunk that does not fit by its file and its line. */
export async function describeConflicts(stderr: string, files: readonly FilePatch[], tree: FileTree, pathsOf: PathsOf): Promise<PatchConflict[]> {
  const conflicts: PatchConflict[] = [];
  const told = new Set<PatchHunk>();
  for (const line of stderr.split('\n')) {
    const [, name, start] = /^error: patch failed: (.*):(\d+)$/.exec(line) ?? [];
    const failed = name === undefined ? [] : files.filter((file) => isNamed(pathsOf(file), name)).flatMap((file) => file.hunks.map((hunk) => ({ file, hunk })));
    const found = failed.find(({ hunk }) => hunk.oldStart === Number(start) && !told.has(hunk));
    if (found !== undefined) {
      told.add(found.hunk);
      conflicts.push(await hunkConflict(found.file, found.hunk, tree, pathsOf));
    }
    const whole = line.startsWith('error: ') && !line.includes('.rej: ') ? fileConflict(line.slice('error: '.length)) : null;
    if (whole !== null) conflicts.push(whole);
  }
  return conflicts;
}

function isNamed({ from, to }: ReturnType<PathsOf>, name: string): boolean {
  return (from ?? to) === name || to === name;
}

async function hunkConflict(file: FilePatch, hunk: PatchHunk, tree: FileTree, pathsOf: PathsOf): Promise<PatchConflict> {
  const { from, to } = pathsOf(file);
  const content = await tree.get(from ?? to ?? '')?.content.read();
  const all = (content?.toString('utf8') ?? '').split('\n');
  const lines = all.slice(Math.max(0, hunk.oldStart - 1));
  const expected = hunk.expected.slice(0, LINES_MAX);
  const nearest = nearestPlace(all, expected, hunk.oldStart);
  const isThere = [all.slice(Math.max(0, (nearest?.line ?? 1) - 1)), lines].some((there) => hunk.expected.every((line, index) => line === there[index]));
  return {
    path: to ?? from ?? '',
    hunk: hunk.header,
    line: hunk.oldStart,
    expected,
    found: lines.slice(0, expected.length),
    reason: isThere ? TOO_LITTLE_CONTEXT : 'the file does not hold these lines, here or elsewhere',
    nearest,
  };
}

/** Every line that both have votes for the place where the hunk would start; rare lines settle it, blank ones do not count. */
function nearestPlace(lines: readonly string[], expected: readonly string[], stated: number): PatchConflict['nearest'] {
  const wanted = new Map<string, number[]>();
  for (const [offset, line] of expected.entries()) if (line.trim() !== '') wanted.set(line, [...(wanted.get(line) ?? []), offset]);
  const votes = new Map<number, number>();
  for (const [index, line] of lines.entries()) for (const offset of wanted.get(line) ?? []) votes.set(index - offset, (votes.get(index - offset) ?? 0) + 1);
  const ranked = [...votes].sort(([a, votesA], [b, votesB]) => votesB - votesA || Math.abs(a + 1 - stated) - Math.abs(b + 1 - stated));
  const [best] = ranked;
  if (best === undefined) return null;
  const start = Math.max(0, best[0]);
  return { line: start + 1, found: lines.slice(start, start + expected.length), same: best[1] };
}

function fileConflict(message: string): PatchConflict | null {
  for (const [pattern, reason] of REASONS) {
    const path = pattern.exec(message)?.[1];
    if (path !== undefined) return { path: unquotePath(path), hunk: '', line: 0, expected: [], found: [], reason, nearest: null };
  }
  return null;
}
