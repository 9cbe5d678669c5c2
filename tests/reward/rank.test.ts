import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalisePatch } from '../../src/reward/normalise-patch.js';
import { DEFAULT_RANK_WEIGHTS, rankCandidates, type RankCandidate } from '../../src/reward/rank.js';
import { rewardOf } from './fake-checker.js';

const header = (path: string): string => `diff --git a/${path} b/${path}\nindex 1..2 100644\n--- a/${path}\n+++ b/${path}\n`;
const PATCH = `${header('a.py')}@@ -1,3 +1,3 @@\n x = 1\n-y = f(x)\n+y = g(x)\n z = 3\n`;

describe('two patches that say the same have the same key', () => {
  const other = `${header('b.py')}@@ -1 +1 @@\n-a\n+b\n`;
  test.each<[string, string, string]>([
    ['other line numbers and context', PATCH, `${header('a.py')}@@ -11,2 +11,2 @@ def f():\n-y = f(x)\n+y = g(x)\n w = 3\n`],
    ['white space', PATCH, PATCH.replace('+y = g(x)', '+y  =  g( x )')],
    ['a comment', PATCH, PATCH.replace('+y = g(x)', '+y = g(x)  # mends it')],
    ['an added comment line', PATCH, PATCH.replace('+1,3 @@', '+1,4 @@').replace('+y = g(x)', '+# mends it\n+y = g(x)')],
    ['the order of files', PATCH + other, other + PATCH],
    ['line ends', PATCH, PATCH.replaceAll('\n', '\r\n')],
    ['a plain diff', PATCH, '--- a.py\t2020-01-01\n+++ a.py\t2020-01-02\n@@ -2 +2 @@\n-y = f(x)\n+y = g(x)\n'],
    ['a message before it', PATCH, `From: someone\n\nWhy.\n---\n${PATCH}`],
  ])('%s', (_name, a, b) => expect(normalisePatch(b).key).toBe(normalisePatch(a).key));

  test.each<[string, string, string]>([
    ['other code', PATCH, PATCH.replace('g(x)', 'h(x)')],
    ['another file', PATCH, PATCH.replaceAll('a.py', 'b.py')],
    ['code that looks like a header', `${header('a.sql')}@@ -1,2 +1 @@\n--- drop\n x\n`, `${header('a.sql')}@@ -1,2 +1 @@\n-x\n x\n`],
    ['a rename', 'diff --git a/a.py b/b.py\nrename from a.py\nrename to b.py\n', 'diff --git a/c.py b/b.py\nrename from c.py\nrename to b.py\n'],
    ['a deleted file', `diff --git a/a.py b/a.py\ndeleted file mode 100644\n`, ''],
  ])('but not with %s', (_name, a, b) => expect(normalisePatch(b).key).not.toBe(normalisePatch(a).key));

  test('any text is read without a failure', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('diff --git a/x b/x', '--- a/x', '+++ b/x', '@@ -1,2 +1,2 @@', '@@ -1 @@', '+a', '-b', ' c', '', '\\ No newline at end of file')), (lines) => {
        expect(normalisePatch(lines.join('\n')).key).toMatch(/^sha256:/);
      }),
    );
  });
});

const candidate = (id: string, added: string, more: Partial<RankCandidate> = {}): RankCandidate => ({
  id,
  system: id,
  patch: normalisePatch(PATCH.replace('g(x)', added)),
  reward: null,
  p: null,
  ...more,
});
const idsOf = (candidates: readonly RankCandidate[]): (string | number)[] => rankCandidates(candidates).map((item) => item.id);

