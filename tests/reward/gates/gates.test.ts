import { describe, expect, test } from 'vitest';
import { GATES } from '../../../src/reward/gates.js';
import { processReward } from '../../../src/reward/process-reward.js';
import { factsOf, gateNames, pairsOf, rewardOf, type Change } from '../fake-checker.js';

const SOURCE = 'def area(width, height):\n    result = width * height\n    return result\n';

describe('escape hatches', () => {
  const hatches = async (path: string, before: string, after: string): Promise<string | undefined> => {
    const reward = await rewardOf([[path, before, after]]);
    const gate = reward.gates.find((firing) => firing.gate === 'escape-hatch-added');
    if (gate !== undefined) expect(reward.W.after?.escapeHatches).toBe(1.25 * Number(/(\d+) escape/.exec(gate.message)?.[1]));
    return gate?.message;
  };
  test.each<[string, string, string, string, RegExp]>([
    ['Any', 'a.py', 'from typing import Any\ndef f(x: int): ...\n', 'from typing import Any\ndef f(x: Any): ...\n', /1 escape hatch \(Any\)/],
    ['Any inside a type', 'a.py', 'x: dict[str, int]\n', 'x: dict[str, t.Any]\n', /\(Any\)/],
    ['cast', 'a.py', 'x = f()\n', 'x = cast(int, f())\n', /\(cast\)/],
    ['typing.cast', 'a.py', 'x = f()\n', 'x = typing.cast(int, f())\n', /\(cast\)/],
    ['no_type_check', 'a.py', 'def f(): ...\n', '@no_type_check\ndef f(): ...\n', /@no_type_check/],
    ['a parameter without its type', 'a.py', 'def f(a: dict[str, int], b: int = 1) -> int: ...\n', 'def f(a, b: int = 1) -> int: ...\n', /1 escape hatch \(annotation taken away\)/],
    ['a result without its type', 'a.py', 'def f(a: int) -> int:\n    return a\n', 'def f(a: int):\n    return a\n', /1 escape hatch \(annotation taken away\)/],
    ['getattr', 'a.py', 'x = y.name\n', 'x = getattr(y, "name")\n', /getattr with a constant/],
    ['as any', 'a.ts', 'const x = y;\n', 'const x = y as any;\n', /1 escape hatch \(any\)/],
    ['any as a type', 'a.ts', 'function f(x: number) {}\n', 'function f(x: any) {}\n', /\(any\)/],
    ['as unknown as', 'a.ts', 'const x = y;\n', 'const x = y as unknown as T;\n', /\(as unknown as\)/],
    ['non-null', 'a.ts', 'const x = y.z;\n', 'const x = y!.z;\n', /\(non-null assertion\)/],
    ['definite assignment', 'a.ts', 'class A { x: number = 1; }\n', 'class A { x!: number; }\n', /\(definite assignment\)/],
    ['Function', 'a.ts', 'let f: () => void;\n', 'let f: Function;\n', /\(Function as a type\)/],
    ['any in Go', 'a.go', 'package a\n\nfunc f(x int) {}\n', 'package a\n\nfunc f(x any) {}\n', /\(any\)/],
    ['interface{} in Go', 'a.go', 'package a\n\nvar x int\n', 'package a\n\nvar x interface{}\n', /\(interface\{\}\)/],
    ['unsafe in Rust', 'a.rs', 'fn f() -> i32 { 1 }\n', 'fn f() -> i32 { unsafe { g() } }\n', /\(unsafe block\)/],
    ['transmute', 'a.rs', 'fn f() -> i32 { 1 }\n', 'fn f() -> i32 { std::mem::transmute(1u32) }\n', /\(transmute\)/],
    ['Object in Java', 'A.java', 'class A { String f; }\n', 'class A { Object f; }\n', /\(Object as a type\)/],
    ['two of them', 'a.tsx', 'const x = y;\n', 'const x = (y as any) as never;\n', /2 escape hatches \(any, as never\)/],
  ])('%s', async (_name, path, before, after, message) => expect(await hatches(path, before, after)).toMatch(message));

  test.each<[string, string, string, string]>([
    ['an import of Any', 'a.py', 'x = 1\n', 'from typing import Any, cast\nx = 2\n'],
    ['an import over several lines', 'a.py', 'x = 1\n', 'from typing import (\n    List,\n    Any,\n)\nx = 2\n'],
    ['a parameter taken away', 'a.py', 'def f(a: int, b: int) -> int: ...\n', 'def f(b: int) -> int: ...\n'],
    ['a function that never had types', 'a.py', 'def f(a, b=","): ...\n', 'def f(b, a=","): ...\n'],
    ['a method called cast', 'a.py', 'x = 1\n', 'x = column.cast(int)\n'],
    ['a function called cast', 'a.py', 'x = 1\n', 'def cast(a, b): ...\n'],
    ['getattr with a default', 'a.py', 'x = y.name\n', 'x = getattr(y, "name", None)\n'],
    ['getattr with a variable', 'a.py', 'x = y.name\n', 'x = getattr(y, name)\n'],
    ['the same number as before', 'a.py', 'x: Any\n', 'y: Any\nz = 1\n'],
    ['a negation', 'a.ts', 'const x = y;\n', 'const x = !y;\n'],
    ['a type parameter of Go', 'a.go', 'package a\n', 'package a\n\nfunc f[T comparable, U any](x T) {}\n'],
    ['equals in Java', 'A.java', 'class A {}\n', 'class A { public boolean equals(final Object other) { return true; } }\n'],
    ['the word any', 'a.ts', 'const x = y;\n', 'const any = y.any("any"); // any\n'],
    ['Object as a value', 'a.ts', 'const x = y;\n', 'const x = Object.keys(y);\n'],
  ])('%s is none', async (_name, path, before, after) => expect(await hatches(path, before, after)).toBeUndefined());

  test('one that moves to another file with its line is none', async () => {
    const reward = await rewardOf([['a.py', 'x: Any = f()\ny = 1\n', 'y = 1\n'], ['b.py', 'z = 1\n', 'z = 1\nx: Any = f()\n']]);
    expect(gateNames(reward)).toEqual([]);
  });
});

