import { expect, test } from 'vitest';
import type { ProcessReward } from '../../src/base/process-reward.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const FILES = {
  'pkg/__init__.py': '',
  'pkg/money.py': 'def total(prices: list[int]) -> int:\n    return sum(prices)\n\n\ndef guess(x: int):\n    return x\n\n\nclass Box:\n    def __init__(self) -> None:\n        self.size = 1\n',
  'pkg/between.py': 'from pkg.money import guess\n\n\ndef passed(x: int):\n    return guess(x)\n',
  'pkg/report.py': 'from pkg.money import Box, total\n\nsize: int = Box().size\nline: str = str(total([1]))\n',
  'pkg/far.py': 'from pkg.between import passed\n\nnumber: int = passed(1)\n',
  'pkg/apart.py': 'x: int = ""\n',
};

/** One engine prices all cases in turn: a fact of an earlier one must not leak into a later one. */
test('what the interfaces prove unchanged is not asked again, what changed is followed to the end, and verifying agrees', async () => {
  const repository = new TemporaryRepository(FILES);
  const engine = await openEngine(repository.top);
  const price = async (from: string, to: string, args: Record<string, boolean | string | number> = {}): Promise<ProcessReward> => {
    repository.write({ 'pkg/money.py': FILES['pkg/money.py'].replace(from, to) });
    const bundle = await engine.run({ cmd: 'reward', args });
    if (bundle.processReward === null) throw new Error(bundle.error?.message);
    return bundle.processReward;
  };
  const body = await price('return sum(prices)', 'return sum(list(prices))');
  expect(body.coverage).toMatchObject({ dependents: ['pkg/report.py'], proved: ['pkg/report.py'], complete: true });
  const inferred = await price('return x\n', 'return str(x)\n');
  expect(inferred.coverage).toMatchObject({ dependents: ['pkg/between.py', 'pkg/far.py'], proved: [], complete: true });
  expect(inferred.diagnostics?.introduced).toMatchObject([{ uri: 'pkg/far.py' }]);
  const same = await price('return x\n', 'return x + 1\n');
  expect(same.coverage).toMatchObject({ proved: ['pkg/between.py'], complete: true });
  const attribute = await price('self.size = 1', 'self.size = ""');
  expect(attribute.diagnostics?.introduced).toMatchObject([{ uri: 'pkg/report.py' }]);
  const exact = await price('return x\n', 'return str(x)\n', { tier: 'exact', verify: true });
  expect(exact.coverage).toMatchObject({ proved: ['pkg/__init__.py', 'pkg/apart.py', 'pkg/report.py'], disproved: [], complete: true });
  expect(exact.diagnostics?.introduced).toMatchObject([{ uri: 'pkg/far.py' }]);
  const unverified = await price('return x\n', 'return str(x)\n', { tier: 'exact' });
  expect(unverified.diagnostics).toEqual(exact.diagnostics);
  const touched = await price('return x\n', 'return str(x)\n', { tier: 'touched' });
  expect(touched.coverage).toMatchObject({ tier: 'touched', dependents: [], measured: ['pkg/money.py'], complete: false });
  const limited = await price('return x\n', 'return str(x)\n', { maxFiles: 0 });
  expect(limited.coverage).toMatchObject({ measured: ['pkg/money.py'], overBudget: ['pkg/between.py'], complete: false });
  const outside = await price('return x\n', 'return x\n\n\nassert total([])\n');
  expect(outside.coverage.complete).toBe(false);
  // Every file depends on the settings of its checker.
  repository.write({ 'pyrightconfig.json': '{"reportMissingImports": false}' });
  const settings = await price('return x\n', 'return x\n');
  expect(settings.coverage.measured).toEqual(Object.keys(FILES).sort());
  repository.write({ 'pyrightconfig.json': null });
});

