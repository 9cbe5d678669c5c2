import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PotentialTerms, PotentialWeights } from '../../src/base/process-reward.js';
import { eq51, paperReward, safetyScore } from '../../src/reward/paper-reward.js';
import { phiDOf, phiDOfStep, phiPOf, potentialOf, stepReward, usedWeights } from '../../src/reward/potential.js';
import { DEFAULT_OPTIONS, rewardOptions } from '../../src/reward/reward-options.js';
import { valueIteration, type Mdp } from './value-iteration.js';

const WEIGHTS = DEFAULT_OPTIONS.weights;
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const terms: fc.Arbitrary<PotentialTerms> = fc.record({ phiD: unit, phiS: unit, conf: unit, phiP: unit });
const gamma = fc.double({ min: 0.01, max: 1, noNaN: true });
const phi = (state: PotentialTerms): number => potentialOf(state, WEIGHTS);

describe('pr-v2', () => {
  test('P1: over a run the rewards telescope', () => {
    fc.assert(
      fc.property(fc.array(terms, { minLength: 2, maxLength: 30 }), gamma, (states, gammaD) => {
        let sum = 0;
        states.slice(1).forEach((state, index) => {
          const previous = states[index];
          if (previous !== undefined) sum += gammaD ** index * stepReward(phi(previous), phi(state), gammaD, 'progress', false);
        });
        const [first, last] = [states[0], states.at(-1)];
        if (first === undefined || last === undefined) throw new Error('no states');
        expect(Math.abs(sum - (gammaD ** (states.length - 1) * phi(last) - phi(first)))).toBeLessThan(1e-9);
      }),
    );
  });

  test('P2: a cycle pays 0, and less than 0 with a discount', () => {
    fc.assert(
      fc.property(fc.array(terms, { minLength: 1, maxLength: 20 }), gamma, (states, gammaD) => {
        const path = [...states, ...states.slice(0, 1)].map(phi);
        const total = (discount: number): number => path.slice(1).reduce((sum, now, index) => sum + discount ** index * stepReward(path[index] ?? 0, now, discount, 'progress', false), 0);
        expect(Math.abs(total(1))).toBeLessThan(1e-9);
        expect(total(gammaD)).toBeLessThan(1e-9);
      }),
    );
  });

  test('P3: no term worse means no reward below 0, and a better one with weight pays', () => {
    fc.assert(
      fc.property(terms, terms, (a, b) => {
        const better: PotentialTerms = { phiD: Math.max(a.phiD ?? 0, b.phiD ?? 0), phiS: Math.max(a.phiS ?? 0, b.phiS ?? 0), conf: Math.max(a.conf ?? 0, b.conf ?? 0), phiP: Math.max(a.phiP ?? 0, b.phiP ?? 0) };
        expect(stepReward(phi(a), phi(better), 1, 'progress', false)).toBeGreaterThanOrEqual(0);
        if ((better.phiD ?? 0) > (a.phiD ?? 0) + 1e-6) expect(stepReward(phi(a), phi(better), 1, 'progress', false)).toBeGreaterThan(0);
      }),
    );
  });

  test('P4: Φ lies in [0,1] and |F| ≤ 1, whatever terms are missing', () => {
    const some = fc.record({ phiD: fc.option(unit), phiS: unit, conf: fc.option(unit), phiP: fc.option(unit) });
    fc.assert(
      fc.property(some, some, gamma, (before, after, gammaD) => {
        const weights = usedWeights(WEIGHTS, before, after);
        expect(weights.phiD + weights.phiS + weights.conf + weights.phiP).toBeCloseTo(1, 12);
        const [from, to] = [potentialOf(before, weights), potentialOf(after, weights)];
        for (const value of [from, to]) expect(value >= 0 && value <= 1).toBe(true);
        expect(Math.abs(stepReward(from, to, gammaD, 'progress', false))).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a missing term is dropped on both sides', () => {
    const before: PotentialTerms = { phiD: 0.5, phiS: 1, conf: 1, phiP: null };
    const weights: PotentialWeights = usedWeights(WEIGHTS, before, { ...before, phiP: 0.9 });
    expect(weights.phiP).toBe(0);
    expect(weights.phiD).toBeCloseTo(0.6, 12);
    expect(weights.phiS).toBeCloseTo(0.2 / 0.75, 12);
  });

  test('φ_D falls strictly, φ_P rises with p and is capped by a gate', () => {
    const weight = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(weight, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (w, more) => {
        expect(phiDOf(w + more, 5)).toBeLessThan(phiDOf(w, 5));
      }),
    );
    fc.assert(
      fc.property(unit, unit, fc.boolean(), (p, q, isGated) => {
        expect(phiPOf(Math.max(p, q), isGated)).toBeGreaterThanOrEqual(phiPOf(Math.min(p, q), isGated));
        expect(phiPOf(p, true)).toBeLessThanOrEqual(Math.min(0.5, phiPOf(p, false)));
      }),
    );
    expect([phiDOf(0, 5), phiDOf(5, 5), phiPOf(0, false), phiPOf(0.5, false), phiPOf(1, false)]).toEqual([1, 0.5, 0, 0.5, 1]);
  });

  test('φ_D of a step lies in [0,1], moves as W does, and what both sides have more makes no loss smaller and no gain larger', () => {
    const weight = fc.integer({ min: 0, max: 80_000 }).map((eightieths) => eightieths / 80);
    const moved = (from: number, to: number): number => {
      const { before, after } = phiDOfStep(from, to, 5);
      for (const value of [before, after]) expect(value >= 0 && value <= 1).toBe(true);
      return after - before;
    };
    fc.assert(
      fc.property(weight, weight, weight, (from, to, both) => {
        expect(Math.sign(moved(from, to))).toBe(Math.sign(from - to));
        expect(moved(from + both, to + both)).toBeLessThanOrEqual(moved(from, to) + 1e-9);
        if (to > from) expect(moved(from + both, to + both)).toBeCloseTo(moved(from, to), 9);
        expect(moved(from, to + both)).toBeLessThanOrEqual(moved(from, to));
        expect(phiDOfStep(from, to, 5).after).toBe(phiDOf(to, 5));
      }),
      { examples: [[3, 3, 1]] },
    );
  });

  test('shaping keeps the optimal policies, and pays −Φ of the first state over any run', () => {
    const mdp: fc.Arbitrary<Mdp> = fc.integer({ min: 2, max: 5 }).chain((states) =>
      fc.record({
        states: fc.constant(states),
        gamma: fc.constantFrom(0.5, 0.9),
        /** next[s][a] and reward[s][a]; the last state is terminal. Rewards on a grid, so that no two policies nearly tie. */
        next: fc.array(fc.array(fc.nat(states - 1), { minLength: 3, maxLength: 3 }), { minLength: states, maxLength: states }),
        reward: fc.array(fc.array(fc.integer({ min: -8, max: 8 }).map((value) => value / 4), { minLength: 3, maxLength: 3 }), { minLength: states, maxLength: states }),
      }),
    );
    fc.assert(
      fc.property(mdp, fc.array(terms, { minLength: 5, maxLength: 5 }), (plain, potentials) => {
        const phis = potentials.map(phi);
        const isLast = (state: number): boolean => state === plain.states - 1;
        const shaped: Mdp = {
          ...plain,
          reward: plain.reward.map((row, state) =>
            row.map((value, action) => {
              const next = plain.next[state]?.[action] ?? 0;
              return value + stepReward(phis[state] ?? 0, phis[next] ?? 0, plain.gamma, 'shaping', isLast(next));
            }),
          ),
        };
        expect(valueIteration(shaped)).toEqual(valueIteration(plain));
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.array(unit, { minLength: 2, maxLength: 20 }), (phis) => {
        const sum = phis.slice(1).reduce((total, now, index) => total + stepReward(phis[index] ?? 0, now, 1, 'shaping', index === phis.length - 2), 0);
        expect(sum).toBeCloseTo(-(phis[0] ?? 0), 9);
      }),
    );
  });

  test.each([
    [{ weights: { phiD: -1, phiS: 1, conf: 1, phiP: 0 } }, /0 or more/],
    [{ weights: { phiD: 1, phiS: 0, conf: 0, phiP: 0 } }, /cannot both/],
    [{ severityWeights: { error: 0.1, warning: 0.25, information: 0, hint: 0 } }, /severer/],
    [{ tau: 0 }, /tau/],
    [{ gammaD: 1.5 }, /gammaD/],
    [{ preexistingFactor: 2 }, /preexistingFactor/],
  ])('refuses %j', (options, message) => expect(() => rewardOptions(options)).toThrow(message));
});

describe('pr-v1', () => {
  const constants = DEFAULT_OPTIONS.paper;

  test.each([
    [1, 1, 0.72, 0.872],
    [3, 1, 0.94, 1.894],
    [0, 0, 0.62, -0.038],
    [0, -1, 0.62, -0.438],
  ])('ΔD %d, S %d, conf %d give %d', (deltaD, S, conf, expected) => expect(eq51(deltaD, S, conf, constants)).toBeCloseTo(expected, 12));

  test('P13: r ≥ 0 iff α·ΔD + β·S ≥ γ·(1 − conf)', () => {
    const count = fc.nat(50);
    fc.assert(
      fc.property(count, count, fc.constantFrom('failed' as const, 'nothing-to-check' as const, 'passed' as const), unit, fc.constantFrom('binary' as const, 'signed' as const), (before, after, safety, conf, kind) => {
        const { r } = paperReward({ diagnosticsBefore: before, diagnosticsAfter: after, safety, conf }, { ...constants, safety: kind });
        const gain = constants.alpha * (before - after) + constants.beta * safetyScore(safety, kind);
        const price = constants.gamma * (1 - conf);
        if (Math.abs(gain - price) > 1e-12) expect((r ?? 0) >= 0).toBe(gain >= price);
        if (before >= after && kind === 'binary') expect(r).toBeGreaterThanOrEqual(-constants.gamma);
      }),
    );
  });

  test('it can be farmed, and says so in its documentation', () => {
    const preview = paperReward({ diagnosticsBefore: 7, diagnosticsAfter: 7, safety: 'passed', conf: 1 }, constants);
    expect(100 * (preview.r ?? 0)).toBeCloseTo(40, 9);
  });

  test('unknown counts give no number, and an assumed confidence is marked', () => {
    expect(paperReward({ diagnosticsBefore: null, diagnosticsAfter: 3, safety: 'passed', conf: null }, constants)).toMatchObject({ r: null, conf: 1, confAssumed: true });
    expect(paperReward({ diagnosticsBefore: 1, diagnosticsAfter: 0, safety: 'passed', conf: 0.72 }, constants)).toMatchObject({ confAssumed: false });
  });
});
