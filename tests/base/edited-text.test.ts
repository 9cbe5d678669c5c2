import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EditedText } from '../../src/base/edited-text.js';
import type { TextEdit } from '../../src/base/workspace-edit.js';

function edit(line: number, from: number, to: number, newText: string): TextEdit {
  return { range: { start: { line, character: from }, end: { line, character: to } }, newText };
}

test('says where edited and unedited text stands on the other side', () => {
  const second = edit(1, 4, 7, 'xy: new');
  const text = new EditedText('a old b old\nabc old d\n', [second, edit(0, 8, 11, 'n'), edit(0, 2, 5, 'newer')]);
  expect(text.after.text).toBe('a newer b n\nabc xy: new d\n');
  expect(text.placeOf(second, 4, 3)).toEqual([1, 8, 1, 11]);
  expect(text.toAfter([0, 6, 0, 7])).toEqual([0, 8, 0, 9]);
  expect(text.toAfter([0, 2, 0, 5])).toBeNull();
  expect(text.toAfter([1, 8, 1, 9])).toEqual([1, 12, 1, 13]);
  expect(text.toBefore([1, 12, 1, 13])).toEqual([1, 8, 1, 9]);
  expect(text.toBefore([1, 8, 1, 11])).toBeNull();
});

test('the way there and back is the identity, whatever was edited', () => {
  const words = fc.array(fc.constantFrom('old', 'a', '𝒶', '\n', '\r\n', ' '), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(words, fc.constantFrom('', 'n', 'longer', 'x\ny'), (parts, newText) => {
      const source = parts.join('');
      const plain = new EditedText(source, []).before;
      const at = [...source.matchAll(/old/g)].map(({ index }) => plain.rangeOf(index, index + 3));
      const text = new EditedText(source, at.map(([startLine, startCharacter, endLine, endCharacter]) => ({ range: { start: { line: startLine, character: startCharacter }, end: { line: endLine, character: endCharacter } }, newText })));
      expect(text.after.text).toBe(source.replaceAll('old', newText));
      for (const { index } of source.matchAll(/[a𝒶]/gu)) {
        const range = plain.rangeOf(index, index + 1);
        const after = text.toAfter(range);
        expect(after).not.toBeNull();
        if (after !== null) expect(text.toBefore(after)).toEqual(range);
      }
    }),
  );
});
