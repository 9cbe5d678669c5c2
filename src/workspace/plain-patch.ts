import type { FileTree } from './file-tree.js';

interface PlainHunk {
  /** 0-based: where Git looks for it first, in the file as the hunks before have left it. */
  readonly start: number;
  readonly startsFile: boolean;
  readonly endsFile: boolean;
  readonly expected: readonly string[];
  readonly wanted: readonly string[];
}

const FILE_HEADER = /^(?:diff --git a\/([^\s"\\]+) b\/\1\n(?:index [0-9a-f]+\.\.[0-9a-f]+(?: 100(644|755))?\n)?)?--- a\/([^\s"\\]+)\n\+\+\+ b\/\3\n/;
const HUNK_HEADER = /^@@ -([1-9]\d*)(?:,(\d+))? \+([1-9]\d*)(?:,(\d+))? @@.*\n/;
const MODES = { 644: 'file', 755: 'exec' } as const;

/**
 * Returns the new content of each file that a patch changes, where nothing needs to be looked for or guessed: text as `git diff` or `diff -u` writes
 * it, of files that are there, each hunk with context and to the byte where its header says. There Git does the same, and four of its
 * processes are saved. Null for every other patch: only Git knows what it makes of that.
 */
export function applyPlainPatch(tree: FileTree, patch: Buffer, read: ReadonlyMap<string, Buffer>): Map<string, Buffer> | null {
  const found = new Map<string, Buffer>();
  let rest = patch.toString('latin1');
  while (rest !== '') {
    const header = FILE_HEADER.exec(rest);
    const path = Buffer.from(header?.[3] ?? '', 'latin1').toString('utf8');
    const [mode, content] = [tree.get(path)?.mode, read.get(path)];
    if (header === null || (header[1] ?? header[3]) !== header[3] || content === undefined || found.has(path) || tree.has(`a/${path}`)) return null;
    if (mode === 'symlink' || (header[2] !== undefined && MODES[header[2] as '644' | '755'] !== mode)) return null;
    const taken = takeHunks(rest.slice(header[0].length));
    const text = taken === null ? null : patched(linesOf(content.toString('latin1')), taken.hunks);
    if (taken === null || text === null) return null;
    found.set(path, Buffer.from(text, 'latin1'));
    rest = taken.rest;
  }
  return found;
}

function takeHunks(text: string): { readonly hunks: readonly PlainHunk[]; readonly rest: string } | null {
  const hunks: PlainHunk[] = [];
  let at = 0;
  for (let header = HUNK_HEADER.exec(text); header !== null; header = HUNK_HEADER.exec(text.slice(at))) {
    at += header[0].length;
    const [expected, wanted]: [string[], string[]] = [[], []];
    const [oldCount, newCount] = [Number(header[2] ?? 1), Number(header[4] ?? 1)];
    let [context, trailing] = [0, 0];
    while (expected.length < oldCount || wanted.length < newCount) {
      const end = text.indexOf('\n', at) + 1;
      const [sign, line] = [text.charAt(at), text.slice(at + 1, end)];
      if (end === 0 || ![' ', '-', '+'].includes(sign)) return null;
      if (sign !== '+') expected.push(line);
      if (sign !== '-') wanted.push(line);
      trailing = sign === ' ' ? trailing + 1 : 0;
      context += sign === ' ' ? 1 : 0;
      at = end;
    }
    const isChange = context < Math.max(expected.length, wanted.length);
    if (expected.length !== oldCount || wanted.length !== newCount || context === 0 || !isChange) return null;
    hunks.push({ start: Number(header[3]) - 1, startsFile: header[1] === '1', endsFile: trailing === 0, expected, wanted });
  }
  return hunks.length === 0 ? null : { hunks, rest: text.slice(at) };
}

/** Git first looks where the header says; a hunk that starts or ends a file, and no line that another hunk has made, may be nowhere else. */
function patched(lines: string[], hunks: readonly PlainHunk[]): string | null {
  let free = 0;
  for (const { start, startsFile, endsFile, expected, wanted } of hunks) {
    const isThere = expected.every((line, index) => lines[start + index] === line);
    if (!isThere || start < free || (startsFile && start !== 0) || (endsFile && start + expected.length !== lines.length)) return null;
    lines.splice(start, expected.length, ...wanted);
    free = start + wanted.length;
  }
  return lines.join('');
}

/** With their line feeds; what follows the last one is a line without. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
