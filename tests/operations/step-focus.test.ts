import { expect, test } from 'vitest';
import type { ProcessReward } from '../../src/base/process-reward.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

/** Each function holds an error of its own, and is long enough that leaving it out is worth it. */
const long = (header: string, last: string, indent = ''): string => [header, ...Array.from({ length: 24 }, (_, index) => `    y${String(index)}: int = ${String(index)}`), '    old: int = ""  # an error that was there', `    ${last}`, ''].map((line) => (line === '' ? line : indent + line)).join('\n');

const FILES = {
  'pkg/__init__.py': '',
  'pkg/core.py': [
    'import json\nimport os\nfrom abc import ABC, abstractmethod\nfrom typing import Iterator\n',
    long('def price(x: int) -> int:', 'return x'),
    long('def cost(x: int) -> int:', 'return price(x)'),
    long('def guess(x: int):', 'return x'),
    long('def guessed(x: int) -> int:', 'return guess(x)'),
    'class Base:\n    size: int = 1\n',
    long('def __init__(self, name: str) -> None:', 'self.name = name', '    '),
    long('def label(self) -> str:', 'return self.name', '    '),
    long('def __len__(self) -> int:', 'return self.size', '    '),
    'class Derived(Base):',
    long('def shout(self) -> str:', 'return self.name.upper()', '    '),
    'class Named(Base):',
    long('def __init__(self) -> None:', 'super().__init__("a")', '    '),
    'class Factory:\n    def __init__(self, made: type[Base]) -> None:\n        self.made = made\n',
    long('def make(self) -> Base:', 'return self.made("a")', '    '),
    long('def measure(x: Derived) -> int:', 'return len(x)'),
    long('def folder() -> str:', 'return os.sep'),
    long('def make() -> Iterator[Derived]:', 'yield Derived("a")'),
    long('def made() -> list[int]:', 'return [len(each) for each in make()]'),
    'class Shape(ABC):\n    @abstractmethod\n    def area(self) -> int: ...\n',
    'class Square(Shape):\n    def area(self) -> int:\n        return 1\n\n    def write(self, text: str) -> None:\n        print(text)\n',
    long('def draw() -> Shape:', 'return Square()'),
    long('def save() -> None:', 'json.dump(1, Square())'),
  ].join('\n\n'),
  'pkg/use.py': ['from pkg.core import Derived, cost, guess, price\n', long('def first() -> int:', 'return price(1)'), long('def second() -> int:', 'return guess(2)'), long('def third(x: Derived) -> str:', 'return x.label()'), long('def fourth() -> int:', 'return cost(1)')].join('\n\n'),
};

test('what a step can have changed is checked in parts of files, and nothing is missed by that', { timeout: 300_000 }, async () => {
  const repository = new TemporaryRepository(FILES);
  const engine = await openEngine(repository.top);
  const price = async (args: Record<string, boolean | string>): Promise<ProcessReward> => {
    const bundle = await engine.run({ cmd: 'reward', args });
    if (bundle.processReward === null) throw new Error(bundle.error?.message);
    return bundle.processReward;
  };
  /** The default tier leaves out whole files that cannot change. */
  const ofCore = ({ diagnostics }: ProcessReward): unknown => diagnostics === null ? null : { ...diagnostics, persisting: diagnostics.persisting.filter(({ uri }) => uri === 'pkg/core.py') };
  const steps: (readonly [from: string, to: string, introduced: number])[] = [
    ['return price(x)', 'return price("")', 1],
    ['def price(x: int) -> int:', '# one line more\n\ndef price(x: int) -> str:', 3],
    ['def price(x: int)', 'def price(y: str, x: int)', 2],
    ['    return x\n\n\ndef guessed', '    return str(x)\n\n\ndef guessed', 2],
    ['self.name = name', 'self.name = len(name)', 2],
    ['def __init__(self, name: str)', 'def __init__(self, name: int)', 5],
    ['def __init__(self, name: str)', 'def __init__(self, name: str, more: int)', 3],
    ['def __len__(self)', 'def length(self)', 2],
    ['class Derived(Base):', 'class Derived:', 5],
    ['size: int = 1', 'size: str = ""', 1],
    ['import os\n', '', 1],
    ['    return os.sep', '    return ""', 0],
    ['def label(self)', 'def label(self, x: int)', 1],
    ['-> Iterator[Derived]', '-> Iterator[int]', 2],
    ['    def area(self) -> int: ...', '    def area(self) -> int: ...\n\n    @abstractmethod\n    def name(self) -> str: ...', 2],
    ['def area(self) -> int:\n        return', 'def other(self) -> int:\n        return', 2],
    ['def write(self, text: str)', 'def write(self, text: int)', 1],
  ];
  for (const [from, to, introduced] of steps) {
    expect(FILES['pkg/core.py']).toContain(from);
    repository.write({ 'pkg/core.py': FILES['pkg/core.py'].replace(from, to) });
    const [part, verified, exact] = [await price({}), await price({ verify: true }), await price({ tier: 'exact' })];
    expect([from, part.diagnostics?.introduced.length]).toEqual([from, introduced]);
    expect([from, ofCore(part)]).toEqual([from, ofCore(exact)]);
    expect([from, verified.coverage.disproved]).toEqual([from, []]);
    expect(verified.diagnostics).toEqual(part.diagnostics);
  }
});

