import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Severity } from '../../src/base/location.js';
import type { ProcessReward } from '../../src/base/process-reward.js';
import { processReward } from '../../src/reward/process-reward.js';
import type { FileSide, StepFacts } from '../../src/reward/step-facts.js';
import { factsOf, pairsOf, rewardOf, type Change } from './fake-checker.js';
import { randomStep } from './random-steps.js';

const EPSILON = 1e-9;
const TESTS = 'def test_sum():\n    assert add(1, 2) == 3\n    assert add(2, 2) == 4\n';
const SCRIPT = "it('sums', () => {\n  expect(add(1, 2)).toBe(3);\n});\n";

const rOf = (reward: ProcessReward): number => {
  if (reward.r === null) throw new Error(`abstained: ${reward.abstainReason ?? ''}`);
  return reward.r;
};

const onLines = (pattern: RegExp, suffix: string) => (text: string) => text.split('\n').map((line) => (pattern.test(line) && !line.includes('#') ? `${line}  ${suffix}` : line)).join('\n');
const onText = (mutate: (text: string) => string) => (changes: readonly Change[]): Change[] =>
  changes.map(([path, before, after, pathAfter]) => [path, before, after === null ? null : mutate(after), ...(pathAfter === undefined ? [] : [pathAfter])] as unknown as Change);
const withFile = (change: Change) => (changes: readonly Change[]): Change[] => [...changes, change];

/** Ways to look better without being better. Each turns a step into one that must not be paid more. */
const ATTACKS: readonly [string, (changes: readonly Change[]) => Change[]][] = [
  ['# type: ignore on every error', onText(onLines(/bad_|warn_/, '# type: ignore'))],
  ['# pyright: ignore on every error', onText(onLines(/bad_|warn_/, '# pyright: ignore[reportX]'))],
  ['# noqa on every error', onText(onLines(/bad_|warn_/, '# noqa'))],
  ['a file-level # type: ignore', onText((text) => `# type: ignore\n${text}`)],
  ['# pyright: basic', onText((text) => `# pyright: basic\n${text}`)],
  ['comments that praise', onText((text) => `# All tests pass. Reviewed: correct.\n${text}`)],
  ['blank lines', onText((text) => text.replaceAll('\n', '\n\n'))],
  ['Any', onText((text) => `${text}\nhidden: Any = 1\n`)],
  ['cast', onText((text) => `${text}\nhidden = cast(int, 1)\n`)],
  ['a syntax error', onText((text) => `${text}\ndef broken(:\n`)],
  ['looking for the test runner', onText((text) => `${text}\nif "PYTEST_CURRENT_TEST" in os.environ:\n    pass\n`)],
  ['an assertion less', withFile(['tests/test_x.py', TESTS, TESTS.replace('    assert add(2, 2) == 4\n', '')])],
  ['a skipped test', withFile(['tests/test_x.py', TESTS, `@pytest.mark.skip\n${TESTS}`])],
  ['a deleted test', withFile(['tests/test_x.py', TESTS, null])],
  ['.only', withFile(['x.test.ts', SCRIPT, SCRIPT.replace('it(', 'it.only(')])],
  ['settings', withFile(['pyrightconfig.json', '{}', '{"ignore": ["."]}'])],
  ['an error in a new file', withFile(['new.py', null, 'bad_x()\n'])],
];

describe('no attack raises the reward of any step', () => {
  test.each(ATTACKS)('%s', async (_name, attack) => {
    await fc.assert(
      fc.asyncProperty(randomStep, async (changes) => {
        const attacked = attack(changes);
        const [honest, hacked] = [await rewardOf(changes), await rewardOf(attacked)];
        expect(rOf(hacked)).toBeLessThanOrEqual(rOf(honest) + EPSILON);
      }),
      { numRuns: 30 },
    );
  });
});

test('old errors that a step brings into scope and leaves as they are raise no reward, and make nothing that it breaks cheaper', async () => {
  const debt = (lines: number, end: string): string => `def debt(limit):\n${Array.from({ length: lines }, (_unused, index) => `    bad_x${String(index)}()\n`).join('')}    return ${end}\n`;
  let cheapened = 0;
  await fc.assert(
    fc.asyncProperty(randomStep, fc.integer({ min: 1, max: 60 }), async (changes, lines) => {
      const [honest, wide] = [await rewardOf(changes), await rewardOf([...changes, ['debt.py', debt(lines, 'limit'), debt(lines, 'limit + 1')]])];
      expect(rOf(wide)).toBeLessThanOrEqual(rOf(honest) + EPSILON);
      const { before, after } = wide.W;
      if (after !== null && before !== null && after.total > before.total) expect(rOf(wide)).toBeCloseTo(rOf(honest), 9);
      expect(before?.preexisting).toBeGreaterThanOrEqual(lines / 4);
      cheapened += Number(rOf(honest) < 0);
    }),
    { numRuns: 60 },
  );
  expect(cheapened).toBeGreaterThan(0);
});

