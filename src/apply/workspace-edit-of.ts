import type { FileImage } from '../base/file-image.js';
import { matchLines } from '../base/line-diff.js';
import { uriFromPath } from '../base/relative-uri.js';
import type { DocumentChange, TextEdit, WorkspaceEdit } from '../base/workspace-edit.js';
import { isBinary } from './binary-patch.js';
import { decodeFile } from './file-text.js';
import { pathChanges, type EditPlan, type PlannedChange } from './planned-change.js';
import { editBytes } from './text-edits.js';

/**
 * Returns a plan as an LSP WorkspaceEdit with relative URIs, or null when such an edit cannot say it: modes, symlinks, contents that are
 * no text, line endings that an editor would keep, a file in the place of a folder. planWorkspaceEdit makes the same plan of it.
 */
export function workspaceEditOf(plan: EditPlan): WorkspaceEdit | null {
  const paths = pathChanges(plan).map(({ path }) => path);
  if (paths.some((path) => paths.some((other) => other.startsWith(`${path}/`)))) return null;
  const ordered = [...plan.changes].sort((a, b) => rank(a) - rank(b));
  const documentChanges: DocumentChange[] = [];
  for (const change of ordered) {
    const parts = documentChangesOf(change);
    if (parts === null) return null;
    documentChanges.push(...parts);
  }
  return { documentChanges };
}

function rank({ kind }: PlannedChange): number {
  return ['rename', 'delete', 'create', 'write'].indexOf(kind);
}

function documentChangesOf(change: PlannedChange): DocumentChange[] | null {
  const uri = uriFromPath(change.path);
  if (change.kind === 'delete') return change.before.mode === 'symlink' ? null : [{ kind: 'delete', uri }];
  const before: FileImage = change.before ?? { mode: 'file', bytes: Buffer.alloc(0) };
  if (before.mode !== change.after.mode || before.mode === 'symlink') return null;
  const edits = textEdits(change.path, before.bytes, change.after.bytes);
  if (edits === null) return null;
  const text: DocumentChange[] = edits.length === 0 ? [] : [{ textDocument: { uri, version: null }, edits }];
  if (change.kind === 'rename') return [{ kind: 'rename', oldUri: uriFromPath(change.from), newUri: uri }, ...text];
  return change.kind === 'create' ? [{ kind: 'create', uri }, ...text] : text;
}

function textEdits(path: string, before: Buffer, after: Buffer): TextEdit[] | null {
  if (isBinary(before) || isBinary(after)) return null;
  const [a, b] = [linesOf(before), linesOf(after)];
  const edits: TextEdit[] = [];
  let [aAt, bAt] = [0, 0];
  for (const { aStart, bStart, length } of [...matchLines(a, b), { aStart: a.length, bStart: b.length, length: 0 }]) {
    if (aStart > aAt || bStart > bAt) edits.push({ range: { start: positionOf(a, aAt), end: positionOf(a, aStart) }, newText: b.slice(bAt, bStart).join('') });
    aAt = aStart + length;
    bAt = bStart + length;
  }
  return editBytes(path, before, edits, 'utf-16').equals(after) ? edits : null;
}

/** Lines with what ends them, as LSP counts lines. */
function linesOf(bytes: Buffer): string[] {
  return decodeFile(bytes).text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
}

/** Where line `index` starts; behind the last line, the end of the text. */
function positionOf(lines: readonly string[], index: number): { line: number; character: number } {
  const last = lines.at(-1);
  if (index < lines.length || last === undefined || /[\r\n]$/.test(last)) return { line: index, character: 0 };
  return { line: lines.length - 1, character: last.length };
}
