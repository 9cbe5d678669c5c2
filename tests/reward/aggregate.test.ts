import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clipRewards, deltaRewards, lastOf, lseOf, meanOf, minOf, progressOf } from '../../src/reward/aggregate.js';

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const run = fc.array(unit, { minLength: 1, maxLength: 40 });
const EPSILON = 1e-9;
const some = (value: number | null): number => value ?? Number.NaN;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('P7: min and lse', () => {
  test('are monotone in every score', () => {
    fc.assert(
      fc.property(run, fc.nat(39), unit, (scores, at, other) => {
        const index = at % scores.length;
        const raised = scores.map((score, position) => (position === index ? Math.max(score, other) : score));
        expect(some(minOf(raised))).toBeGreaterThanOrEqual(some(minOf(scores)));
        expect(some(lseOf(raised))).toBeGreaterThanOrEqual(some(lseOf(scores)) - EPSILON);
      }),
    );
  });
  test('are never raised by another step, wherever it stands', () => {
    fc.assert(
      fc.property(run, unit, (scores, more) => {
        expect(some(minOf([...scores, more]))).toBeLessThanOrEqual(some(minOf(scores)));
        expect(some(lseOf([...scores, more]))).toBeLessThanOrEqual(some(lseOf(scores)) + EPSILON);
        expect(lseOf([more, ...scores])).toBe(lseOf([...scores, more]));
      }),
    );
  });
  test('bound each other: min − T·ln n ≤ lse ≤ min', () => {
    fc.assert(
      fc.property(run, fc.double({ min: 0.01, max: 10, noNaN: true }), (scores, temperature) => {
        const [low, value] = [some(minOf(scores)), some(lseOf(scores, temperature))];
        expect(value).toBeLessThanOrEqual(low + EPSILON);
        expect(value).toBeGreaterThanOrEqual(low - temperature * Math.log(scores.length) - EPSILON);
      }),
    );
  });
});

test('P8: repeating a step leaves min and the sum of delta as they are', () => {
  fc.assert(
    fc.property(run, fc.nat(39), (scores, at) => {
      const index = at % scores.length;
      const repeated = [...scores.slice(0, index + 1), ...scores.slice(index)];
      expect(minOf(repeated)).toBe(minOf(scores));
      expect(sum(deltaRewards(repeated))).toBeCloseTo(sum(deltaRewards(scores)), 9);
    }),
  );
});

test('P9: no sum of clipped rewards is above 0, and delta from step k on sums to r_k', () => {
  fc.assert(
    fc.property(run, unit, fc.nat(39), (scores, eta, at) => {
      expect(sum(clipRewards(scores, eta))).toBeLessThanOrEqual(0);
      const index = at % scores.length;
      expect(sum(deltaRewards(scores).slice(index))).toBeCloseTo(scores[index] ?? 0, 9);
    }),
  );
});

test('progress adds up to the last score minus the start', () => {
  fc.assert(
    fc.property(run, unit, (scores, start) => {
      expect(sum(progressOf(scores, start))).toBeCloseTo(some(lastOf(scores)) - start, 9);
    }),
  );
});

test('a run without steps has no verdict', () => {
  expect([minOf([]), lseOf([]), lastOf([]), meanOf([])]).toEqual([null, null, null, null]);
  expect([deltaRewards([]), clipRewards([], 0.5), progressOf([], 0.5)]).toEqual([[], [], []]);
  expect(meanOf([0, 1])).toBe(0.5);
});