test('the constants of the base\'s assay.json count, and a step cannot bring its own', async () => {
  const settings = (charge: number): string => JSON.stringify({ version: 1, reward: { escapeHatchCharge: charge, scope: 'edited' } });
  const repository = new TemporaryRepository({ 'a.py': 'x: int = 1\n', 'assay.json': settings(0) });
  const engine = await openEngine(repository.top);
  repository.write({ 'a.py': 'from typing import Any\n\nx: Any = 1\n', 'assay.json': settings(5) });
  const free = await engine.run({ cmd: 'reward', args: {} });
  expect(free.processReward?.W.after?.escapeHatches).toBe(0);
  expect(free.request.args['settings']).toEqual({ escapeHatchCharge: 0, scope: 'edited' });
  repository.commit({ 'a.py': 'x: int = 1\n', 'assay.json': '{"version": 1, "reward": {"tau": 0}}' });
  const refused = await engine.run({ cmd: 'reward', args: {} });
  expect(refused.error).toMatchObject({ code: 'E/BAD_ARGUMENT' });
});

test('what a file exports as a whole or by another name is seen by those who import it under names of their own', async () => {
  const repository = new TemporaryRepository({
    'tsconfig.json': '{"compilerOptions": {"strict": true, "module": "nodenext", "noEmit": true, "types": []}}\n',
    'src/total.ts': 'export default function total(count: number): number {\n  return count;\n}\nexport { total as sum };\n',
    'src/whole.ts': 'import anything from "./total.js";\nanything(1);\n',
    'src/named.ts': 'import { sum } from "./total.js";\nsum(1);\n',
    'src/apart.ts': 'export const apart = 1;\n',
  });
  repository.write({ 'src/total.ts': 'export default function total(count: string): number {\n  return count.length;\n}\nexport { total as sum };\n' });
  const { processReward } = await (await openEngine(repository.top)).run({ cmd: 'reward', args: { tier: 'exact' } });
  expect(processReward?.diagnostics?.introduced.map(({ uri, code }) => [uri, code])).toEqual([['src/named.ts', 2345], ['src/whole.ts', 2345]]);
  expect(processReward?.coverage).toMatchObject({ proved: ['src/apart.ts'], complete: true });
});

test('what re-exports a name is among those who refer to it', async () => {
  const repository = new TemporaryRepository({ 'tsconfig.json': '{"include": ["*.ts"]}', 'a.ts': 'export function kept(): void {}\nexport function gone(): void {}\n', 'b.ts': 'export { kept, gone } from "./a";\n', 'c.ts': 'export const apart = 1;\n' });
  const engine = await openEngine(repository.top);
  repository.write({ 'a.ts': 'export function kept(): void {}\n' });
  const { processReward } = await engine.run({ cmd: 'reward', args: {} });
  expect(processReward?.coverage).toMatchObject({ dependents: ['b.ts'], measured: ['a.ts', 'b.ts'] });
  expect(processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'b.ts', code: 2305 }]);
});

test('where a file shows what a step changes, those to which it passes that on are asked, the nearest first', async () => {
  const users = Array.from({ length: 12 }, (_unused, index) => `user${String(index).padStart(2, '0')}.py`);
  const repository = new TemporaryRepository({
    'root.py': 'def make() -> int:\n    return 1\n',
    'middle.py': 'from root import make\n\nvalue = make()\n',
    ...Object.fromEntries(users.map((path) => [path, 'from middle import value\n\ntext: str = value\n'])),
  });
  const engine = await openEngine(repository.top);
  const price = async (text: string): Promise<ProcessReward['diagnostics'] & { dependents: readonly string[] }> => {
    repository.write({ 'root.py': text });
    const { processReward } = await engine.run({ cmd: 'reward', args: {} });
    if (processReward?.diagnostics == null) throw new Error('not priced');
    return { ...processReward.diagnostics, dependents: processReward.coverage.dependents };
  };
  // The call that is wrong now has no type any more.
  const broken = await price('def make(more: int) -> int:\n    return more\n');
  expect(broken.dependents).toEqual(['middle.py', ...users.slice(0, 8)]);
  expect(broken.introduced.map(({ uri }) => uri)).toEqual(['middle.py']);
  expect(broken.fixed.map(({ uri }) => uri)).toEqual(users.slice(0, 8));
  const unseen = await price('def make(more: int = 1) -> int:\n    return more\n');
  expect([unseen.dependents, unseen.introduced, unseen.fixed]).toEqual([['middle.py'], [], []]);
});

