import { Failure } from './failure.js';
import type { Position, Range } from './range.js';

/** What a column counts: Unicode code points, UTF-16 code units or UTF-8 bytes. */
export type ColumnUnit = 'codepoint' | 'utf-16' | 'utf-8';

/**
 * One immutable text with its line index. Lines end at LF, CRLF or CR, as in LSP; a BOM is kept and counts as one
 * character of line 0. Offsets are UTF-16 code units into `text`.
 */
export class TextDocument {
  readonly text: string;
  private readonly lineStarts: readonly number[];

  constructor(text: string) {
    this.text = text;
    this.lineStarts = lineStartsOf(text);
  }

  /** At least 1: an empty text has one empty line, and a final newline opens one more. */
  get lineCount(): number {
    return this.lineStarts.length;
  }

  /** Returns the line without its terminator; '' past the end. */
  lineText(line: number): string {
    const start = this.lineStarts[line];
    if (start === undefined) return '';
    return this.text.slice(start, this.lineEnd(line));
  }

  /** Returns the offset of `position`; a column past the end of its line is that end, a line past the end is the end of the text. */
  offsetAt(position: Position): number {
    const start = this.lineStarts[position.line];
    if (start === undefined) return position.line < 0 ? 0 : this.text.length;
    return Math.min(start + Math.max(0, position.character), this.lineEnd(position.line));
  }

  /** Returns the position of `offset`, clamped to the text. */
  positionAt(offset: number): Position {
    const clamped = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= clamped) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: clamped - (this.lineStarts[low] ?? 0) };
  }

  slice(range: Range): string {
    return this.text.slice(this.offsetAt({ line: range[0], character: range[1] }), this.offsetAt({ line: range[2], character: range[3] }));
  }

  rangeOf(startOffset: number, endOffset: number): Range {
    const start = this.positionAt(startOffset);
    const end = this.positionAt(endOffset);
    return [start.line, start.character, end.line, end.character];
  }

  /** Converts a UTF-16 column of `line` into `unit`. A column past the end of the line keeps its distance from it. */
  columnIn(unit: ColumnUnit, line: number, utf16Column: number): number {
    const text = this.lineText(line);
    const beyond = Math.max(0, utf16Column - text.length);
    return columnLength(text.slice(0, utf16Column), unit) + beyond;
  }

  /**
   * Converts a 0-based column counted in `unit` into UTF-16.
   * Throws E/INDEXING_UNSUPPORTED when it falls inside a character, naming the nearest column that does not.
   */
  columnFrom(unit: ColumnUnit, line: number, column: number): number {
    const text = this.lineText(line);
    let counted = 0;
    let utf16 = 0;
    for (const character of text) {
      if (counted >= column) break;
      counted += columnLength(character, unit);
      utf16 += character.length;
      if (counted > column) throw insideCharacter(unit, line, column, counted - columnLength(character, unit));
    }
    return counted >= column ? utf16 : utf16 + (column - counted);
  }

  private lineEnd(line: number): number {
    const next = this.lineStarts[line + 1];
    if (next === undefined) return this.text.length;
    if (this.text[next - 1] === '\n' && this.text[next - 2] === '\r' && next - 2 >= (this.lineStarts[line] ?? 0)) return next - 2;
    return next - 1;
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  if (!text.includes('\r')) {
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
    return starts;
  }
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 13 && text.charCodeAt(index + 1) === 10) continue;
    if (code === 10 || code === 13) starts.push(index + 1);
  }
  return starts;
}

function columnLength(text: string, unit: ColumnUnit): number {
  switch (unit) {
    case 'utf-16':
      return text.length;
    case 'utf-8':
      return Buffer.byteLength(text, 'utf8');
    case 'codepoint': {
      let count = 0;
      for (const _character of text) count += 1;
      return count;
    }
  }
}

function insideCharacter(unit: ColumnUnit, line: number, column: number, nearest: number): Failure {
  return new Failure('E/INDEXING_UNSUPPORTED', `column ${String(column + 1)} of line ${String(line + 1)} falls inside a character when counted in ${unit}`, {
    hint: `The nearest valid column is ${String(nearest + 1)}.`,
    details: { line: line + 1, column: column + 1, unit, nearest: nearest + 1 },
  });
}
