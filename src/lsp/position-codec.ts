import type { Position, Range } from '../base/range.js';
import { TextDocument, type ColumnUnit } from '../base/text-document.js';
import { sourceBytes } from './files.js';
import type { WireRange } from './wire.js';

export type PositionEncoding = Extract<ColumnUnit, 'utf-16' | 'utf-8'>;

/** How a server counts lines and columns, where servers differ. */
export interface PositionQuirks {
  /** True when U+FEFF at the start of a file is a column of line 0 to the server; false when it never sees one. */
  readonly countsByteOrderMark: boolean;
  /** True when a line ends at U+2028 and U+2029 too, which LSP does not say. */
  readonly endsLinesAtSeparators: boolean;
}

/** A file as its server sees it: without a byte order mark where the server sees none. */
interface ServerText {
  readonly text: TextDocument;
  /** How many columns of line 0 the server does not see. */
  readonly hidden: 0 | 1;
  /** Where the server's lines start; null when its lines are ours. */
  readonly lineStarts: readonly number[] | null;
  /** The bytes of each line, for a server that counts in UTF-8 and a text that is none; else null. */
  readonly rawLines: readonly Uint8Array[] | null;
}

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Converts between a server's positions and ours: UTF-16, lines that end where LSP says, a byte order mark is a column
 * of line 0. Texts are read from disk, where the server reads them too.
 */
export class PositionCodec {
  private readonly encoding: PositionEncoding;
  private readonly quirks: PositionQuirks;
  private readonly isOpen: (absolutePath: string) => boolean;
  private readonly texts = new Map<string, ServerText>();

  /** A server counts the characters of a text that it was sent, and the bytes of one that it read itself: `isOpen` tells which. */
  constructor(encoding: PositionEncoding, quirks: PositionQuirks, isOpen: (absolutePath: string) => boolean) {
    this.encoding = encoding;
    this.quirks = quirks;
    this.isOpen = isOpen;
  }

  /** Forgets the text of a file that changed on disk. */
  forget(absolutePath: string): void {
    this.texts.delete(absolutePath);
  }

  toRange(absolutePath: string, wire: WireRange): Range {
    const start = this.fromWire(absolutePath, wire.start);
    const end = this.fromWire(absolutePath, wire.end);
    return [start.line, start.character, end.line, end.character];
  }

  toWire(absolutePath: string, position: Position): Position {
    if (this.sharesPositions(position.line)) return position;
    const server = this.textOf(absolutePath);
    const seen = { line: position.line, character: Math.max(0, position.character - (position.line === 0 ? server.hidden : 0)) };
    if (this.encoding === 'utf-8') return { line: seen.line, character: server.text.columnIn('utf-8', seen.line, seen.character) };
    return server.lineStarts === null ? seen : onLines(server.lineStarts, server.text.offsetAt(seen));
  }

  private fromWire(absolutePath: string, position: Position): Position {
    if (this.sharesPositions(position.line)) return position;
    const server = this.textOf(absolutePath);
    const seen = this.encoding === 'utf-8' ? fromBytes(server, position, this.isOpen(absolutePath)) : fromLines(server, position);
    return { line: seen.line, character: seen.character + (seen.line === 0 ? server.hidden : 0) };
  }

  /** True when a position on this line means the same to the server and to us, whatever the text. */
  private sharesPositions(line: number): boolean {
    return this.encoding === 'utf-16' && !this.quirks.endsLinesAtSeparators && (this.quirks.countsByteOrderMark || line > 0);
  }

  private textOf(absolutePath: string): ServerText {
    const known = this.texts.get(absolutePath);
    if (known !== undefined) return known;
    const read = this.read(sourceBytes(absolutePath, 'a file that the server answered about'));
    this.texts.set(absolutePath, read);
    return read;
  }

  private read(bytes: Buffer): ServerText {
    const text = bytes.toString('utf8');
    const hasMark = !this.quirks.countsByteOrderMark && text.startsWith(BYTE_ORDER_MARK);
    const seen = hasMark ? text.slice(1) : text;
    const lineStarts = this.quirks.endsLinesAtSeparators && /[\u2028\u2029]/.test(seen) ? [0, ...[...seen.matchAll(/\r\n|[\r\n\u2028\u2029]/g)].map((end) => end.index + end[0].length)] : null;
    const rawLines = this.encoding === 'utf-8' && text.includes('\uFFFD') ? linesOf(hasMark ? bytes.subarray(3) : bytes) : null;
    return { text: new TextDocument(seen), hidden: hasMark ? 1 : 0, lineStarts, rawLines };
  }
}

function fromBytes({ text, rawLines }: ServerText, { line, character }: Position, isOpen: boolean): Position {
  if (rawLines === null || isOpen) return { line, character: text.columnFrom('utf-8', line, character) };
  return { line, character: Buffer.from(rawLines[line] ?? []).toString('utf8', 0, character).length };
}

function fromLines({ text, lineStarts }: ServerText, position: Position): Position {
  return lineStarts === null ? position : text.positionAt((lineStarts[position.line] ?? text.text.length) + position.character);
}

function linesOf(bytes: Buffer): Uint8Array[] {
  // Latin-1 maps every byte to one character, so that a regular expression can split bytes.
  return bytes.toString('latin1').split(/\r\n|[\r\n]/).map((line) => Buffer.from(line, 'latin1'));
}

function onLines(lineStarts: readonly number[], offset: number): Position {
  const line = lineStarts.findLastIndex((start) => start <= offset);
  return { line, character: offset - (lineStarts[line] ?? 0) };
}
