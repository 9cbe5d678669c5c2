import type { Token } from '../../base/declaration.js';
import { EditedText } from '../../base/edited-text.js';
import type { Location } from '../../base/location.js';
import type { Range } from '../../base/range.js';
import { pathFromUri } from '../../base/relative-uri.js';
import type { TextDocumentEdit, TextEdit, WorkspaceEdit } from '../../base/workspace-edit.js';
import { placeText, type RenameFiles } from './rename-files.js';

/** One occurrence of the name, before and after. */
export interface RenamedPlace {
  readonly path: string;
  readonly before: Range;
  /** The new name alone, without what a shorthand became (`old: new`). */
  readonly after: Range;
  readonly token: Token | null;
  readonly isComment: boolean;
}

/** A server's edit, read as the rename that it should be. */
export interface RenamedEdit {
  readonly edit: WorkspaceEdit;
  readonly texts: ReadonlyMap<string, EditedText>;
  readonly places: readonly RenamedPlace[];
  /** Edits that are no rename, in words. */
  readonly strange: readonly string[];
  /** URIs of edited files that are no files of the snapshot. */
  readonly outside: readonly string[];
}

/** Reads the edits of files of the snapshot; those of other files are only named. */
export async function readRenamedEdit(files: RenameFiles, edit: WorkspaceEdit, oldName: string, newName: string): Promise<RenamedEdit> {
  const texts = new Map<string, EditedText>();
  const places: RenamedPlace[] = [];
  const strange: string[] = [];
  const outside: string[] = [];
  for (const change of edit.documentChanges) {
    if ('kind' in change) {
      strange.push(`it wants to ${change.kind} ${change.kind === 'rename' ? change.oldUri : change.uri}`);
      continue;
    }
    const { uri } = change.textDocument;
    const path = uri.startsWith('ext:') ? null : pathFromUri(uri);
    if (path === null || !files.has(path)) {
      outside.push(uri);
      continue;
    }
    const text = new EditedText(await files.textOf(path), change.edits);
    texts.set(path, text);
    for (const item of change.edits) {
      const place = await placeOf(files, path, text, item, { oldName, newName });
      if (place === null) strange.push(`${placeText(path, rangeOf(item))} ${JSON.stringify(text.before.slice(rangeOf(item)))} would become ${JSON.stringify(item.newText)}`);
      else places.push(place);
    }
  }
  return { edit, texts, places, strange, outside };
}

/** Joins edits of the same files before any of them; a place that several want to edit alike is edited once. */
export function joinedEdits(edits: readonly WorkspaceEdit[]): WorkspaceEdit {
  const byUri = new Map<string, Map<string, TextEdit>>();
  const operations = edits.flatMap(({ documentChanges }) => documentChanges.filter((change) => 'kind' in change));
  for (const change of edits.flatMap(({ documentChanges }) => documentChanges)) {
    if ('kind' in change) continue;
    const known = byUri.get(change.textDocument.uri) ?? new Map<string, TextEdit>();
    for (const item of change.edits) known.set(JSON.stringify([rangeOf(item), item.newText]), item);
    byUri.set(change.textDocument.uri, known);
  }
  const documents = [...byUri].sort(([a], [b]) => (a < b ? -1 : 1)).map(([uri, items]): TextDocumentEdit => ({ textDocument: { uri, version: null }, edits: [...items.values()].sort((a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character) }));
  return { documentChanges: [...operations, ...documents] };
}

/**
 * Returns a rename with the edits that give `references` the new name in the files that it leaves out altogether. In a file that it edits, what
 * it leaves alone is something else, such as the name of a module.
 */
export async function withLeftOutFiles(files: RenameFiles, edit: WorkspaceEdit, references: readonly Location[], oldName: string, newName: string): Promise<WorkspaceEdit> {
  const edited = new Set(edit.documentChanges.flatMap((change) => ('kind' in change ? [] : [change.textDocument.uri])));
  return joinedEdits([edit, await editsAt(files, references.filter(({ uri }) => !edited.has(uri)), oldName, newName)]);
}

async function editsAt(files: RenameFiles, places: readonly Location[], oldName: string, newName: string): Promise<WorkspaceEdit> {
  const documentChanges: TextDocumentEdit[] = [];
  for (const { uri, range } of places) {
    if (uri.startsWith('ext:') || !files.has(pathFromUri(uri)) || (await files.read(pathFromUri(uri))).document.slice(range) !== oldName) continue;
    const [startLine, startCharacter, endLine, endCharacter] = range;
    documentChanges.push({ textDocument: { uri, version: null }, edits: [{ range: { start: { line: startLine, character: startCharacter }, end: { line: endLine, character: endCharacter } }, newText: newName }] });
  }
  return { documentChanges };
}

function rangeOf({ range: { start, end } }: TextEdit): Range {
  return [start.line, start.character, end.line, end.character];
}

/** The edits of files of the workspace alone: what a refused rename would do outside of it can only be named. */
export function insideOnly({ documentChanges }: WorkspaceEdit): WorkspaceEdit {
  return { documentChanges: documentChanges.filter((change) => !('kind' in change) && !change.textDocument.uri.startsWith('ext:')) };
}

interface Names {
  readonly oldName: string;
  readonly newName: string;
}

async function placeOf(files: RenameFiles, path: string, text: EditedText, edit: TextEdit, { oldName, newName }: Names): Promise<RenamedPlace | null> {
  const before = rangeOf(edit);
  if (text.before.slice(before) !== oldName) return null;
  const from = newNameIn(edit.newText, newName);
  const after = from === null ? null : text.placeOf(edit, from, newName.length);
  if (after === null) return null;
  const isComment = (await files.commentAt(path, before)) !== null;
  return { path, before, after, token: isComment ? null : await files.tokenAt(path, before), isComment };
}

/** Where the new name stands in what an edit writes: alone, or beside the name that the other side keeps (`old: new`, `new as old`). */
function newNameIn(newText: string, newName: string): number | null {
  if (newText === newName) return 0;
  const [left, right, ...rest] = newText.split(/: | as /);
  if (left === undefined || right === undefined || rest.length > 0) return null;
  if (left === newName) return 0;
  return right === newName ? newText.length - newName.length : null;
}
