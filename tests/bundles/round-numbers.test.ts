import { expect, test } from 'vitest';
import { roundNumbers } from '../../src/bundles/round-numbers.js';

test.each([
  [0.12345, 0.1235],
  [-0.12345, -0.1235],
  [0.00004, 0],
  [-0.00004, 0],
  [-0, 0],
  [2.00001, 2],
  [1e21, 1e21],
  [123456789012.34567, 123456789012.3457],
  [Number.MIN_VALUE, 0],
  [7, 7],
])('rounds %d to %d', (value, expected) => {
  expect(Object.is(roundNumbers(value), expected)).toBe(true);
});

test('reaches numbers in lists and objects and leaves everything else as it is', () => {
  expect(roundNumbers({ a: [0.99999, '0.99999', null, true], b: { c: -1.5 } })).toEqual({ a: [1, '0.99999', null, true], b: { c: -1.5 } });
});

test('keeps what is not a number of JSON, so that canonicalisation can refuse it', () => {
  expect(roundNumbers(NaN)).toBeNaN();
  expect(roundNumbers(Infinity)).toBe(Infinity);
});
