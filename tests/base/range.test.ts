import { expect, test } from 'vitest';
import { comparePositions, compareRanges, containsRange, endOf, rangeBetween, startOf, touches, type Range } from '../../src/base/range.js';

const RANGE: Range = [1, 4, 2, 0];

test('a range is made of its two positions', () => {
  expect(rangeBetween(startOf(RANGE), endOf(RANGE))).toEqual(RANGE);
});

test.each<[Range, Range, number]>([
  [[0, 0, 0, 1], [0, 0, 0, 1], 0],
  [[0, 9, 9, 9], [1, 0, 1, 0], -1],
  [[1, 0, 1, 5], [1, 0, 1, 4], 1],
  [[1, 2, 1, 5], [1, 1, 9, 9], 1],
  [[10, 0, 10, 0], [9, 0, 9, 0], 1],
])('%j compared with %j', (a, b, expected) => {
  expect(Math.sign(compareRanges(a, b))).toBe(expected);
  expect(Math.sign(compareRanges(b, a)) + expected).toBe(0);
});

test('positions are ordered by line, then by character', () => {
  expect(comparePositions({ line: 1, character: 9 }, { line: 2, character: 0 })).toBeLessThan(0);
  expect(comparePositions({ line: 1, character: 9 }, { line: 1, character: 3 })).toBeGreaterThan(0);
});

test.each<[number, number, boolean]>([
  [1, 3, false],
  [1, 4, true],
  [1, 99, true],
  [2, 0, true],
  [2, 1, false],
])('line %i, character %i is on the range: %s', (line, character, expected) => {
  expect(touches(RANGE, { line, character })).toBe(expected);
});

test.each<[Range, boolean]>([
  [RANGE, true],
  [[1, 5, 1, 6], true],
  [[2, 0, 2, 0], true],
  [[1, 3, 2, 0], false],
  [[1, 4, 2, 1], false],
])('contains %j: %s', (inner, expected) => {
  expect(containsRange(RANGE, inner)).toBe(expected);
});