test('tests that have one name, in one file and in several, are left out where no class has two of them', { timeout: 300_000 }, async () => {
  const ONE = [
    'from collections.abc import Iterator\n\n\nclass A:',
    long('def test_x(self):', 'yield 1', '    '),
    long('def test_y(self):', 'return 1', '    '),
    'class B:',
    long('def test_x(self):', 'return ""', '    '),
    'class C(A):',
    long('def test_y(self) -> str:', 'return ""', '    '),
    'class D(A):\n    pass\n\n\nclass E:',
    long('def test_z(self):', 'return 1', '    '),
    'class F:',
    long('def test_z(self):', 'return ""', '    '),
    'class G(E, F):\n    pass\n',
  ].join('\n\n');
  const repository = new TemporaryRepository({ 'tests/test_one.py': ONE, 'tests/test_two.py': ONE });
  const engine = await openEngine(repository.top);
  for (const [from, to, introduced] of [['    yield 1', '    yield 1 + ""', 1], ['class D(A):', 'class D(A, B):', 1], ['class G(E, F):', 'class G(E):', 0], ['class E:', '# moved\n\n\nclass E:', 0]] as const) {
    expect(ONE).toContain(from);
    repository.write({ 'tests/test_one.py': ONE.replace(from, to) });
    const { processReward } = await engine.run({ cmd: 'reward', args: { verify: true } });
    expect([from, processReward?.diagnostics?.introduced.length, processReward?.coverage.disproved]).toEqual([from, introduced, []]);
  }
});

const HOLDER = (held: string, made: string): string => ['from typing import TypeVar\nfrom base import Base\n\nT = TypeVar("T", bound=Base)\n', `class Holder:\n    def __init__(self, held: ${held}) -> None:\n        self.held = held\n`, long('def apart(self) -> int:', 'return 1', '    '), long('def make(self) -> None:', made, '    ')].join('\n');
test.each<[string, string]>([
  ['by the class of an object that it holds', HOLDER('Base', 'type(self.held)("")')],
  ['by a class that it holds', HOLDER('type[T]', 'self.held("")')],
  ['by one of the classes that it holds', HOLDER('dict[str, type[Base]]', 'self.held["a"]("")')],
  ['from below', ['from base import Base\n\n\nclass Between(Base):\n    pass\n\n\nclass Below(Between):', long('def apart(self) -> int:', 'return 1', '    '), long('def make(self) -> None:', 'super().__init__("")', '    ')].join('\n')],
])('a constructor is seen by who makes objects: %s', async (_how, user) => {
  const base = (type: string): string => `class Base:\n    def __init__(self, name: ${type}) -> None:\n        self.name = name\n`;
  const repository = new TemporaryRepository({ 'base.py': base('str'), 'user.py': user });
  const engine = await openEngine(repository.top);
  repository.write({ 'base.py': base('int') });
  const { processReward } = await engine.run({ cmd: 'reward', args: { verify: true } });
  expect(processReward?.diagnostics?.introduced.map(({ uri }) => uri)).toEqual(['user.py']);
  expect(processReward?.coverage.disproved).toEqual([]);
});