test('what a file passes on is compared by what its server shows, so that no file is asked to which nothing else comes', async () => {
  const repository = new TemporaryRepository({
    'root.py': 'def make() -> int:\n    return 1\n',
    'told.py': 'from root import make\n\ndef told() -> int:\n    return make()\n',
    'held.py': 'from root import make\n\nclass Held:\n    def __init__(self) -> None:\n        self.total = make()\n        self.other = 1\n',
    'uses_told.py': 'from told import told\n\ntext: str = told()\n',
    ...Object.fromEntries(Array.from({ length: 9 }, (_unused, index) => [`apart${String(index)}.py`, 'from held import Held\nfrom told import told\n\nprint(Held().other, told())\n'])),
    'uses_held.py': 'from held import Held\n\ntext: str = Held().total\n',
  });
  const engine = await openEngine(repository.top);
  repository.write({ 'root.py': 'def make(more: int) -> int:\n    return more\n' });
  const { processReward } = await engine.run({ cmd: 'reward', args: {} });
  expect(processReward?.coverage.dependents).toEqual(['held.py', 'told.py', 'uses_held.py']);
  expect(processReward?.diagnostics?.introduced.map(({ uri }) => uri)).toEqual(['held.py', 'told.py']);
  expect(processReward?.diagnostics?.fixed.map(({ uri }) => uri)).toEqual(['uses_held.py']);
});

/** Twelve files that something else of the same files is passed on to, so that not all are asked. */
function many(text: string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 12 }, (_unused, index) => [`zz${String(index).padStart(2, '0')}.py`, text]));
}

test('who makes an object of a derived class sees another constructor, without a word of it', async () => {
  const repository = new TemporaryRepository({
    'base.py': 'class Base:\n    def __init__(self, text: str) -> None:\n        print(text)\n',
    'derived.py': 'from base import Base\n\n\nclass Derived(Base):\n    pass\n\n\ndef told(base: Base) -> str:\n    return str(base)\n',
    'further.py': 'from derived import Derived\n\n\nclass Further(Derived):\n    pass\n',
    'raises.py': 'from further import Further\n\nFurther("x")\n',
    ...many('from derived import told\n\nprint(told)\n'),
  });
  const engine = await openEngine(repository.top);
  repository.write({ 'base.py': 'class Base:\n    def __init__(self, text: str, more: int) -> None:\n        print(text, more)\n' });
  const { processReward } = await engine.run({ cmd: 'reward', args: {} });
  expect(processReward?.coverage.measured).toEqual(['base.py', 'derived.py', 'further.py', 'raises.py']);
  expect(processReward?.diagnostics?.introduced.map(({ uri, code }) => [uri, code])).toEqual([['raises.py', 'reportCallIssue']]);
});

test('who makes an object of a class that lacks what it must have is asked, without a word of it', async () => {
  const files = {
    'a.py': 'from abc import ABC, abstractmethod\n\n\nclass Base(ABC):\n    @abstractmethod\n    def one(self) -> int: ...\n',
    'b.py': 'from a import Base\n\n\nclass Leaf(Base):\n    def one(self) -> int:\n        return 1\n\n\ndef told(leaf: Leaf) -> str:\n    return str(leaf)\n',
    'c.py': 'from b import Leaf\n\nLeaf()\n',
  };
  const repository = new TemporaryRepository({ ...files, ...many('from b import told\n\nprint(told)\n') });
  const engine = await openEngine(repository.top);
  const steps = [
    { 'a.py': files['a.py'].replace('...', '...\n\n    @abstractmethod\n    def two(self) -> int: ...') },
    { 'b.py': files['b.py'].replace('def one', 'def three') },
  ];
  for (const step of steps) {
    repository.write({ ...files, ...step });
    const { processReward } = await engine.run({ cmd: 'reward', args: {} });
    expect(processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'c.py', code: 'reportAbstractUsage' }]);
    expect(processReward?.coverage.measured).toEqual(expect.arrayContaining(['b.py', 'c.py']));
    expect(processReward?.coverage.measured.length).toBeLessThan(12);
  }
});

