import { expect, test } from 'vitest';
import type { ProcessReward } from '../../../src/base/process-reward.js';
import { TemporaryRepository } from '../../workspace/temporary-repository.js';
import { openEngine } from '../open-engine.js';

const FILES = {
  'money.py': 'def total(prices: list[int]) -> int:\n    return sum(prices)\n',
  'report.py': 'from money import total\n\nline: str = str(total([1]))\n',
  'script.py': 'from money import total\n\nprint(total([1]))\n',
  'waiting.py': 'import spaces\nfrom later import late\n\nn: int = late()\nprint(spaces.inner.x)\n',
  'pkg/__init__.py': '__all__ = ["listed"]\n',
  'pkg/part.py': 'from enum import Enum\n\n\nclass Kind(Enum):\n    ONE = 1\n',
  'taker.py': 'import pkg\nfrom pkg import *\n\nprint(listed.x, pkg.named.y)\n',
  'tests/test_money.py': 'from money import total\n\n\ndef test_total() -> None:\n    assert total([1]) == 1\n',
};
const OTHER = { 'money.py': FILES['money.py'].replace('sum(prices)', 'sum(list(prices))') };
const moved = (from: string, to: string): string => `diff --git a/${from} b/${to}\nsimilarity index 100%\nrename from ${from}\nrename to ${to}\n`;

const CASES: [string, string | Readonly<Record<string, string | null>>, boolean][] = [
  ['a script that nobody imports', { ...OTHER, 'reproduce.py': 'from money import total\n\ntotal("")\n' }, true],
  ['a test', { ...OTHER, 'tests/test_again.py': 'from money import total\n\ntotal("")\n' }, true],
  ['a script in a folder of its own', { ...OTHER, 'attempts/one_try.py': 'x: int = ""\n' }, true],
  ['a script that goes', { ...OTHER, 'script.py': null }, true],
  ['a script that moves', moved('script.py', 'attempt.py'), true],
  ['two of which one imports the other', { ...OTHER, 'attempt.py': 'def f() -> int:\n    return 1\n', 'attempts/one_try.py': 'from attempt import f\n\nx: str = f()\n' }, true],
  ['a file that an edited one begins to import', { 'money.py': 'from helping import add\n\n\ndef total(prices: list[int]) -> int:\n    return add(prices)\n', 'helping.py': 'def add(x: list[int]) -> int:\n    return sum(x)\n' }, true],
  ['data', { ...OTHER, 'tests/data.json': '{}\n', 'tests/more.toml': 'x = 1\n' }, true],
  ['what tells where settings are looked for', { ...OTHER, 'pyproject.toml': '[project]\nname = "p"\n' }, false],
  ['a module that another file waits for', { ...OTHER, 'later.py': 'def late() -> str:\n    return ""\n' }, false],
  ['a folder that another file waits for', { ...OTHER, 'spaces/inner.py': 'x = 1\n' }, false],
  ['what a package lists', { ...OTHER, 'pkg/listed.py': 'x = 1\n' }, false],
  ['what may be a member of a package', { ...OTHER, 'pkg/named.py': 'y = 1\n' }, false],
  ['a package', { ...OTHER, 'tests/__init__.py': '' }, false],
  ['a name of the standard library', { ...OTHER, 'types.py': 'x = 1\n' }, false],
  ['what a checker takes for built in', { ...OTHER, '__builtins__.pyi': 'late: int\n' }, false],
  ['a stub beside its module', { 'money.pyi': 'def total(prices: list[str]) -> int: ...\n' }, false],
  ['a module that goes', { 'money.py': null }, false],
  ['a module that moves', moved('money.py', 'means.py'), false],
];

test('files that come, go or move are no reason to ask about others where nobody can see it; else all that may see it are', { timeout: 240_000 }, async () => {
  const repository = new TemporaryRepository(FILES);
  const engine = await openEngine(repository.top);
  for (const [name, step, isProvable] of CASES) {
    const patch = typeof step === 'string' ? step : repository.patchOf(step);
    const reward = async (args: Record<string, boolean>): Promise<ProcessReward | null> => (await engine.run({ cmd: 'reward', args: { patch, model: false, ...args } })).processReward;
    const [usual, exact, verified] = [await reward({}), await reward({ exact: true }), await reward({ exact: true, verify: true })];
    expect(usual?.coverage.complete, name).toBe(isProvable);
    expect(verified?.coverage.disproved, name).toEqual([]);
    expect(exact?.diagnostics, name).toEqual(verified?.diagnostics);
    const { introduced, fixed } = verified?.diagnostics ?? {};
    expect(usual?.diagnostics, name).toMatchObject({ introduced, fixed });
  }
});
