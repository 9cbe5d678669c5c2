import { sha256 } from '../base/digest.js';
import { blankRanges } from './blank-text.js';
import { scanComments } from './comment-scan.js';
import { TextDocument } from '../base/text-document.js';
import { wordsOf } from './similarity.js';
import { compareText } from './text-order.js';

/** What a patch does, without how it is written down. Two patches that say the same thing have the same key. */
export interface NormalisedPatch {
  /** `sha256:…` over files, removed and added code; white space, comments, context, line numbers and file order have no part in it. */
  readonly key: string;
  /** The words and signs of all removed and added code, marked `-` or `+`, in order. */
  readonly words: readonly string[];
}

interface FileChange {
  path: string;
  /** The other path of a rename, or what happened to the file as a whole. */
  header: string;
  removed: string[];
  added: string[];
}

/** Reads a unified diff, as Git or `diff -u` write it. What is not part of one is left out. */
export function normalisePatch(patch: string): NormalisedPatch {
  const files = readFiles(patch)
    .map((file) => ({ path: file.path, header: file.header, removed: codeWords(file.path, file.removed), added: codeWords(file.path, file.added) }))
    .filter((file) => file.header !== '' || file.removed.length + file.added.length > 0)
    .sort((a, b) => compareText(a.path, b.path) || compareText(a.header, b.header));
  return {
    key: sha256(JSON.stringify(files)),
    words: files.flatMap((file) => [...file.removed.map((word) => `-${word}`), ...file.added.map((word) => `+${word}`)]),
  };
}

function readFiles(patch: string): FileChange[] {
  const files: FileChange[] = [];
  let left = { removed: 0, added: 0 };
  for (const line of patch.split(/\r?\n/u)) {
    const current = files.at(-1);
    if (current !== undefined && (left.removed > 0 || left.added > 0) && /^[-+ \\]|^$/u.test(line)) {
      left = readHunkLine(current, line, left);
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/u.exec(line);
    // A hunk that is cut short ends where something else starts.
    left = hunk === null ? { removed: 0, added: 0 } : { removed: Number(hunk[1] ?? 1), added: Number(hunk[2] ?? 1) };
    if (hunk === null) readHeader(files, line);
  }
  return files;
}

function readHunkLine(file: FileChange, line: string, left: { readonly removed: number; readonly added: number }): { removed: number; added: number } {
  if (line.startsWith('\\')) return { ...left };
  if (line.startsWith('-')) {
    file.removed.push(line.slice(1));
    return { ...left, removed: left.removed - 1 };
  }
  if (line.startsWith('+')) {
    file.added.push(line.slice(1));
    return { ...left, added: left.added - 1 };
  }
  return { removed: left.removed - 1, added: left.added - 1 };
}

function readHeader(files: FileChange[], line: string): void {
  const git = /^diff --git (?:"?a\/)(.*?)"? "?b\/(.*?)"?$/u.exec(line);
  if (git !== null) files.push({ path: git[2] ?? '', header: '', removed: [], added: [] });
  const current = files.at(-1);
  const old = /^--- (?:a\/)?([^\t]*)/u.exec(line)?.[1];
  const now = /^\+\+\+ (?:b\/)?([^\t]*)/u.exec(line)?.[1];
  // A plain `diff -u` has no line of Git's before its `---`.
  if (old !== undefined && (current === undefined || current.removed.length + current.added.length > 0)) files.push({ path: old, header: '', removed: [], added: [] });
  const file = files.at(-1);
  if (file === undefined) return;
  if (now !== undefined && now !== '/dev/null') file.path = now;
  if (/^(?:rename|copy) from |^(?:deleted|new) file mode|^(?:Binary files|GIT binary patch)/u.test(line)) file.header += `${line.replace(/ mode \d+$/u, '')}\n`;
}

/** Comments are known by the file's extension; a block that starts outside of what the diff shows is read as code. */
function codeWords(path: string, lines: readonly string[]): string[] {
  const document = new TextDocument(lines.join('\n'));
  return wordsOf(blankRanges(document, scanComments(path, document.text).map((comment) => comment.range)));
}