test('what a protocol asks for is seen by whoever hands an object of another class to it', async () => {
  const repository = new TemporaryRepository({
    'asks.py': 'from typing import Protocol\n\n\nclass Writes(Protocol):\n    def write(self, text: str) -> int: ...\n\n\ndef use(to: Writes) -> None:\n    to.write("")\n',
    'has.py': 'class Paper:\n    def write(self, text: str) -> int:\n        return len(text)\n\n\ndef told(paper: Paper) -> str:\n    return str(paper)\n',
    'hands.py': 'from asks import use\nfrom has import Paper\n\nuse(Paper())\n',
    ...many('from has import told\n\nprint(told)\n'),
  });
  const engine = await openEngine(repository.top);
  repository.write({ 'has.py': 'class Paper:\n    def write(self, text: bytes) -> int:\n        return len(text)\n\n\ndef told(paper: Paper) -> str:\n    return str(paper)\n' });
  const { processReward } = await engine.run({ cmd: 'reward', args: {} });
  expect(processReward?.diagnostics?.introduced.map(({ uri, code }) => [uri, code])).toEqual([['hands.py', 'reportArgumentType']]);
  expect(processReward?.coverage.measured.length).toBeLessThan(12);
});

test('what the language calls by itself is seen by whoever has a value of the class', async () => {
  const repository = new TemporaryRepository({
    'table.py': 'class Table:\n    def __getitem__(self, key: str) -> int:\n        return len(key)\n',
    'holder.py': 'from table import Table\n\n\nclass Held:\n    def __init__(self) -> None:\n        self.cells = Table()\n',
    'reads.py': 'from holder import Held\n\nprint(Held().cells["x"])\n',
    ...many('from holder import Held\n\nprint(Held)\n'),
  });
  const engine = await openEngine(repository.top);
  repository.write({ 'table.py': 'class Table:\n    def __getitem__(self, key: int) -> int:\n        return key\n' });
  const { processReward } = await engine.run({ cmd: 'reward', args: {} });
  expect(processReward?.diagnostics?.introduced.map(({ uri, code }) => [uri, code])).toEqual([['reads.py', 'reportArgumentType']]);
  expect(processReward?.coverage).toMatchObject({ measured: ['holder.py', 'reads.py', 'table.py'], complete: true });
});

test('a module of the same name in another package is no reason to ask who imports that', async () => {
  const repository = new TemporaryRepository({
    'pkg/__init__.py': '',
    'pkg/json.py': 'def dump() -> str:\n    return ""\n',
    'pkg/uses.py': 'from pkg.json import dump\n\nprint(dump)\n',
    ...many('import json\nfrom json import loads\n\nprint(json, loads)\n'),
  });
  const engine = await openEngine(repository.top);
  repository.write({ 'pkg/json.py': 'import json.decoder\nfrom json import loads\n\n\ndef dump() -> str:\n    return ""\n' });
  const { processReward } = await engine.run({ cmd: 'reward', args: {} });
  expect(processReward?.coverage).toMatchObject({ dependents: [], measured: ['pkg/json.py'] });
});

test.each<[string, string, string, boolean]>([
  ['a function that it returns', 'def make():\n    def inner():\n        return 1\n\n    return inner\n', 'def make():\n    def inner():\n        return ""\n\n    return inner\n', true],
  ['a class of which it returns an object', 'def make():\n    class Made:\n        def __call__(self) -> int:\n            return 1\n\n    return Made()\n', 'def make():\n    class Made:\n        def __call__(self) -> str:\n            return ""\n\n    return Made()\n', true],
  ['a function that it calls', 'def make() -> type[int]:\n    def inner():\n        return 1\n\n    inner()\n    return int\n', 'def make() -> type[int]:\n    def inner():\n        return ""\n\n    inner()\n    return int\n', false],
])('what changes inside a function is seen through what it returns: %s', async (_what, before, after, isSeen) => {
  const repository = new TemporaryRepository({ 'make.py': before, 'uses.py': 'from make import make\n\nprint(make()() + 1)\n', 'apart.py': 'x = 1\n' });
  const engine = await openEngine(repository.top);
  repository.write({ 'make.py': after });
  for (const tier of ['dependents', 'exact']) {
    const { processReward } = await engine.run({ cmd: 'reward', args: { tier, verify: true } });
    expect(processReward?.diagnostics?.introduced.map(({ uri }) => uri)).toEqual(isSeen ? ['uses.py'] : []);
    expect(processReward?.coverage).toMatchObject({ disproved: [], complete: true });
    expect(processReward?.coverage.proved).toEqual([...(tier === 'exact' ? ['apart.py'] : []), ...(isSeen ? [] : ['uses.py'])]);
  }
});