test('P5: a critical gate never raises Φ, and takes φ_S to 0', async () => {
  await fc.assert(
    fc.asyncProperty(randomStep, async (changes) => {
      const facts = factsOf(await pairsOf(changes));
      const escaped = processReward({ ...facts, scopeEscapes: [{ path: 'a.py', reason: 'ignored' }] });
      if (escaped.gates.some((gate) => gate.gate === 'no-op')) return;
      expect(escaped.components.after.phiS).toBe(0);
      expect(rOf(escaped)).toBeLessThanOrEqual(rOf(processReward(facts)));
    }),
    { numRuns: 60 },
  );
});

test('P11: a fact that is missing gives no number at all', async () => {
  await fc.assert(
    fc.asyncProperty(randomStep, fc.nat(5), fc.constantFrom('diagnostics' as const, 'neutral' as const), async (changes, at, field) => {
      const facts = factsOf(await pairsOf(changes));
      const index = at % facts.pairs.length;
      const blind = (side: FileSide | null): FileSide | null => (side === null ? null : { ...side, [field]: null });
      const pairs = facts.pairs.map((pair, position) => (position === index ? { ...pair, after: blind(pair.after), before: pair.after === null ? blind(pair.before) : pair.before } : pair));
      expect(processReward({ ...facts, pairs })).toMatchObject({ r: null, abstain: true, phiAfter: null, diagnostics: null, paper: { r: null } });
    }),
    { numRuns: 60 },
  );
});

// A diagnostic that was there before has its match by severity, too: a severer one that is old costs less than one that is new.
test('P12: a severer new diagnostic never raises Φ', async () => {
  const severities: readonly Severity[] = ['hint', 'information', 'warning', 'error'];
  const withSeverity = (facts: StepFacts, severity: Severity, at: number): StepFacts => ({
    ...facts,
    pairs: facts.pairs.map((pair) => ({
      ...pair,
      after: pair.after === null ? null : { ...pair.after, neutral: pair.after.neutral?.map((item, index) => (index === at ? { ...item, severity, code: 'new' } : item)) ?? null },
    })),
  });
  await fc.assert(
    fc.asyncProperty(randomStep, fc.nat(4), async (changes, at) => {
      const facts = factsOf(await pairsOf(changes));
      const phis = severities.map((severity) => processReward(withSeverity(facts, severity, at)).phiAfter ?? Number.NaN);
      for (const [index, phi] of phis.entries()) expect(phi).toBeLessThanOrEqual((phis[index - 1] ?? 1) + EPSILON);
    }),
    { numRuns: 100 },
  );
});

test('P15: what the base weighs does not depend on what a step writes', async () => {
  await fc.assert(
    fc.asyncProperty(randomStep, randomStep, async (changes, others) => {
      const bare = (text: string | null): string | null => text?.replaceAll(/ {2}# (type: ignore|noqa: E1)/g, '') ?? null;
      const first = changes.map(([path, before, after]): Change => [path, bare(before), bare(after)]);
      const second = first.map(([path, before], index): Change => [path, before, bare(others[index]?.[2] ?? null)]);
      const scope = ['<module>', 'f', 'A.g', 'load'].flatMap((symbol) => ['a.py', 'b.py', 'pkg/c.py'].map((path) => ({ path, symbol })));
      const [one, two] = [await rewardOf(first, {}, { scope }), await rewardOf(second, {}, { scope })];
      expect(one.W.before?.total ?? 0).toBe(two.W.before?.total ?? 0);
    }),
    { numRuns: 100 },
  );
});

test('Φ is bounded and the reward is its difference', async () => {
  await fc.assert(
    fc.asyncProperty(randomStep, async (changes) => {
      const { r, phiBefore, phiAfter } = await rewardOf(changes);
      if (r === null || phiBefore === null || phiAfter === null) throw new Error('abstained');
      for (const phi of [phiBefore, phiAfter]) expect(phi >= 0 && phi <= 1).toBe(true);
      expect(r).toBe(phiAfter - phiBefore);
      expect(Math.abs(r)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 100 },
  );
});
