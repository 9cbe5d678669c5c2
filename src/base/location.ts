import type { Range } from './range.js';

/** A place in a file as a server reports it. `uri` is relative to the workspace, or `ext://package@version/path` outside it. */
export interface Location {
  readonly uri: string;
  readonly range: Range;
}

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** A diagnostic as the server reports it; `code` is the checker's own rule name or number, null where it names none. */
export interface Diagnostic extends Location {
  readonly severity: Severity;
  readonly code: string | number | null;
  readonly message: string;
  readonly source: string;
  /** The address to come back to this place; set where the content that the range belongs to is known. */
  readonly selector?: string;
  readonly relatedInformation?: readonly { readonly uri: string; readonly range: Range; readonly message: string }[];
}

/** A symbol as the server reports it, in LSP's words. */
export interface ServerSymbol extends Location {
  readonly name: string;
  readonly kind: string;
  readonly containerName?: string;
  /** The name token. */
  readonly selectionRange: Range;
}