const PROTOCOL = (body: string): string => `from typing import Protocol\n\n\nclass P(Protocol):\n    def f(self) -> int:\n        ${body}\n`;
test.each<[string, Record<string, string>, Record<string, string>, string[]]>([
  ['what stands for every name', { 'a.py': 'def __getattr__(name: str) -> int:\n    return 1\n', 'b.py': 'from a import some\n\nprint(some + 1)\n' }, { 'a.py': 'def __getattr__(name: str) -> str:\n    return ""\n' }, ['b.py']],
  ['what stands for every name of a module as a whole', { 'a.py': 'def __getattr__(name: str) -> int:\n    return 1\n', 'b.py': 'import a as whole\n\nprint(whole.some + 1)\n' }, { 'a.py': 'def __getattr__(name: str) -> str:\n    return ""\n' }, ['b.py']],
  ['what stands for every name of a module that its package brings along', { 'p/__init__.py': 'from .m import x as x\n', 'p/m.py': 'x = 1\n\n\ndef __getattr__(name: str) -> int:\n    return 1\n', 'b.py': 'import p\n\nprint(p.m.some + 1)\n' }, { 'p/m.py': 'x = 1\n\n\ndef __getattr__(name: str) -> str:\n    return ""\n' }, ['b.py']],
  ['what stands for a name that goes', { 'a.py': 'class Old:\n    size = 1\n', 'b.py': 'from a import Old\n\nprint(Old.size + 1)\n' }, { 'a.py': 'def __getattr__(name: str) -> str:\n    return ""\n' }, ['b.py']],
  ['a name that a file lists no more', { 'a.py': '__all__ = ["x", "y"]\nx = 1\ny = 2\n', 'b.py': 'from a import *\n\nprint(x)\n', 'c.py': 'from b import *\n\nprint(y)\n' }, { 'a.py': '__all__ = ["x"]\nx = 1\ny = 2\n' }, ['c.py']],
  ['a name that a file lists no more, through one that lists what it lists', { 'a.py': '__all__ = ["x", "y"]\nx = 1\ny = 2\n', 'b.py': 'import a\nfrom a import *\n\n__all__ = ["z"]\n__all__ += a.__all__\nz = 1\n', 'c.py': 'from b import *\n\nprint(y, z)\n' }, { 'a.py': '__all__ = ["x"]\nx = 1\ny = 2\n' }, ['c.py']],
  ['a list of names where there was none', { 'a.py': 'x = 1\ny = 2\n', 'b.py': 'from a import *\n\nprint(x + y)\n' }, { 'a.py': '__all__ = ["x"]\nx = 1\ny = 2\n' }, ['b.py']],
  ['a module that its package does not bring along any more', { 'p/__init__.py': 'from .m import x\n', 'p/m.py': 'x = 1\ny = 1\n', 'b.py': 'import p\n\nprint(p.m.y + 1)\n' }, { 'p/__init__.py': 'x = 1\n' }, ['b.py']],
  ['what a protocol does by itself', { 'a.py': PROTOCOL('return 1'), 'b.py': 'from a import P\n\n\nclass B(P):\n    pass\n', 'c.py': 'from b import B\n\nB()\n' }, { 'a.py': PROTOCOL('...') }, ['c.py']],
])('is seen, and no proof denies it: %s', async (_what, before, after, broken) => {
  const repository = new TemporaryRepository(before);
  const engine = await openEngine(repository.top);
  repository.write(after);
  for (const tier of ['dependents', 'exact']) {
    const { processReward } = await engine.run({ cmd: 'reward', args: { tier, verify: true } });
    expect(processReward?.diagnostics?.introduced.map(({ uri }) => uri)).toEqual(broken);
    expect(processReward?.coverage.disproved).toEqual([]);
  }
});