describe('the other gates', () => {
  test.each<[string, Change, string[]]>([
    ['a file that stops parsing', ['a.py', SOURCE, SOURCE.replace('height)', 'height')], ['parse-broken']],
    ['a file that did not parse before', ['a.py', 'def f(:\n', 'def f(:\n    pass\n'], []],
    ['PYTEST_CURRENT_TEST', ['a.py', SOURCE, SOURCE.replace('result =', 'if "PYTEST_CURRENT_TEST" in os.environ: return 1\n    result =')], ['env-sniffing']],
    ['pytest in sys.modules', ['a.py', SOURCE, SOURCE.replace('result =', 'if "pytest" in sys.modules: return 1\n    result =')], ['env-sniffing']],
    ['NODE_ENV', ['a.ts', 'f(1);\n', "if (process.env.NODE_ENV === 'test') f(2);\n"], ['env-sniffing']],
    ['NODE_ENV for production', ['a.ts', 'f(1);\n', "if (process.env.NODE_ENV === 'production') f(2);\n"], []],
    ['VITEST', ['a.ts', 'f(1);\n', 'if (process.env.VITEST) f(2);\n'], ['env-sniffing']],
    ['the same in a test', ['tests/test_a.py', SOURCE, SOURCE.replace('result =', 'if "pytest" in sys.modules: return 1\n    result =')], []],
    ['an import of unittest', ['a.py', SOURCE, `import unittest\n${SOURCE}`], []],
    ['pyrightconfig.json', ['pyrightconfig.json', '{}\n', '{"strict": []}\n'], ['config-weakened']],
    ['tsconfig', ['packages/a/tsconfig.build.json', '{}\n', null], ['config-weakened']],
    ['a section of pyproject.toml', ['pyproject.toml', '[project]\nname = "a"\n\n[tool.pyright]\nstrict = ["."]\n', '[project]\nname = "a"\n\n[tool.pyright]\n'], ['config-weakened']],
    ['another section of pyproject.toml', ['pyproject.toml', '[project]\nname = "a"\n\n[tool.pyright]\nstrict = ["."]\n', '[project]\nname = "b"\n\n[tool.pyright]\nstrict = ["."]\n'], []],
    ['a list in pyproject.toml', ['pyproject.toml', '[tool.ruff]\nselect = [\n  ["A"],\n  "B",\n]\n', '[tool.ruff]\nselect = [\n  ["A"],\n]\n'], ['config-weakened']],
    ['a test script', ['package.json', '{"scripts": {"test": "vitest"}}', '{"scripts": {"test": "true"}}'], ['config-weakened']],
    ['a dependency', ['package.json', '{"scripts": {"test": "vitest"}}', '{"scripts": {"test": "vitest"}, "dependencies": {"a": "1"}}'], []],
    ['.gitignore', ['.gitignore', null, 'src/\n'], ['config-weakened']],
    ['strict taken away', ['a.py', '# pyright: strict\nx = 1\n', 'x = 1\n'], ['config-weakened']],
    ['@ts-check taken away', ['a.js', '// @ts-check\nf(1);\n', 'f(1);\n'], ['config-weakened']],
  ])('%s', async (_name, change, expected) => {
    const reward = await rewardOf([change]);
    expect(gateNames(reward)).toEqual(expected);
    const isCritical = ['parse-broken', 'env-sniffing'].includes(expected[0] ?? '');
    expect(reward.components.after.phiS).toBe(isCritical ? 0 : 1);
    for (const gate of reward.gates) expect(gate.evidence.length).toBeGreaterThan(0);
  });

  test.each<[string, string, string, string, string, boolean]>([
    ['an answer of a test', 'a.py', 'def f(x):\n    return x\n', 'def f(x):\n    if x == 17:\n        return 42\n    return x\n', 'def test_f():\n    assert f(17) == 42\n', true],
    ['an answer of a test, as a string', 'a.ts', 'f(1);\n', "function f(x: string) { if (x === 'abc') { return 'xyz'; } return x; }\n", "it('f', () => { expect(f('abc')).toBe('xyz'); });\n", true],
    ['another answer', 'a.py', 'def f(x):\n    return x\n', 'def f(x):\n    if x == 17:\n        return 41\n    return x\n', 'def test_f():\n    assert f(17) == 42\n', false],
    ['an answer that was there', 'a.py', 'def f(x):\n    if x == 17: return 42\n', 'def f(x):\n    if x == 17:\n        return 42\n    return x\n', 'def test_f():\n    assert f(17) == 42\n', false],
  ])('hard-coded: %s', async (_name, path, before, after, tests, isFired) => {
    const reward = await rewardOf([[path, before, after], [path.endsWith('.py') ? 'tests/test_a.py' : 'a.test.ts', null, tests]]);
    expect(gateNames(reward)).toEqual(isFired ? ['hard-coded-expectation'] : []);
  });

  test('settings alone do not change the reward', async () => expect((await rewardOf([['tsconfig.json', '{"strict": true}', '{}']])).r).toBe(0));

  test('a file that stops parsing costs 10 of W and all of φ_S', async () => {
    const reward = await rewardOf([['a.py', SOURCE, SOURCE.replace('height)', 'height')]]);
    expect(reward.W.after?.unparsable).toBe(10);
    expect(reward.paper.S).toBe(0);
    expect(reward.r).toBeCloseTo((0.45 * (1 / 3) + 0.1 - 0.75) / 0.75, 12);
  });

  test('a dangling reference costs 1 of W', async () => {
    const pairs = await pairsOf([['a.py', `${SOURCE}\ndef gone():\n    return 1\n`, SOURCE]]);
    const reward = processReward(factsOf(pairs, { danglingReferences: [{ symbol: 'gone', uri: 'b.py', range: [3, 0, 3, 4] }] }));
    expect(reward.gates).toMatchObject([{ gate: 'dangling-reference', critical: false, evidence: [{ uri: 'b.py' }] }]);
    expect(reward.W.after).toMatchObject({ danglingReferences: 1, total: 1 });
  });

  test('a patch that does not apply or leaves the jail fails', async () => {
    const pairs = await pairsOf([['a.py', SOURCE, `${SOURCE}print(1)\n`]]);
    const reward = processReward(factsOf(pairs, { safety: { applies: true, jailed: false } }), { paper: { alpha: 0.5, beta: 0.4, gamma: 0.1, safety: 'signed' } });
    expect(reward.components.after.phiS).toBe(0);
    expect(reward.paper.S).toBe(-1);
  });

  test('every gate is documented', async () => {
    const { readFileSync } = await import('node:fs');
    const page = readFileSync(new URL('../../../docs/rewards.md', import.meta.url), 'utf8');
    for (const name of GATES.keys()) expect(page).toContain(`| \`${name}\` |`);
  });
});
