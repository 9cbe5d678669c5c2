import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextDocument, type ColumnUnit } from '../../src/base/text-document.js';

test.each<[string, string, readonly string[]]>([
  ['an empty text has one line', '', ['']],
  ['a final newline opens one more', 'a\n', ['a', '']],
  ['CRLF is one terminator', 'a\r\nb\r\n', ['a', 'b', '']],
  ['CR alone is one, too', 'a\rb', ['a', 'b']],
  ['LF CR are two', 'a\n\rb', ['a', '', 'b']],
  ['CR CR LF are two', 'a\r\r\nb', ['a', '', 'b']],
  ['a line of nothing but CRLF', '\r\n\r\n', ['', '', '']],
  ['vertical tabs and U+2028 are not terminators', 'a\u000b\u2028b', ['a\u000b\u2028b']],
  ['a BOM stays', '\uFEFFa\nb', ['\uFEFFa', 'b']],
])('%s', (_name, text, lines) => {
  const document = new TextDocument(text);
  expect(document.lineCount).toBe(lines.length);
  expect(lines.map((_, line) => document.lineText(line))).toEqual(lines);
});

test('positions outside the text are clamped', () => {
  const document = new TextDocument('ab\r\ncd');
  expect(document.offsetAt({ line: 0, character: 99 })).toBe(2);
  expect(document.offsetAt({ line: 9, character: 0 })).toBe(6);
  expect(document.offsetAt({ line: -1, character: 0 })).toBe(0);
  expect(document.lineText(9)).toBe('');
  expect(document.positionAt(99)).toEqual({ line: 1, character: 2 });
  expect(document.slice([0, 1, 1, 1])).toBe('b\r\nc');
});

const LINE = 'x\u{1F600}é = 1';

test.each<[ColumnUnit, readonly number[]]>([
  ['utf-16', [0, 1, 3, 4, 5]],
  ['codepoint', [0, 1, 2, 3, 4]],
  ['utf-8', [0, 1, 5, 7, 8]],
])('columns of a non-BMP line in %s', (unit, columns) => {
  const document = new TextDocument(LINE);
  const utf16 = [0, 1, 3, 4, 5];
  expect(utf16.map((column) => document.columnIn(unit, 0, column))).toEqual(columns);
  expect(columns.map((column) => document.columnFrom(unit, 0, column))).toEqual(utf16);
});

test.each<[ColumnUnit, number, number]>([
  ['utf-16', 2, 1],
  ['utf-8', 3, 1],
  ['utf-8', 6, 5],
])('a %s column of %i inside a character is refused and the nearest named', (unit, column, nearest) => {
  expect(() => new TextDocument(LINE).columnFrom(unit, 0, column)).toThrow(
    expect.objectContaining({ code: 'E/INDEXING_UNSUPPORTED', details: { line: 1, column: column + 1, unit, nearest: nearest + 1 } }),
  );
});

test('a column past the end of the line keeps its distance in every unit', () => {
  const document = new TextDocument('\u{1F600}');
  for (const unit of ['utf-16', 'utf-8', 'codepoint'] as const) {
    const column = document.columnIn(unit, 0, 5);
    expect(document.columnFrom(unit, 0, column)).toBe(5);
  }
});

test('offsets and positions are inverse, except inside a CRLF', () => {
  const text = fc.array(fc.constantFrom('a', '\r', '\n', '\r\n', '\u{1F600}', '\t', ''), { maxLength: 20 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.nat(30), (content, pick) => {
      const document = new TextDocument(content);
      const offset = pick % (content.length + 1);
      const insideCrLf = content[offset - 1] === '\r' && content[offset] === '\n';
      expect(document.offsetAt(document.positionAt(offset))).toBe(insideCrLf ? offset - 1 : offset);
    }),
  );
});

test('columns of every unit are inverse at every character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }).map((line) => line.replace(/[\r\n]/g, '')), (line) => {
      const document = new TextDocument(line);
      let utf16 = 0;
      for (const character of line) {
        for (const unit of ['utf-16', 'utf-8', 'codepoint'] as const) expect(document.columnFrom(unit, 0, document.columnIn(unit, 0, utf16))).toBe(utf16);
        utf16 += character.length;
      }
    }),
  );
});
