import type { FileStructure, FileTokens } from '../base/declaration.js';
import type { Diagnostic } from '../base/location.js';

/** One side of a file as one kind of measurement saw it. The ranges of the structure are those of the text. */
export interface MeasuredSide {
  readonly path: string;
  readonly text: string;
  readonly structure: FileStructure | null;
  readonly tokens: FileTokens | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** A file with its diagnostics before and after. A side is null when the file does not exist there, or is out of its checker's sight. */
export interface MeasuredPair {
  readonly before: MeasuredSide | null;
  readonly after: MeasuredSide | null;
  /** True when what is gone from this file was not mended but left unread. */
  readonly keepsDebt: boolean;
}
