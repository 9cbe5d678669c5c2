import { describe, expect, test } from 'vitest';
import { processReward } from '../../src/reward/process-reward.js';
import type { FilePair, FileSide, UnstableDiagnostic } from '../../src/reward/step-facts.js';
import { factsOf, pairsOf, rewardOf, type Change } from './fake-checker.js';

const CLEAN = 'def f(x):\n    y = x\n    return y\n';
const BROKEN = 'def f(x):\n    y = bad_attr\n    return y\n';
const UNSTABLE: UnstableDiagnostic = { path: 'a.py', source: 'fake', code: 'attr', lineText: 'y = bad_attr', count: 1 };

const unstable = (changes: Partial<UnstableDiagnostic> = {}) => ({ unstable: { diagnostics: [{ ...UNSTABLE, ...changes }], danglingReferences: [] } });

describe('what a server does not always say', () => {
  test('pays nothing when it is gone, costs nothing when it comes, and is shown', async () => {
    const [fixed, introduced]: Change[][] = [[['a.py', BROKEN, CLEAN]], [['a.py', CLEAN, BROKEN]]];
    expect((await rewardOf(fixed ?? [])).r).toBeGreaterThan(0);
    expect((await rewardOf(introduced ?? [])).r).toBeLessThan(0);
    const gone = await rewardOf(fixed ?? [], {}, unstable());
    const came = await rewardOf(introduced ?? [], {}, unstable());
    expect([gone.r, came.r]).toEqual([0, 0]);
    expect([gone.paper.diagnosticsBefore, came.paper.diagnosticsAfter]).toEqual([0, 0]);
    expect(gone.unstable).toMatchObject({ before: [{ code: 'attr', symbol: 'f', lineText: 'y = bad_attr' }], after: [] });
    expect(came.unstable).toMatchObject({ before: [], after: [{ code: 'attr' }] });
    expect((await rewardOf(fixed ?? [])).unstable).toBeUndefined();
  });

  test('makes the same reward whether the server says it before, after, or not at all', async () => {
    const pairs = await pairsOf([['a.py', `${BROKEN}\ndef g():\n    return 1\n`, `${BROKEN}\ndef g():\n    return warn_other\n`]]);
    const without = (side: FileSide | null): FileSide | null => side && { ...side, diagnostics: (side.diagnostics ?? []).filter(({ code }) => code !== 'attr'), neutral: (side.neutral ?? []).filter(({ code }) => code !== 'attr') };
    const all: FilePair[][] = [pairs, ...(['before', 'after'] as const).map((side) => pairs.map((pair) => ({ ...pair, [side]: without(pair[side]) }))), pairs.map((pair) => ({ ...pair, before: without(pair.before), after: without(pair.after) }))];
    const rewards = all.map((each) => processReward({ ...factsOf(each), ...unstable() }));
    expect(new Set(rewards.map(({ r }) => r)).size).toBe(1);
    expect(rewards[0]?.r).toBeLessThan(0);
  });

  test.each([
    ['of another rule', BROKEN, unstable({ code: 'other' })],
    ['on another line', BROKEN, unstable({ lineText: 'z = bad_attr' })],
    ['of another file', BROKEN, unstable({ path: 'b.py' })],
    ['that is written a second time', BROKEN.replace('    return', '    y = bad_attr\n    return'), unstable()],
  ])('does not excuse one %s', async (_what, after, known) => {
    expect((await rewardOf([['a.py', CLEAN, after]], {}, known)).r).toBeLessThan(0);
  });

  test('is known again in a renamed file', async () => {
    expect((await rewardOf([['a.py', CLEAN, BROKEN, 'b.py']], {}, unstable())).neutralDiagnostics?.introduced).toEqual([]);
  });
});