describe('ranking', () => {
  test('facts, then agreement', async () => {
    const bad = await rewardOf([['a.py', 'y = f(x)\n', 'y = bad_a\n']]);
    const good = await rewardOf([['a.py', 'y = f(x)\n', 'y = g(x)\n']]);
    const ranked = rankCandidates([candidate('bad', 'g(x)', { reward: bad }), candidate('good', 'g(x)', { reward: good }), candidate('odd', 'h(1, 2, 3)', { reward: good })]);
    expect(ranked.map((item) => item.id)).toEqual(['good', 'odd', 'bad']);
    expect(ranked[2]?.reasons).toContain('1 introduced, 0 fixed');
  });

  test('a critical gate rules out, and ties share a rank', async () => {
    const broken = await rewardOf([['a.py', 'y = f(x)\n', 'y = (\n']]);
    const ranked = rankCandidates([candidate('b', 'g(x)'), candidate('a', 'g(x)'), candidate('c', 'g(x)', { reward: broken, p: 0.99 })]);
    expect(ranked.map(({ id, rank }) => [id, rank])).toEqual([['a', 1], ['b', 1], ['c', 3]]);
    expect(ranked[2]).toMatchObject({ score: 0, reasons: expect.arrayContaining(['ruled out by the gate parse-broken']) as unknown });
  });

  test('copies and a busy system do not buy agreement', () => {
    const honest = [candidate('one', 'g(x)'), candidate('two', 'g(x)'), candidate('bad', 'h(1, 2, 3)')];
    const flooded = [...honest, ...Array.from({ length: 10 }, (_, index) => candidate(`copy${String(index)}`, 'h(1, 2, 3)', { system: 'bad' }))];
    const scoreIn = (candidates: readonly RankCandidate[], id: string): number => rankCandidates(candidates).find((item) => item.id === id)?.score ?? -1;
    expect(scoreIn(flooded, 'bad')).toBe(scoreIn(honest, 'bad'));
    expect(scoreIn(flooded, 'one')).toBe(scoreIn(honest, 'one'));
  });

  test('P6: the order of the input has no part in it', () => {
    const some = fc.record({ text: fc.constantFrom('g(x)', 'h(x)', 'g(x, 1)', 'k()'), system: fc.constantFrom('a', 'b', 'c', null), p: fc.option(fc.double({ min: 0, max: 1, noNaN: true })) });
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 8 }), fc.integer(), (items, seed) => {
        const candidates = items.map((item, index) => candidate(String(index), item.text, { system: item.system, p: item.p }));
        const shuffled = [...candidates].sort((a, b) => ((Number(a.id) * 7919 + seed) % 13) - ((Number(b.id) * 7919 + seed) % 13));
        expect(rankCandidates(shuffled)).toEqual(rankCandidates(candidates));
        for (const { score } of rankCandidates(candidates)) expect(score >= 0 && score <= 1).toBe(true);
      }),
    );
  });

  test('a higher p never ranks lower, and a gate caps it', async () => {
    expect(idsOf([candidate('a', 'g(x)', { p: 0.2 }), candidate('b', 'g(x)', { p: 0.8 })])).toEqual(['b', 'a']);
    const reward = await rewardOf([['a.ts', 'f(1);\n', 'f(1 as any);\n']]);
    const [sure, unsure] = rankCandidates([candidate('a', 'g(x)', { p: 0.99, reward }), candidate('b', 'g(x)', { p: 0.5, reward })]);
    expect(sure?.score).toBe(unsure?.score);
  });

  test('a candidate without facts never beats the worst that has some by them', async () => {
    const bad = await rewardOf([['a.py', 'y = f(x)\n', 'y = bad_a\n']]);
    const [first, second] = rankCandidates([candidate('a', 'g(x)', { reward: bad }), candidate('b', 'g(x)')]);
    expect(second?.score).toBe(first?.score);
  });

  test('no candidates, one candidate, bad weights', () => {
    expect(rankCandidates([])).toEqual([]);
    expect(rankCandidates([candidate('a', 'g(x)')])).toMatchObject([{ rank: 1, score: 0.5 }]);
    expect(() => rankCandidates([], { ...DEFAULT_RANK_WEIGHTS, facts: -1 })).toThrow(/0 or more/);
  });
});
