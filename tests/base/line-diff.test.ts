import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineMapping, matchLines } from '../../src/base/line-diff.js';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 30 });

/** The length of the longest common subsequence, by the textbook table. */
function lcsLength(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = table[i] ?? [];
      row[j] = a[i] === b[j] ? (table[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(table[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table[0]?.[0] ?? 0;
}

describe('matchLines', () => {
  test('pairs equal lines in ascending order on both sides', () => {
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        let lastA = -1;
        let lastB = -1;
        for (const { aStart, bStart, length } of matchLines(a, b)) {
          expect(aStart).toBeGreaterThan(lastA);
          expect(bStart).toBeGreaterThan(lastB);
          expect(a.slice(aStart, aStart + length)).toEqual(b.slice(bStart, bStart + length));
          lastA = aStart + length - 1;
          lastB = bStart + length - 1;
        }
      }),
    );
  });

  test('finds a longest match where no line is unique to both sides', () => {
    const repetitive = fc.array(fc.constantFrom('x', 'y'), { minLength: 4, maxLength: 14 });
    fc.assert(
      fc.property(repetitive, repetitive, (a, b) => {
        const doubledA = ['only in a', ...a, 'x', 'x', 'y', 'y', 'last of a'];
        const doubledB = ['only in b', ...b, 'x', 'x', 'y', 'y', 'last of b'];
        const matched = matchLines(doubledA, doubledB).reduce((sum, block) => sum + block.length, 0);
        expect(matched).toBe(lcsLength(doubledA, doubledB));
      }),
    );
  });

  test('maps a file onto itself line by line', () => {
    fc.assert(
      fc.property(lines, (a) => {
        expect(lineMapping(a, a)).toEqual(a.map((_, index) => index));
      }),
    );
  });

  test('follows lines down past an insertion and forgets deleted ones', () => {
    expect(lineMapping(['a', 'b', 'c'], ['new', 'a', 'c'])).toEqual([1, -1, 2]);
  });
});
