import fc from 'fast-check';
import { expect, test } from 'vitest';
import { summariseRun } from '../../src/reward/run-summary.js';

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const ETA = 0.5;

test('the rewards of the known steps add up to the progress, whatever is unknown', () => {
  fc.assert(
    fc.property(unit, fc.array(fc.option(unit), { maxLength: 30 }), (start, phis) => {
      const run = summariseRun(start, phis, ETA);
      expect(run.steps.reduce((sum, step) => sum + (step.r ?? 0), 0)).toBeCloseTo(run.progress, 9);
      expect(run.steps.reduce((sum, step) => sum + step.spans, 0)).toBe(phis.findLastIndex((phi) => phi !== null) + 1);
      phis.forEach((phi, index) => expect(run.steps[index]?.r === null).toBe(phi === null));
    }),
  );
});

test('the first bad step and where to go back to', () => {
  const run = (...phis: (number | null)[]): unknown => {
    const { firstBadStep, backtrackTo } = summariseRun(0.5, phis, ETA);
    return [firstBadStep, backtrackTo];
  };
  expect(run(0.6, 0.7, 0.8)).toEqual([null, null]);
  expect(run(0.6, 0.7, 0.4, 0.5)).toEqual([2, 2]);
  expect(run(0.4, 0.3)).toEqual([0, 0]);
  expect(run(0.4, 0.6)).toEqual([0, null]);
  expect(run(0.6, 0.6, 0.2)).toEqual([2, 2]);
  expect(run(0.6, null, 0.5)).toEqual([2, 1]);
  expect(run(0.6, null)).toEqual([null, null]);
  expect(run()).toEqual([null, null]);
});

test('a run of unknown steps has no verdict', () => {
  expect(summariseRun(0.5, [null], ETA).aggregates).toEqual({ min: null, lse: null, last: null, mean: null, delta: [], clip: [] });
});
