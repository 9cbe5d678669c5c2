import { codeLines, type CodeLine } from './code-lines.js';

/** What a file of a patch is to the model: tests count as present only, `other` is everything that is no code. */
export type FileRole = 'source' | 'test' | 'scratch' | 'other';

export interface DiffHunk {
  /** The first line of the old side, 1-based. */
  readonly start: number;
  readonly lines: readonly CodeLine[];
}

export interface DiffFile {
  readonly path: string;
  readonly isNew: boolean;
  readonly isDeleted: boolean;
  readonly role: FileRole;
  readonly hunks: readonly DiffHunk[];
}

interface RawLine {
  readonly tag: CodeLine['tag'];
  readonly text: string;
}

interface RawFile {
  path: string;
  isNew: boolean;
  isDeleted: boolean;
  readonly hunks: { readonly start: number; readonly raw: RawLine[] }[];
}

const HUNK = /^@@ -([0-9]+)(?:,([0-9]+))? \+([0-9]+)(?:,([0-9]+))? @@/;
const GIT = /^diff --git "?a\/(.*?)"? "?b\/(.*?)"?$/;
const OLD = /^--- (?:a\/)?([^\t]*)/;
const NEW = /^\+\+\+ (?:b\/)?([^\t]*)/;
const TEST_PATH =
  /(?:^|\/)(?:tests?|testing|__tests__|spec|specs|e2e)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest|tests?)\.pyi?$|\.(?:test|spec|test-d|e2e)\.[cm]?[jt]sx?$|_test\.go$|(?:^|\/)(?:[^/]*Tests?|Test[^/]*|[^/]*IT)\.(?:java|kt)$|\.snap$/;
const SCRATCH = /(?:^|\/)[^/]*(?:reproduc|repro_|repro\.|debug|scratch|verify|demo|temp_|tmp|solution|patch|fix_|check_|example_|new_file|script)[^/]*$/i;
const HASH_LANGUAGES: ReadonlySet<string> = new Set('py pyi pyx rb sh bash'.split(' '));
const SLASH_LANGUAGES: ReadonlySet<string> = new Set('ts tsx mts cts js jsx mjs cjs go java kt kts scala c h cc cpp hpp cs swift php vue svelte rs'.split(' '));

/**
 * Returns the files of a unified diff as Git or `diff -u` write it; what is not part of one is left out. The twin of
 * training/diff_reader.py: the regular expressions are the same, character by character.
 */
export function readDiff(patch: string): DiffFile[] {
  const files: RawFile[] = [];
  let left = { removed: 0, added: 0 };
  for (const whole of patch.split('\n')) {
    const line = whole.endsWith('\r') ? whole.slice(0, -1) : whole;
    const current = files.at(-1)?.hunks.at(-1);
    if (current !== undefined && (left.removed > 0 || left.added > 0) && (line === '' || '-+ \\'.includes(line.charAt(0)))) {
      left = readHunkLine(current.raw, line, left);
      continue;
    }
    const hunk = HUNK.exec(line);
    if (hunk !== null && files.length > 0) {
      left = { removed: countOf(hunk[2]), added: countOf(hunk[4]) };
      files.at(-1)?.hunks.push({ start: Number(hunk[1]), raw: [] });
      continue;
    }
    left = { removed: 0, added: 0 };
    readHeader(files, line);
  }
  return files.map(finished);
}

function countOf(text: string | undefined): number {
  return text === undefined ? 1 : Number(text);
}

function readHunkLine(raw: RawLine[], line: string, left: { readonly removed: number; readonly added: number }): { removed: number; added: number } {
  const tag = line.charAt(0) === '-' ? '-' : line.charAt(0) === '+' ? '+' : ' ';
  if (line.startsWith('\\')) return { ...left };
  raw.push({ tag, text: line.slice(1) });
  return { removed: left.removed - (tag === '+' ? 0 : 1), added: left.added - (tag === '-' ? 0 : 1) };
}

function readHeader(files: RawFile[], line: string): void {
  const git = GIT.exec(line);
  if (git !== null) {
    files.push(emptyFile(git[2] ?? ''));
    return;
  }
  const old = OLD.exec(line)?.[1];
  if (old !== undefined) {
    // A plain diff has no line of Git's before its `---`.
    if (files.length === 0 || (files.at(-1)?.hunks.length ?? 0) > 0) files.push(emptyFile(old));
    const file = files.at(-1);
    if (old === '/dev/null' && file !== undefined) file.isNew = true;
    return;
  }
  const file = files.at(-1);
  if (file === undefined) return;
  const now = NEW.exec(line)?.[1];
  if (now === '/dev/null') file.isDeleted = true;
  else if (now !== undefined) file.path = now;
  else if (line.startsWith('new file mode')) file.isNew = true;
  else if (line.startsWith('deleted file mode')) file.isDeleted = true;
}

function emptyFile(path: string): RawFile {
  return { path, isNew: false, isDeleted: false, hunks: [] };
}

function finished(file: RawFile): DiffFile {
  const isHash = isHashLanguage(file.path);
  return { ...file, role: roleOf(file), hunks: file.hunks.map(({ start, raw }) => ({ start, lines: codeLines(raw, isHash) })) };
}

/** Returns the lower-case extension of a path, '' without one. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
}

/** Returns true for a file whose comments start with `#` and whose blocks are indented. */
export function isHashLanguage(path: string): boolean {
  return HASH_LANGUAGES.has(extensionOf(path));
}

/** `scratch` is a new code file that looks left behind. */
function roleOf({ path, isNew }: RawFile): FileRole {
  const kind = extensionOf(path);
  const isCode = HASH_LANGUAGES.has(kind) || SLASH_LANGUAGES.has(kind);
  if (isNew && isCode && (!path.includes('/') || SCRATCH.test(path))) return 'scratch';
  if (TEST_PATH.test(path)) return 'test';
  return isCode ? 'source' : 'other';
}
