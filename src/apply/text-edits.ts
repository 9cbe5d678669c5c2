import { Failure } from '../base/failure.js';
import { comparePositions, type Position } from '../base/range.js';
import { TextDocument, type ColumnUnit } from '../base/text-document.js';
import type { TextEdit } from '../base/workspace-edit.js';
import { decodeFile } from './file-text.js';

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/**
 * Returns the bytes of a file after `edits`, whose positions count in `unit` and all speak of the file as it is. The file's encoding and
 * byte order mark stay; in a file whose lines all end in CRLF, line feeds of the new text become CRLF too. Throws E/BAD_ARGUMENT for
 * edits that overlap or start behind the file, E/INDEXING_UNSUPPORTED for a column inside a character.
 */
export function editBytes(path: string, bytes: Buffer, edits: readonly TextEdit[], unit: ColumnUnit): Buffer {
  const { text, encode, isReadable } = decodeFile(bytes);
  const document = new TextDocument(text);
  const convert = usesOnlyCrlf(text) ? toCrlf : (newText: string): string => newText;
  const splices = edits.map((edit): Splice => {
    if (!isReadable) refuseUnreadable(path, document, edit);
    const start = offsetOf(path, document, edit.range.start, unit);
    return { start, end: endOffset(path, document, edit, unit, start), newText: convert(edit.newText) };
  });
  return encode(spliced(path, text, splices));
}

function offsetOf(path: string, document: TextDocument, { line, character }: Position, unit: ColumnUnit): number {
  // The line behind the last one is how many programs name the end of a file.
  if (line > document.lineCount || (line === document.lineCount && character > 0)) throw unusable(path, `an edit starts at line ${String(line + 1)}, behind the end of the file`);
  if (line === document.lineCount) return document.text.length;
  return document.offsetAt({ line, character: document.columnFrom(unit, line, character) });
}

function endOffset(path: string, document: TextDocument, { range: { start, end } }: TextEdit, unit: ColumnUnit, startOffset: number): number {
  if (comparePositions(end, start) < 0) throw unusable(path, `an edit ends before it starts, at line ${String(start.line + 1)}`);
  if (end.line >= document.lineCount) return document.text.length;
  return Math.max(startOffset, document.offsetAt({ line: end.line, character: document.columnFrom(unit, end.line, end.character) }));
}

/** Inserts at one place keep their order; one may stand at the edge of a replaced range, never inside it. */
function spliced(path: string, text: string, splices: readonly Splice[]): string {
  const sorted = splices.map((splice, index) => ({ ...splice, index })).sort((a, b) => a.start - b.start || a.end - b.end || a.index - b.index);
  let result = '';
  let at = 0;
  for (const { start, end, newText } of sorted) {
    if (start < at) throw unusable(path, `two edits overlap at line ${String(new TextDocument(text).positionAt(start).line + 1)}`);
    result += text.slice(at, start) + newText;
    at = end;
  }
  return result + text.slice(at);
}

/** In a file that is not the text it should be, columns are certain only on lines of plain ASCII. */
function refuseUnreadable(path: string, document: TextDocument, { range, newText }: TextEdit): void {
  if (!ASCII.test(newText)) throw notUtf8(path, range.start.line, 'so other characters than ASCII cannot be written into it');
  for (let line = range.start.line; line <= Math.min(range.end.line, document.lineCount - 1); line += 1) {
    if (!ASCII.test(document.lineText(line))) throw notUtf8(path, line, 'so its columns cannot be counted');
  }
}

const ASCII = /^[\0-\x7f]*$/;

function notUtf8(path: string, line: number, consequence: string): Failure {
  return new Failure('E/INDEXING_UNSUPPORTED', `line ${String(line + 1)} of ${path} is not UTF-8, ${consequence}`, {
    hint: 'Nothing was written. Convert the file to UTF-8 first, or edit the line by hand.',
    details: { path, line: line + 1 },
  });
}

function usesOnlyCrlf(text: string): boolean {
  return text.includes('\r\n') && !/(?:^|[^\r])\n|\r(?!\n)/.test(text);
}

function toCrlf(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}

function unusable(path: string, problem: string): Failure {
  return new Failure('E/BAD_ARGUMENT', `the edits of ${path} cannot be applied: ${problem}`, { hint: 'Nothing was written. Edits of one file speak of the same state of it and do not overlap.', details: { path } });
}
