import * as z from 'zod';
import { Failure } from '../../base/failure.js';
import type { DocumentChange, WorkspaceEdit } from '../../base/workspace-edit.js';

const coordinate = z.number().int().min(0);
const position = z.object({ line: coordinate, character: coordinate });
/** A snippet is no text: its placeholders would end up in the file. */
const textEdit = z.object({ range: z.object({ start: position, end: position }), newText: z.string(), annotationId: z.string().exactOptional() });
const existing = z.object({ overwrite: z.boolean().exactOptional(), ignoreIfExists: z.boolean().exactOptional() });

const documentChange = z.union([
  z.object({ textDocument: z.object({ uri: z.string(), version: z.number().nullish() }), edits: z.array(textEdit) }),
  z.object({ kind: z.literal('create'), uri: z.string(), options: existing.exactOptional() }),
  z.object({ kind: z.literal('rename'), oldUri: z.string(), newUri: z.string(), options: existing.exactOptional() }),
  z.object({ kind: z.literal('delete'), uri: z.string(), options: z.object({ recursive: z.boolean().exactOptional(), ignoreIfNotExists: z.boolean().exactOptional() }).exactOptional() }),
]);

/** LSP's WorkspaceEdit in both of its forms. What a client that knows `documentChanges` ignores is ignored here, too. */
const workspaceEdit = z.union([z.object({ documentChanges: z.array(documentChange) }), z.object({ changes: z.record(z.string(), z.array(textEdit)) })]);

/** Returns the WorkspaceEdit that a text is; null when the text is no JSON object at all. Throws E/BAD_ARGUMENT for JSON that is no such edit. */
export function parseWorkspaceEdit(text: string): WorkspaceEdit | null {
  if (!/^\s*\{/.test(text)) return null;
  const parsed = workspaceEdit.safeParse(unwrapped(parseJson(text)));
  if (!parsed.success) throw new Failure('E/BAD_ARGUMENT', `the document is JSON, but no WorkspaceEdit: ${z.prettifyError(parsed.error).split('\n', 1)[0] ?? ''}`, { hint: 'Nothing was written. It is LSP\'s WorkspaceEdit, with documentChanges or changes, as edits.workspaceEdit of a bundle has it.' });
  const { data } = parsed;
  if ('changes' in data) return { documentChanges: Object.entries(data.changes).map(([uri, edits]) => ({ textDocument: { uri, version: null }, edits })) };
  return { documentChanges: data.documentChanges.map((change): DocumentChange => ('kind' in change ? change : { textDocument: { uri: change.textDocument.uri, version: null }, edits: change.edits })) };
}

/** A whole bundle is taken for the edit that it holds. */
function unwrapped(value: unknown): unknown {
  const bundle = z.object({ version: z.literal('assay/1'), edits: z.object({ workspaceEdit: z.unknown() }) }).safeParse(value);
  return bundle.success ? bundle.data.edits.workspaceEdit : value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new Failure('E/BAD_ARGUMENT', `the document is neither a patch nor JSON: ${error.message}`, { hint: 'Nothing was written.' });
    throw error;
  }
}
