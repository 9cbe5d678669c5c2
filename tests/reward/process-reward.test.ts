import { describe, expect, test } from 'vitest';
import { processReward } from '../../src/reward/process-reward.js';
import { factsOf, gateNames, pairsOf, rewardOf, type Change } from './fake-checker.js';

const FUNCTION = 'def area(width, height):\n    result = width * height\n    return result\n';

function codes(items: readonly { readonly code: string | number | null }[]): (string | number | null)[] {
  return items.map((item) => item.code);
}

describe('the reward of a step', () => {
  test('an introduced error costs what φ_D loses', async () => {
    const reward = await rewardOf([['a.py', FUNCTION, FUNCTION.replace('width * height', 'bad_attr * height')]]);
    expect(codes(reward.diagnostics?.introduced ?? [])).toEqual(['attr']);
    expect(reward.W.after).toMatchObject({ introduced: 1, preexisting: 0, total: 1 });
    const weight = 0.45 / 0.75;
    expect(reward.weights.phiD).toBeCloseTo(weight, 12);
    expect(reward.r).toBeCloseTo(weight * (5 / 6 - 1), 12);
    expect(reward.paper.r).toBeCloseTo(-0.5 + 0.4, 12);
  });

  test('a fixed error in an edited declaration pays, one elsewhere does not count at all', async () => {
    const before = `${FUNCTION}\ndef other():\n    return bad_attr\n`;
    const elsewhere = await rewardOf([['a.py', before, before.replace('bad_attr', '1')]]);
    expect(codes(elsewhere.diagnostics?.fixed ?? [])).toEqual(['attr']);
    expect(elsewhere.r).toBeGreaterThan(0);
    const unscoped = await rewardOf([['a.py', before, before.replace('bad_attr', '1')]], {}, { scope: [] });
    expect(unscoped.r).toBe(0);
  });

  test('one fixed and one introduced error are shown as both', async () => {
    const before = 'def f():\n    return bad_attr + 1\n\n\ndef g(alpha, beta):\n    return alpha\n';
    const after = 'def f():\n    return 2 + 1\n\n\ndef g(alpha, beta):\n    if beta: return [bad_attr, alpha]\n    return alpha\n';
    const reward = await rewardOf([['a.py', before, after]]);
    expect(codes(reward.diagnostics?.fixed ?? [])).toEqual(['attr']);
    expect(codes(reward.diagnostics?.introduced ?? [])).toEqual(['attr']);
    expect(reward.paper).toMatchObject({ diagnosticsBefore: 1, diagnosticsAfter: 1 });
  });

  test.each<[string, Change]>([
    ['a comment', ['a.py', FUNCTION, FUNCTION.replace('result\n', 'result  # done\n')]],
    ['white space', ['a.py', FUNCTION, FUNCTION.replace('width * height', 'width  *  height')]],
    ['line ends', ['a.py', FUNCTION, FUNCTION.replaceAll('\n', '\r\n')]],
    ['nothing', ['README', 'same\n', 'same\n']],
    ['a line break in parentheses', ['a.ts', 'f(1, 2);\n', 'f(\n  1, // one\n  2);\n']],
  ])('%s alone pays nothing, and a gate says so', async (_name, change) => {
    const reward = await rewardOf([change]);
    expect(gateNames(reward)).toEqual(['no-op']);
    expect(reward.r).toBe(0);
  });

  test.each<[string, Change]>([
    ['indentation that means something', ['a.py', 'if a:\n    b()\nc()\n', 'if a:\n    b()\n    c()\n']],
    ['a created file', ['__init__.py', null, '']],
    ['a renamed file', ['a.py', FUNCTION, FUNCTION, 'b.py']],
    ['a type comment', ['a.py', 'x = []\n', 'x = []  # type: list[int]\n']],
    ['a file without grammar', ['notes', 'a\n', 'a \n']],
    ['JSDoc in a script', ['a.js', 'let a = f();\n', '/** @type {number} */\nlet a = f();\n']],
  ])('%s is a change', async (_name, change) => {
    expect(gateNames(await rewardOf([change]))).not.toContain('no-op');
  });

  test('a file that has a server and was not measured gives no number', async () => {
    const failed = [{ path: 'a.py', reason: 'the server died' }];
    const reward = await rewardOf([['a.py', FUNCTION, '']], {}, { coverage: { tier: 'dependents', touched: [], dependents: [], measured: [], unmeasured: [], excluded: [], failed, proved: [], complete: false, disproved: null, overBudget: [] } });
    expect(reward).toMatchObject({ r: null, abstain: true, abstainReason: 'a.py: the server died', diagnostics: null, paper: { r: null } });
  });

  test('a deleted function with errors gets no credit', async () => {
    const before = `${FUNCTION}\ndef broken():\n    bad_a()\n    bad_b()\n    bad_c()\n`;
    const reward = await rewardOf([['a.py', before, FUNCTION]]);
    expect(codes(reward.diagnostics?.removed ?? [])).toEqual(['a', 'b', 'c']);
    expect(reward.r).toBe(0);
  });

  test('a renamed file keeps its diagnostics', async () => {
    const reward = await rewardOf([['a.py', 'x = bad_a\n', 'x = bad_a\n', 'pkg/b.py']]);
    expect(reward.diagnostics).toMatchObject({ introduced: [], fixed: [], removed: [], updated: [] });
    expect(reward.diagnostics?.persisting.map((item) => item.uri)).toEqual(['pkg/b.py']);
    expect(reward.r).toBe(0);
  });

  test('a moved function, within its file or to another, brings nothing new', async () => {
    const broken = 'def broken(value):\n    text = bad_call(value)\n    return text.strip()\n';
    const within = await rewardOf([['a.py', `${broken}\n${FUNCTION}`, `${FUNCTION}\n${broken}`]]);
    expect(within.diagnostics).toMatchObject({ introduced: [], fixed: [], removed: [], updated: [] });
    const across = await rewardOf([
      ['a.py', `${broken}\n${FUNCTION}`, FUNCTION],
      ['b.py', 'import os\n', `import os\n\n${broken}`],
    ]);
    expect(across.diagnostics).toMatchObject({ introduced: [], fixed: [], removed: [] });
    expect(across.diagnostics?.updated).toHaveLength(1);
    expect(across.r).toBe(0);
  });

  test('a renamed function keeps its diagnostics', async () => {
    const before = 'def broken(value):\n    text = bad_call(value)\n    return text.strip()\n\n\nbroken(1) + bad_b\n';
    const reward = await rewardOf([['a.py', before, before.replaceAll('broken', 'mended')]]);
    expect(reward.diagnostics).toMatchObject({ introduced: [], fixed: [], removed: [] });
    expect(codes(reward.diagnostics?.persisting ?? [])).toEqual(['call']);
    expect(reward.diagnostics?.updated.map((pair) => pair.after.code)).toEqual(['b']);
  });

  test('an added suppression is measured as if it were not there, and costs', async () => {
    const broken = FUNCTION.replace('width * height', 'bad_attr * height');
    const hidden = FUNCTION.replace('width * height', 'bad_attr * height  # type: ignore  # because');
    const plain = await rewardOf([['a.py', FUNCTION, broken]]);
    const reward = await rewardOf([['a.py', FUNCTION, hidden]]);
    expect(reward.diagnostics?.introduced).toEqual([]);
    expect(codes(reward.neutralDiagnostics?.introduced ?? [])).toEqual(['attr']);
    expect(reward.neutralised).toMatchObject([{ kind: 'suppression-added', text: '# type: ignore', uri: 'a.py', range: [1, 32, 1, 46] }]);
    expect(gateNames(reward)).toEqual(['suppression-added']);
    expect(reward.r).toBeLessThan(plain.r ?? 0);
    expect(reward.paper.diagnosticsAfter).toBe(1);
  });

  test('hiding an old error pays nothing', async () => {
    const before = FUNCTION.replace('width * height', 'bad_attr * height');
    const reward = await rewardOf([['a.py', before, before.replace('* height', '* height  # type: ignore')]]);
    expect(reward.neutralDiagnostics).toMatchObject({ introduced: [], fixed: [], removed: [], updated: [], persisting: [{ code: 'attr' }] });
    expect(reward.r).toBeLessThan(0);
  });

  test('taking a suppression away shows its error on both sides', async () => {
    const before = FUNCTION.replace('width * height', 'bad_attr * height  # type: ignore');
    const reward = await rewardOf([['a.py', before, before.replace('  # type: ignore', '')]]);
    expect(codes(reward.diagnostics?.introduced ?? [])).toEqual(['attr']);
    expect(reward.neutralDiagnostics).toMatchObject({ introduced: [], persisting: [{ code: 'attr' }] });
    expect(reward.r).toBe(0);
  });

  test('TypeScript renamed to JavaScript mends nothing', async () => {
    const reward = await rewardOf([['a.ts', 'const x = f(bad_a);\n', 'const x = f(1);\n', 'a.js']]);
    expect(gateNames(reward)).toEqual(['scope-escape']);
    expect(reward.neutralDiagnostics).toMatchObject({ fixed: [], removed: [{ code: 'a' }] });
  });

  test('a file moved to an excluded folder keeps its debt', async () => {
    const pairs = await pairsOf([['src/a.py', 'call(bad_a)\n', 'call(bad_a)\n', 'build/a.py']]);
    const [pair] = pairs;
    if (pair?.after == null) throw new Error('no pair');
    const facts = factsOf([{ ...pair, after: { ...pair.after, diagnostics: [], neutral: [] } }]);
    const reward = processReward({ ...facts, coverage: { ...facts.coverage, excluded: ['build/a.py'] } });
    expect(gateNames(reward)).toEqual(['scope-escape']);
    expect(reward.neutralDiagnostics).toMatchObject({ fixed: [], removed: [{ code: 'a' }] });
    expect(reward.r).toBeLessThan(0);
  });

  test('a file renamed out of its checker keeps its debt, and a gate says so', async () => {
    const [pair] = await pairsOf([['a.ts', 'const x = bad_a;\n', 'const x = bad_a;\n', 'a.txt']]);
    if (pair?.after == null) throw new Error('no pair');
    const facts = factsOf([{ ...pair, after: { ...pair.after, diagnostics: null, neutral: null } }]);
    const reward = processReward({ ...facts, coverage: { ...facts.coverage, unmeasured: [{ path: 'a.txt', reason: 'no server' }] } });
    expect(gateNames(reward)).toEqual(['scope-escape']);
    expect(codes(reward.neutralDiagnostics?.removed ?? [])).toEqual(['a']);
    expect(reward.r).toBeLessThan(0);
  });
});
