import type { Position } from './range.js';

/** LSP's TextEdit. Positions count in the unit that the whole edit is said to count in. */
export interface TextEdit {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly newText: string;
}

/** The version is null: it counts a client's changes since it opened a document, and a plan is checked by content. */
export interface TextDocumentEdit {
  readonly textDocument: { readonly uri: string; readonly version: null };
  readonly edits: readonly TextEdit[];
}

/** LSP's resource operations with their options. `overwrite` wins over `ignoreIfExists`. */
export type ResourceOperation =
  | { readonly kind: 'create'; readonly uri: string; readonly options?: { readonly overwrite?: boolean; readonly ignoreIfExists?: boolean } }
  | { readonly kind: 'rename'; readonly oldUri: string; readonly newUri: string; readonly options?: { readonly overwrite?: boolean; readonly ignoreIfExists?: boolean } }
  | { readonly kind: 'delete'; readonly uri: string; readonly options?: { readonly recursive?: boolean; readonly ignoreIfNotExists?: boolean } };

export type DocumentChange = TextDocumentEdit | ResourceOperation;

/** LSP's WorkspaceEdit in the one of its two forms that says everything. URIs are relative to the workspace, or `file:` URIs inside it. */
export interface WorkspaceEdit {
  readonly documentChanges: readonly DocumentChange[];
}