test('who takes only what a file has is proven not to see what stands for the names that it does not have, and of others the functions are checked that name one', async () => {
  const other = (name: string): string => `def ${name}() -> int:\n${'    print(1)\n'.repeat(30)}    return x\n`;
  const getattr = (type: string, value: string): string => `x = 1\n\n\ndef __getattr__(name: str) -> ${type}:\n    return ${value}\n`;
  const repository = new TemporaryRepository({ 'a.py': getattr('int', '1'), 'b.py': `from a import some, x\n\n\n${other('apart')}\n\ndef uses() -> int:\n    return some\n`, 'c.py': 'from a import x\n\nprint(x + 1)\n' });
  const engine = await openEngine(repository.top);
  repository.write({ 'a.py': getattr('str', '""') });
  for (const tier of ['dependents', 'exact']) {
    const { processReward } = await engine.run({ cmd: 'reward', args: { tier, verify: true } });
    expect(processReward?.diagnostics?.introduced.map(({ uri }) => uri)).toEqual(['b.py']);
    expect(processReward?.coverage).toMatchObject({ disproved: [], complete: true, proved: tier === 'exact' ? ['c.py'] : [] });
  }
});

test('who takes a module from its package is proven not to see what stands for the names that it does not have, where it names none of them', async () => {
  const getattr = (type: string, value: string): string => `x = 1\n\n\ndef __getattr__(name: str) -> ${type}:\n    return ${value}\n`;
  const repository = new TemporaryRepository({ 'p/__init__.py': '', 'p/a.py': getattr('int', '1'), 'b.py': 'from p import a\n\nprint(a.x + 1)\n', 'c.py': 'from p import a\n\nprint(a.some + 1, a.x)\n', 'd.py': 'from e import a\n\nprint(a.other + 1)\n' });
  const engine = await openEngine(repository.top);
  repository.write({ 'p/a.py': getattr('str', '""') });
  const priced = async (tier: string, introduced: string[], more: object): Promise<void> => {
    const { processReward } = await engine.run({ cmd: 'reward', args: { tier, verify: true } });
    expect(processReward?.diagnostics?.introduced.map(({ uri }) => uri)).toEqual(introduced);
    expect(processReward?.coverage).toMatchObject({ disproved: [], ...more });
  };
  await priced('dependents', ['c.py'], { complete: true });
  await priced('exact', ['c.py'], { proved: ['b.py', 'd.py', 'p/__init__.py'] });
  // From whom others take the module, too, they may have any name of it.
  repository.commit({ 'p/a.py': getattr('int', '1'), 'e.py': 'from p import a as a\n' });
  repository.commit({ 'e.py': 'from p import a\n' });
  repository.write({ 'p/a.py': getattr('str', '""') });
  await priced('exact', ['c.py', 'd.py'], {});
});

test('who has a list of names of its own does not see another one', async () => {
  const listing = (names: string, body: string): string => `__all__ = [${names}]\nx = 1\ny = 2\n\n\ndef f():\n    print(${body})\n    return "".upper()\n`;
  const repository = new TemporaryRepository({ 'a.py': listing('"x", "y"', '1'), 'b.py': 'from a import *\n\nprint(x, y)\n', 'c.py': 'from a import f\n\n__all__ = ["z"]\nz = f()\n' });
  const engine = await openEngine(repository.top);
  repository.write({ 'a.py': listing('"x"', '2') });
  for (const tier of ['dependents', 'exact']) {
    const { processReward } = await engine.run({ cmd: 'reward', args: { tier, verify: true } });
    expect(processReward?.diagnostics?.introduced.map(({ uri }) => uri)).toEqual(['b.py']);
    expect(processReward?.coverage).toMatchObject({ disproved: [], complete: true, proved: ['c.py'] });
  }
});
