import { comparePositions } from '../base/range.js';
import type { DocumentChange, TextDocumentEdit, TextEdit, WorkspaceEdit } from '../base/workspace-edit.js';
import type { Session } from './session.js';
import { isAbsent, isFields, isRange, malformedAnswer } from './wire.js';

/**
 * Returns a server's WorkspaceEdit with relative URIs and our positions. Edits of one file are one entry, in the order of their places;
 * files are in the order of their URIs unless files are created, renamed or deleted, when the server's order means something.
 * Throws E/LS_CRASH for anything that LSP does not say, such as a snippet where text belongs.
 */
export function readWorkspaceEdit(session: Session, method: string, value: unknown): WorkspaceEdit {
  const malformed = (): Error => malformedAnswer(session.spec.id, method);
  if (!isFields(value)) throw malformed();
  const { documentChanges, changes } = value;
  if (Array.isArray(documentChanges)) return { documentChanges: inOrder(documentChanges.map((change) => readChange(session, change, malformed))) };
  if (isAbsent(changes)) return { documentChanges: [] };
  if (!isFields(changes)) throw malformed();
  return { documentChanges: inOrder(Object.entries(changes).map(([uri, edits]) => readEdits(session, uri, edits, malformed))) };
}

function inOrder(changes: readonly DocumentChange[]): DocumentChange[] {
  if (!changes.every((change): change is TextDocumentEdit => !('kind' in change))) return [...changes];
  const byUri = new Map<string, TextEdit[]>();
  for (const { textDocument, edits } of changes) byUri.set(textDocument.uri, [...(byUri.get(textDocument.uri) ?? []), ...edits]);
  return [...byUri].sort(([a], [b]) => (a < b ? -1 : 1)).map(([uri, edits]) => fileEdits(uri, edits));
}

/** Insertions at one place keep their order; a replacement that is there twice counts once. */
function fileEdits(uri: string, edits: readonly TextEdit[]): TextDocumentEdit {
  const sorted = [...edits].sort((a, b) => comparePositions(a.range.start, b.range.start) || comparePositions(a.range.end, b.range.end));
  const kept = sorted.filter((edit, index) => index === 0 || isInsertion(edit) || JSON.stringify(edit) !== JSON.stringify(sorted[index - 1]));
  return { textDocument: { uri, version: null }, edits: kept };
}

function isInsertion({ range }: TextEdit): boolean {
  return comparePositions(range.start, range.end) === 0;
}

function readChange(session: Session, change: unknown, malformed: () => Error): DocumentChange {
  if (!isFields(change)) throw malformed();
  const uriOf = (value: unknown): string => {
    if (typeof value !== 'string') throw malformed();
    return session.uris.bundleUri(value);
  };
  switch (change['kind']) {
    case 'create':
      return { kind: 'create', uri: uriOf(change['uri']), ...optionsOf(change['options'], ['overwrite', 'ignoreIfExists']) };
    case 'rename':
      return { kind: 'rename', oldUri: uriOf(change['oldUri']), newUri: uriOf(change['newUri']), ...optionsOf(change['options'], ['overwrite', 'ignoreIfExists']) };
    case 'delete':
      return { kind: 'delete', uri: uriOf(change['uri']), ...optionsOf(change['options'], ['recursive', 'ignoreIfNotExists']) };
    default: {
      const document = change['textDocument'];
      if (!isAbsent(change['kind']) || !isFields(document) || typeof document['uri'] !== 'string') throw malformed();
      return readEdits(session, document['uri'], change['edits'], malformed);
    }
  }
}

/** The options that LSP knows for an operation, where they are set. */
function optionsOf<Name extends string>(options: unknown, names: readonly Name[]): { options?: Partial<Record<Name, boolean>> } {
  const set = isFields(options) ? names.filter((name) => options[name] === true) : [];
  return set.length === 0 ? {} : { options: Object.fromEntries(set.map((name) => [name, true])) as Partial<Record<Name, boolean>> };
}

function readEdits(session: Session, serverUri: string, edits: unknown, malformed: () => Error): TextDocumentEdit {
  if (!Array.isArray(edits)) throw malformed();
  const absolute = session.uris.pathOfServerUri(serverUri);
  const read = edits.map((edit): TextEdit => {
    if (!isFields(edit) || !isRange(edit['range']) || typeof edit['newText'] !== 'string') throw malformed();
    if (absolute === null) return { range: edit['range'], newText: edit['newText'] };
    const [startLine, startCharacter, endLine, endCharacter] = session.codec.toRange(absolute, edit['range']);
    return { range: { start: { line: startLine, character: startCharacter }, end: { line: endLine, character: endCharacter } }, newText: edit['newText'] };
  });
  return fileEdits(session.uris.bundleUri(serverUri), read);
}
