import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TextDocument } from '../../src/base/text-document.js';
import { PositionCodec, type PositionEncoding, type PositionQuirks } from '../../src/lsp/position-codec.js';
import { put, tempWorkspace } from './temp-workspace.js';

const never = (): boolean => false;

/** Where a server of this kind says that an offset is. Written anew, and without the code under test. */
function serverPosition(text: string, offset: number, encoding: PositionEncoding, quirks: PositionQuirks): { line: number; character: number } {
  const hidden = !quirks.countsByteOrderMark && text.startsWith('\uFEFF') ? 1 : 0;
  const before = text.slice(hidden, Math.max(hidden, offset));
  const lines = before.split(quirks.endsLinesAtSeparators ? /\r\n|[\r\n\u2028\u2029]/ : /\r\n|[\r\n]/);
  const last = lines.at(-1) ?? '';
  return { line: lines.length - 1, character: encoding === 'utf-8' ? Buffer.byteLength(last) : last.length };
}

const KINDS: [string, PositionEncoding, PositionQuirks][] = [
  ['pyright', 'utf-16', { countsByteOrderMark: true, endsLinesAtSeparators: false }],
  ['TypeScript 7', 'utf-8', { countsByteOrderMark: false, endsLinesAtSeparators: false }],
  ['tsserver', 'utf-16', { countsByteOrderMark: false, endsLinesAtSeparators: true }],
];

describe.each(KINDS)('positions of %s', (_name, encoding, quirks) => {
  test('are ours at every character, both ways', () => {
    const root = tempWorkspace();
    const file = join(root, 'text');
    const codec = new PositionCodec(encoding, quirks, never);
    const piece = fc.constantFrom('a', 'ü', '😀', 'e\u0301', '\n', '\r\n', '\r', '\u2028', '\u2029', ' ', '');
    fc.assert(
      fc.property(fc.boolean(), fc.array(piece, { maxLength: 12 }), (marked, pieces) => {
        const text = (marked ? '\uFEFF' : '') + pieces.join('');
        put(root, 'text', text);
        codec.forget(file);
        const document = new TextDocument(text);
        let offset = marked ? 1 : 0;
        for (const character of Array.from(text.slice(offset)).concat('')) {
          // Between CR and LF there is no position.
          if (!(text[offset - 1] === '\r' && text[offset] === '\n')) {
            const ours = document.positionAt(offset);
            const theirs = serverPosition(text, offset, encoding, quirks);
            expect(codec.toWire(file, ours)).toEqual(theirs);
            expect(codec.toRange(file, { start: theirs, end: theirs })).toEqual([ours.line, ours.character, ours.line, ours.character]);
          }
          offset += character.length;
        }
      }),
      { seed: 20_261, numRuns: 300 },
    );
  });

  test('of a file that is gone are a Failure', () => {
    const codec = new PositionCodec('utf-8', quirks, never);
    expect(() => codec.toWire(join(tempWorkspace(), 'gone'), { line: 0, character: 1 })).toThrow('does not exist');
  });
});
