import { pathFromUri } from '../base/relative-uri.js';
import type { Range } from '../base/range.js';
import { TextDocument, type ColumnUnit } from '../base/text-document.js';
import { printableText } from './printable-text.js';

/** What a renderer may know of the sources: places as people write them, and lines of code. Each file is read once. */
export class SourceView {
  private readonly readText: (uri: string) => string | undefined;
  private readonly unit: ColumnUnit;
  private readonly documents = new Map<string, TextDocument | undefined>();

  constructor(readText: (uri: string) => string | undefined, unit: ColumnUnit) {
    this.readText = readText;
    this.unit = unit;
  }

  /** Returns `path:line:column` of the start of `range`, 1-based. Where the text cannot be had the column counts UTF-16 units. */
  place(uri: string, range: Range): string {
    return `${displayPath(uri)}:${this.lineAndColumn(uri, range[0], range[1])}`;
  }

  /** Returns `path:line:column-line:column`; the end is exclusive. */
  span(uri: string, range: Range): string {
    return `${this.place(uri, range)}-${this.lineAndColumn(uri, range[2], range[3])}`;
  }

  /** Returns the line without its terminator; undefined where the file or the line cannot be had. */
  line(uri: string, line: number): string | undefined {
    const document = this.document(uri);
    return document === undefined || line >= document.lineCount ? undefined : document.lineText(line);
  }

  private lineAndColumn(uri: string, line: number, column: number): string {
    const shown = this.document(uri)?.columnIn(this.unit, line, column) ?? column;
    return `${String(line + 1)}:${String(shown + 1)}`;
  }

  private document(uri: string): TextDocument | undefined {
    if (!this.documents.has(uri)) {
      const text = this.readText(uri);
      this.documents.set(uri, text === undefined ? undefined : new TextDocument(text));
    }
    return this.documents.get(uri);
  }
}

/** Returns a workspace path for a relative reference; a place outside, or a reference that does not decode, stays as it is. */
function displayPath(uri: string): string {
  return printableText(uri.startsWith('ext://') || !isDecodable(uri) ? uri : pathFromUri(uri));
}

function isDecodable(uri: string): boolean {
  try {
    decodeURIComponent(uri);
    return true;
  } catch {
    return false;
  }
}
