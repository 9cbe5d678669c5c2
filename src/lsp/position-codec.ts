import type { Position, Range } from '../base/range.js';
import { TextDocument, type ColumnUnit } from '../base/text-document.js';
import { sourceText } from './files.js';

export type PositionEncoding = Extract<ColumnUnit, 'utf-16' | 'utf-8'>;

interface WireRange {
  readonly start: Position;
  readonly end: Position;
}

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Converts between a server's columns and UTF-16, where a byte order mark is a column of line 0 whatever the server
 * thinks of it. Texts are read from disk, where the server reads them too.
 */
export class PositionCodec {
  private readonly encoding: PositionEncoding;
  private readonly countsByteOrderMark: boolean;
  private readonly documents = new Map<string, { readonly text: TextDocument; readonly hasMark: boolean }>();

  constructor(encoding: PositionEncoding, countsByteOrderMark: boolean) {
    this.encoding = encoding;
    this.countsByteOrderMark = countsByteOrderMark;
  }

  /** Forgets the text of a file that changed on disk. */
  forget(absolutePath: string): void {
    this.documents.delete(absolutePath);
  }

  toRange(absolutePath: string, wire: WireRange): Range {
    const start = this.fromWire(absolutePath, wire.start);
    const end = this.fromWire(absolutePath, wire.end);
    return [start.line, start.character, end.line, end.character];
  }

  toWire(absolutePath: string, position: Position): Position {
    if (this.sharesColumns(position.line)) return position;
    const { text, hiddenMark } = this.document(absolutePath);
    const skipped = position.line === 0 ? hiddenMark : 0;
    const character = Math.max(0, position.character - skipped);
    return { line: position.line, character: this.encoding === 'utf-16' ? character : text.columnIn('utf-8', position.line, character) };
  }

  private fromWire(absolutePath: string, position: Position): Position {
    if (this.sharesColumns(position.line)) return position;
    const { text, hiddenMark } = this.document(absolutePath);
    const skipped = position.line === 0 ? hiddenMark : 0;
    const character = this.encoding === 'utf-16' ? position.character : text.columnFrom('utf-8', position.line, position.character);
    return { line: position.line, character: character + skipped };
  }

  /** True when a column of this line means the same to the server and to us, whatever the text. */
  private sharesColumns(line: number): boolean {
    return this.encoding === 'utf-16' && (this.countsByteOrderMark || line > 0);
  }

  /** The text as the server sees it, and how many columns of line 0 it does not see. */
  private document(absolutePath: string): { readonly text: TextDocument; readonly hiddenMark: number } {
    let known = this.documents.get(absolutePath);
    if (known === undefined) {
      const text = sourceText(absolutePath, 'a file that the server answered about');
      const hasMark = !this.countsByteOrderMark && text.startsWith(BYTE_ORDER_MARK);
      known = { text: new TextDocument(hasMark ? text.slice(1) : text), hasMark };
      this.documents.set(absolutePath, known);
    }
    return { text: known.text, hiddenMark: known.hasMark ? 1 : 0 };
  }
}
