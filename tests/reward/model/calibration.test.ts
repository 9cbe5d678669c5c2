import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calibrated, fitCalibration, type LabelledLogit } from '../../../src/reward/model/calibration.js';

const logit = fc.double({ min: -12, max: 12, noNaN: true });
const labels = (count: number): fc.Arbitrary<LabelledLogit[]> => fc.array(fc.record({ logit, isRight: fc.boolean() }), { minLength: count, maxLength: count });

describe('P14: a fitted calibration keeps the order of the logits, and gives a p', () => {
  test.each([
    ['a line', 40, 100],
    ['isotonic steps', 1200, 5],
  ])('%s', (_name, count, numRuns) => {
    fc.assert(
      fc.property(labels(count), fc.array(logit, { minLength: 2, maxLength: 20 }), (known, asked) => {
        const fitted = fitCalibration(known);
        const values = [...asked].sort((a, b) => a - b).map((each) => calibrated(each, fitted));
        for (const [index, p] of values.entries()) {
          expect(p).toBeGreaterThanOrEqual(values[index - 1] ?? 0);
          expect(p).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns },
    );
  });
});
