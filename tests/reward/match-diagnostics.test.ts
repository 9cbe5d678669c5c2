import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DiagnosticDelta, RewardDiagnostic } from '../../src/base/process-reward.js';
import { pathFromUri } from '../../src/base/relative-uri.js';
import { TextDocument } from '../../src/base/text-document.js';
import { processReward } from '../../src/reward/process-reward.js';
import type { FilePair, FileSide } from '../../src/reward/step-facts.js';
import { planNeutralisation } from '../../src/reward/suppressions.js';
import { factsOf, pairsOf, rewardOf } from './fake-checker.js';
import { randomStep } from './random-steps.js';

/** Count after minus count before of every (path after the step, rule, line text), from the diagnostics themselves. */
function differences(pairs: readonly FilePair[], read: (side: FileSide) => FileSide['diagnostics'], texts: { before: ReadonlyMap<string, string>; after: ReadonlyMap<string, string> }): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pair of pairs) {
    const path = pair.after?.path ?? pair.before?.path ?? '';
    for (const [side, sign, blanked] of [[pair.before, -1, texts.before] as const, [pair.after, 1, texts.after] as const]) {
      const document = new TextDocument(side === null ? '' : (blanked.get(side.path) ?? side.text));
      for (const item of side === null ? [] : (read(side) ?? [])) bump(counts, [path, item.code, document.lineText(item.range[0]).trim()], sign);
    }
  }
  return nonZero(counts);
}

/** The same from a delta. */
function deltaDifferences(pairs: readonly FilePair[], delta: DiagnosticDelta): Map<string, number> {
  const pathAfter = new Map(pairs.flatMap((pair) => (pair.before === null ? [] : [[pair.before.path, pair.after?.path ?? pair.before.path]])));
  const counts = new Map<string, number>();
  const key = (item: RewardDiagnostic, isBefore: boolean): unknown[] => {
    const path = pathFromUri(item.uri);
    return [isBefore ? (pathAfter.get(path) ?? path) : path, item.code, item.lineText];
  };
  for (const item of delta.introduced) bump(counts, key(item, false), 1);
  for (const item of [...delta.fixed, ...delta.removed]) bump(counts, key(item, true), -1);
  for (const pair of delta.updated) {
    bump(counts, key(pair.after, false), 1);
    bump(counts, key(pair.before, true), -1);
  }
  return nonZero(counts);
}

function bump(counts: Map<string, number>, key: readonly unknown[], by: number): void {
  const text = JSON.stringify(key);
  counts.set(text, (counts.get(text) ?? 0) + by);
}

const nonZero = (counts: ReadonlyMap<string, number>): Map<string, number> => new Map([...counts].filter(([, count]) => count !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));

test('what a delta says is what two runs of the checker differ by', async () => {
  await fc.assert(
    fc.asyncProperty(randomStep, async (changes) => {
      const pairs = await pairsOf(changes);
      const reward = processReward(factsOf(pairs));
      if (reward.diagnostics === null || reward.neutralDiagnostics === null) throw new Error('abstained');
      const none = { before: new Map<string, string>(), after: new Map<string, string>() };
      expect(deltaDifferences(pairs, reward.diagnostics)).toEqual(differences(pairs, (side) => side.diagnostics, none));
      expect(deltaDifferences(pairs, reward.neutralDiagnostics)).toEqual(differences(pairs, (side) => side.neutral, planNeutralisation(pairs)));
      const countBefore = pairs.reduce((sum, pair) => sum + (pair.before?.diagnostics?.length ?? 0), 0);
      const { fixed, persisting, updated, removed } = reward.diagnostics;
      expect(fixed.length + persisting.length + updated.length + removed.length).toBe(countBefore);
    }),
    { numRuns: 250 },
  );
});

test('P6: the order of files, diagnostics and scope does not matter', async () => {
  const reversed = (side: FileSide | null): FileSide | null =>
    side === null ? null : { ...side, diagnostics: [...(side.diagnostics ?? [])].reverse(), neutral: [...(side.neutral ?? [])].reverse() };
  await fc.assert(
    fc.asyncProperty(randomStep, async (changes) => {
      const pairs = await pairsOf(changes);
      const mirrored = [...pairs].reverse().map((pair) => ({ ...pair, before: reversed(pair.before), after: reversed(pair.after) }));
      const facts = factsOf(pairs);
      expect(processReward({ ...factsOf(mirrored), scope: [...facts.scope].reverse() })).toEqual(processReward(facts));
    }),
    { numRuns: 100 },
  );
});

test('an unchanged line keeps its diagnostic under a renamed declaration', async () => {
  const reward = await rewardOf([['a.py', 'class A:\n    def f(self):\n        return bad_a\n', 'class B:\n    def f(self):\n        return bad_a\n']]);
  expect(reward.diagnostics).toMatchObject({ introduced: [], fixed: [], removed: [], updated: [] });
  expect(reward.diagnostics?.persisting.map((item) => item.symbol)).toEqual(['B.f']);
});

test('an edited line updates the diagnostic only where the flagged code stayed', async () => {
  const kept = await rewardOf([['a.py', 'x = call(bad_a, 1)\n', 'x = call(bad_a, 2)\n']]);
  expect(kept.diagnostics).toMatchObject({ introduced: [], fixed: [], updated: [{ before: { code: 'a' }, after: { code: 'a' } }] });
  const other = await rewardOf([['a.py', 'x = call(warn_a, 1, first)\n', 'x = call(value, 1, warn_a)\n']]);
  expect(other.diagnostics?.updated).toHaveLength(1);
  const replaced = await rewardOf([['a.py', 'call(bad_a)\n', 'for item in things(1, 2): print(bad_a.other)\n']]);
  expect(replaced.diagnostics).toMatchObject({ introduced: [{ code: 'a' }], fixed: [{ code: 'a' }], updated: [] });
});

test('a severer rule on an unchanged line is an update', async () => {
  const [pair] = await pairsOf([['a.py', 'x = bad_a\ny = 1\n', 'x = bad_a\ny = 2\n']]);
  if (pair?.before == null || pair.after === null) throw new Error('no pair');
  const milder = pair.before.diagnostics?.map((item) => ({ ...item, severity: 'warning' as const })) ?? null;
  const reward = processReward(factsOf([{ ...pair, before: { ...pair.before, diagnostics: milder } }]));
  expect(reward.diagnostics).toMatchObject({ introduced: [], fixed: [], persisting: [], updated: [{ before: { severity: 'warning' }, after: { severity: 'error' } }] });
});

test('of equal lines each declaration has its own, whatever the diff makes of them where declarations change places', async () => {
  const call = 'call(bad_a, 1)';
  const load = `def load(x):\n    first(x)\n    ${call}\n`;
  const between = 'def other(x):\n    second(x)\n    third(x)\n';
  const reward = await rewardOf([['a.py', `${between}\n${call}\n\n${load}`, `${load}\n${between}\n${call}\n`]]);
  expect(reward.diagnostics).toMatchObject({ introduced: [], fixed: [], removed: [], updated: [] });
  expect(reward.diagnostics?.persisting.map((item) => item.symbol).sort()).toEqual(['<module>', 'load']);
});
