import { expect, test } from 'vitest';
import type { ProcessReward } from '../../src/base/process-reward.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

type Files = Record<string, string>;

/** What a step changes in `base` by `head`, and the untouched files that may see it. */
interface Case {
  readonly name: string;
  readonly base: Files;
  readonly head: Files;
  /** All others are proven unchanged. */
  readonly reached: readonly string[];
  /** Where the diagnostics change. */
  readonly differing: readonly string[];
}

const APART = { 'apart.py': 'import m\n\nnumber: int = ""\n' };

const CASES: readonly Case[] = [
  {
    name: 'a function whose result is declared passes nothing on',
    base: { ...APART, 'm.py': 'def make() -> int:\n    return 1\n', 'user.py': 'from m import make\n\n\ndef other(x: int) -> int:\n    return make() + x\n', 'far.py': 'from user import other\n\nnumber: int = other(1)\n' },
    head: { 'm.py': 'def make(x: int) -> int:\n    return x\n' },
    reached: ['user.py'],
    differing: ['user.py'],
  },
  {
    name: 'what the server shows the same is not followed, what differs is, to the end',
    base: {
      ...APART,
      'm.py': 'def make() -> int:\n    return 1\n',
      'same.py': 'from m import make\n\n\ndef same():\n    return str(make())\n',
      'differs.py': 'from m import make\n\n\ndef differs():\n    return make()\n',
      'ofsame.py': 'from same import same\n\ntext: str = same()\n',
      'ofdiffers.py': 'from differs import differs\n\nnumber: int = differs()\n',
    },
    head: { 'm.py': 'def make() -> str:\n    return ""\n' },
    reached: ['differs.py', 'ofdiffers.py', 'same.py'],
    differing: ['ofdiffers.py'],
  },
  {
    name: 'who uses what the step writes otherwise and the server shows the same is not asked',
    base: { ...APART, 'm.py': 'def make() -> int:\n    return 1\n\n\nHELP = f"one: {make()}"\n', 'user.py': 'import m\n\ntext: str = m.HELP\n' },
    head: { 'm.py': 'def make() -> str:\n    return ""\n\n\nHELP = f"none: {make()}"\n' },
    reached: [],
    differing: [],
  },
  {
    name: 'documentation, comments and sentences name nothing',
    base: { ...APART, 'm.py': 'def make() -> int:\n    return 1\n', 'prose.py': '"""To make one."""\nimport m\n\n\ndef f() -> None:\n    """make"""\n    raise ValueError("cannot make it")  # make\n', 'typed.py': 'import m\n\n\ndef g(x: "m.make") -> None: ...\n' },
    head: { 'm.py': 'def make(x: int) -> int:\n    return x\n' },
    reached: ['typed.py'],
    differing: [],
  },
  {
    name: 'what a function imports inside is seen there',
    base: { ...APART, 'm.py': 'class A:\n    def __init__(self) -> None:\n        print()\n', 'user.py': `def run(x: int) -> None:\n    if x:\n        from m import A\n\n        print(A())\n${'    print(x)\n'.repeat(25)}` },
    head: { 'm.py': 'class A:\n    def __init__(self, x: int) -> None:\n        print()\n' },
    reached: ['user.py'],
    differing: ['user.py'],
  },
  {
    name: 'a type in a comment is followed',
    base: { ...APART, 'm.py': 'Kind = int\n', 'holder.py': 'import json\nfrom m import Kind\n\nheld = json.loads("1")  # type: Kind\n', 'far.py': 'from holder import held\n\nnumber: int = held\n' },
    head: { 'm.py': 'Kind = str\n' },
    reached: ['far.py', 'holder.py'],
    differing: ['far.py'],
  },
  {
    name: 'a function is checked for the types in its comments',
    base: { ...APART, 'm.py': 'Kind = int\n', 'user.py': `from m import Kind\n\n\ndef f(x):\n    # type: (Kind) -> None\n    number = x  # type: int\n${'    print(number)\n'.repeat(25)}` },
    head: { 'm.py': 'Kind = str\n' },
    reached: ['user.py'],
    differing: ['user.py'],
  },
  {
    name: 'a type that a method writes for what its class declares already is seen',
    base: { ...APART, 'm.py': 'class A:\n    x: int\n\n    def __init__(self) -> None:\n        self.x = 1\n', 'user.py': `from m import A\n\n\ndef f(a: A) -> None:\n    a.x = 2\n${'    print(a)\n'.repeat(25)}` },
    head: { 'm.py': 'class A:\n    x: int\n\n    def __init__(self) -> None:\n        self.x: str = ""\n' },
    reached: ['user.py'],
    differing: ['m.py', 'user.py'],
  },
  {
    name: 'an attribute that takes the type of a changed function over is followed',
    base: { ...APART, 'm.py': 'def make() -> int:\n    return 1\n', 'holder.py': 'from m import make\n\n\nclass Holder:\n    def __init__(self) -> None:\n        self.held = make()\n', 'far.py': 'from holder import Holder\n\nnumber: int = Holder().held\n' },
    head: { 'm.py': 'def make() -> str:\n    return ""\n' },
    reached: ['far.py', 'holder.py'],
    differing: ['far.py'],
  },
  {
    name: 'an attribute of an edited method is compared where it is now, and what is put into it is none',
    base: {
      ...APART,
      'm.py': 'def make() -> int:\n    return 1\n',
      'holder.py': 'from m import make\n\n\nclass Holder:\n    held: dict[str, int]\n\n    def __init__(self) -> None:\n        self.held = {}\n\n    def fill(self) -> None:\n        self.same = str(make())\n        self.other = make()\n        self.held["a"] = make()\n',
      'same.py': 'from holder import Holder\n\ntext: str = Holder().same\nHolder().held["a"].real\n',
      'other.py': 'from holder import Holder\n\nnumber: int = Holder().other\n',
    },
    head: {
      'm.py': 'def make() -> str:\n    return ""\n',
      'holder.py': 'from m import make\n\n\nclass Holder:\n    held: dict[str, int]\n\n    def __init__(self) -> None:\n        self.held = {}\n\n    def fill(self) -> None:\n        print("filled")\n        self.same = str(make())\n        self.other = make()\n        self.held["a"] = make()\n',
    },
    reached: ['other.py'],
    differing: ['holder.py', 'other.py'],
  },
  {
    name: 'of a class that lost its base, whoever has a value sees it, by whatever way it came',
    base: {
      ...APART,
      'm.py': 'class Base:\n    def go(self) -> int:\n        return 1\n\n\nclass Box(Base):\n    pass\n',
      'maker.py': 'from m import Box\n\n\ndef make() -> Box:\n    return Box()\n',
      'between.py': 'from maker import make\n\n\ndef passed():\n    return make()\n',
      'far.py': 'from between import passed\n\nnumber: int = passed().go()\n',
    },
    head: { 'm.py': 'class Base:\n    def go(self) -> int:\n        return 1\n\n\nclass Box:\n    pass\n' },
    reached: ['between.py', 'far.py', 'maker.py'],
    differing: ['far.py'],
  },
  {
    name: 'a class above another one that lost its base',
    base: { ...APART, 'm.py': 'class Base:\n    size = 1\n\n\nclass Box(Base):\n    pass\n', 'heir.py': 'from m import Box\n\n\nclass Heir(Box):\n    pass\n', 'user.py': 'from heir import Heir\n\n\ndef made():\n    return Heir()\n', 'far.py': 'from user import made\n\nnumber: int = made().size\n' },
    head: { 'm.py': 'class Base:\n    size = 1\n\n\nclass Box:\n    pass\n' },
    reached: ['far.py', 'heir.py', 'user.py'],
    differing: ['far.py'],
  },
  {
    name: 'what a value is declared as is seen, whatever it is narrowed to',
    base: { ...APART, 'm.py': 'Number = int\n', 'holder.py': 'from m import Number\n\nnumber: Number | None = None\n\n\nclass Holder:\n    def __init__(self) -> None:\n        self.held: Number | None = None\n', 'far.py': 'import holder\n\nholder.number = 1\nholder.Holder().held = 1\n' },
    head: { 'm.py': 'Number = str\n' },
    reached: ['far.py', 'holder.py'],
    differing: ['far.py'],
  },
  {
    name: 'a member without declared types takes those of the class above over',
    base: { ...APART, 'm.py': 'class Base:\n    def go(self, x: int) -> int:\n        return x\n', 'heir.py': 'from m import Base\n\n\nclass Heir(Base):\n    def go(self, x):\n        return x\n', 'far.py': 'import heir\n\nnumber: int = heir.Heir().go(1)\n' },
    head: { 'm.py': 'class Base:\n    def go(self, x: str) -> str:\n        return x\n' },
    reached: ['far.py', 'heir.py'],
    differing: ['far.py'],
  },
  {
    name: 'a class that a function makes for itself is no more than its name',
    base: {
      ...APART,
      'm.py': 'class Base:\n    size = 1\n\n\nclass Box(Base):\n    pass\n',
      'maker.py': 'from m import Box\n\n\ndef make():\n    class Local(Box):\n        pass\n\n    return Local()\n',
      'far.py': 'from maker import make\n\nnumber: int = make().size\n',
    },
    head: { 'm.py': 'class Base:\n    size = 1\n\n\nclass Box:\n    pass\n' },
    reached: ['far.py', 'maker.py'],
    differing: ['far.py'],
  },
  {
    name: 'a touched file that takes a name from elsewhere passes on what it makes of it',
    base: { ...APART, 'one.py': 'def make() -> int:\n    return 1\n', 'two.py': 'def make() -> str:\n    return ""\n', 'm.py': 'from one import make\n\n\ndef made():\n    return make()\n', 'far.py': 'import m\n\nnumber: int = m.made()\n' },
    head: { 'm.py': 'from two import make\n\n\ndef made():\n    return make()\n' },
    reached: ['far.py'],
    differing: ['far.py'],
  },
  {
    name: 'two classes of one name are two',
    base: { ...APART, 'one.py': 'class Box:\n    size = 1\n', 'two.py': 'class Box:\n    name = 1\n', 'm.py': 'from one import Box\n', 'maker.py': 'from m import Box\n\n\ndef make():\n    return Box()\n', 'far.py': 'from maker import make\n\nnumber: int = make().size\n' },
    head: { 'm.py': 'from two import Box\n' },
    reached: ['far.py', 'maker.py'],
    differing: ['far.py'],
  },
  {
    name: 'a protocol is asked for a member that nobody names',
    base: {
      ...APART,
      'm.py': 'def make() -> int:\n    return 1\n',
      'wants.py': 'from typing import Protocol\n\n\nclass Wants(Protocol):\n    def give(self) -> int: ...\n\n\ndef take(x: Wants) -> None: ...\n',
      'gives.py': 'from m import make\n\n\nclass Gives:\n    def give(self):\n        return make()\n',
      'far.py': 'from gives import Gives\nfrom wants import take\n\ntake(Gives())\n',
    },
    head: { 'm.py': 'def make() -> str:\n    return ""\n' },
    reached: ['far.py', 'gives.py'],
    differing: ['far.py'],
  },
  {
    name: 'a package passes on by its folder',
    base: { ...APART, 'm.py': 'def make() -> int:\n    return 1\n', 'pkg/__init__.py': 'from m import make\n\nmade = make()\n', 'pkg/inside.py': 'from . import made\n\nnumber: int = made\n', 'far.py': 'import pkg\n\nnumber: int = pkg.made\n' },
    head: { 'm.py': 'def make() -> str:\n    return ""\n' },
    reached: ['far.py', 'pkg/__init__.py', 'pkg/inside.py'],
    differing: ['far.py', 'pkg/inside.py'],
  },
  {
    name: 'an attribute takes its type from another line of the function that sets it',
    base: { ...APART, 'm.py': 'class Box:\n    def __init__(self) -> None:\n        value = 1\n        self.size = value\n', 'far.py': 'from m import Box\n\nnumber: int = Box().size\n' },
    head: { 'm.py': 'class Box:\n    def __init__(self) -> None:\n        value = ""\n        self.size = value\n' },
    reached: ['far.py'],
    differing: ['far.py'],
  },
  {
    name: 'a class that lost all that it had does not parse, as is said of what follows it',
    base: { ...APART, 'm.py': `class Box:\n    size = 1\n\n\ndef long(x: int) -> int:\n${'    x += 1\n'.repeat(30)}    return x\n` },
    head: { 'm.py': `class Box:\n\n\ndef long(x: int) -> int:\n${'    x += 1\n'.repeat(30)}    return x\n` },
    reached: [],
    differing: ['m.py'],
  },
  {
    name: 'what holds a name that nothing leads to is asked, and passes nothing on',
    base: { ...APART, 'm.py': 'def make() -> int:\n    return 1\n', 'user.py': 'from m import make\n\n\nclass Test:\n    def setup(self):\n        self.made = make()\n', 'other.py': 'class Other:\n    made = ""\n', 'far.py': 'from other import Other\n\ntext: str = Other().made\n' },
    head: { 'm.py': 'def make() -> str:\n    return ""\n' },
    reached: ['user.py'],
    differing: [],
  },
];

const SCRIPT_APART = { 'tsconfig.json': '{"compilerOptions": {"strict": true, "module": "nodenext", "noEmit": true, "types": []}}\n', 'apart.ts': 'import "./m.js";\nexport const number: number = "";\n' };

const SCRIPT_CASES: readonly Case[] = [
  {
    name: 'TypeScript: what the server shows the same is not followed, what differs is',
    base: {
      ...SCRIPT_APART,
      'm.ts': 'export function make(): number {\n  return 1;\n}\n',
      'same.ts': 'import { make } from "./m.js";\nexport const same = () => String(make());\n',
      'differs.ts': 'import { make } from "./m.js";\nexport const differs = () => make();\n',
      'ofsame.ts': 'import { same } from "./same.js";\nexport const text: string = same();\n',
      'ofdiffers.ts': 'import { differs } from "./differs.js";\nexport const count: number = differs();\n',
    },
    head: { 'm.ts': 'export function make(): string {\n  return "";\n}\n' },
    reached: ['differs.ts', 'ofdiffers.ts', 'same.ts'],
    differing: ['ofdiffers.ts'],
  },
  {
    name: 'TypeScript: types are compared by their members, however deep',
    base: {
      ...SCRIPT_APART,
      'm.ts': 'export interface Inner {\n  size: number;\n}\n',
      'outer.ts': 'import type { Inner } from "./m.js";\nexport interface Outer {\n  inner: Inner;\n}\nexport declare function outer(): Outer;\n',
      'wants.ts': 'export declare function take(value: { inner: { size: number } }): void;\n',
      'far.ts': 'import { outer } from "./outer.js";\nimport { take } from "./wants.js";\ntake(outer());\nexport {};\n',
    },
    head: { 'm.ts': 'export interface Inner {\n  size: string;\n}\n' },
    reached: ['far.ts', 'outer.ts', 'wants.ts'],
    differing: ['far.ts'],
  },
  {
    name: 'TypeScript: of a type that is gone the server shows the name all the same',
    base: { ...SCRIPT_APART, 'm.ts': 'export interface Box {\n  size: number;\n}\nexport {};\n', 'maker.ts': 'import type { Box } from "./m.js";\nexport declare function make(): Box;\n', 'far.ts': 'import { make } from "./maker.js";\nexport const text: string = make().size;\n' },
    head: { 'm.ts': 'export {};\n' },
    reached: ['far.ts', 'maker.ts'],
    differing: ['far.ts', 'maker.ts'],
  },
  {
    name: 'TypeScript: where a name stands for a type alone now, whoever takes it for a value sees that',
    base: { ...SCRIPT_APART, 'm.ts': 'export class Box {}\n', 'between.ts': 'import { Box } from "./m.js";\nexport { Box };\n', 'far.ts': 'import { Box } from "./between.js";\nexport const box = new Box();\n' },
    head: { 'between.ts': 'import type { Box } from "./m.js";\nexport { Box };\n' },
    reached: ['far.ts'],
    differing: ['far.ts'],
  },
  {
    name: 'TypeScript: what the grammar cannot read passes everything on',
    base: {
      ...SCRIPT_APART,
      'm.ts': 'export interface Inner {\n  size: number;\n}\n',
      'between.ts': 'import type { Inner } from "./m.js";\n\nexport interface Make {\n  <A>(a: A): Inner\n  <B, C extends B[]>(\n    make: (b: B, ...c: C) => Inner\n  ): (b: B, ...c: C) => B\n  <B>(make: (b: B) => Inner): (b: B) => B\n  <B, C extends Function>(\n    make: C,\n    b: B\n  ): Inner\n}\n',
      'far.ts': 'import type { Make } from "./between.js";\ndeclare const make: Make;\nexport const size: number = make(1).size;\n',
    },
    head: { 'm.ts': 'export interface Inner {\n  size: string;\n}\n' },
    reached: ['between.ts', 'far.ts'],
    differing: ['far.ts'],
  },
];

test('a file that its project leaves out is neither measured nor proven', async () => {
  const repository = new TemporaryRepository({ 'pyrightconfig.json': '{"include": ["pkg"]}', 'pkg/m.py': 'def make() -> int:\n    return 1\n', 'pkg/apart.py': 'x = 1\n', 'out.py': 'x = 1\n' });
  repository.write({ 'pkg/m.py': 'def make() -> int:\n    return 2\n' });
  const { processReward } = await (await openEngine(repository.top)).run({ cmd: 'reward', args: { tier: 'exact', model: false } });
  expect(processReward?.coverage).toMatchObject({ measured: ['pkg/apart.py', 'pkg/m.py'], proved: ['pkg/apart.py'], complete: true });
});

test('where files that import one another in a circle are reported, a step that changes imports proves nothing', async () => {
  const repository = new TemporaryRepository({
    'pyrightconfig.json': '{"reportImportCycles": "error"}',
    'a.py': 'import b\n\n\ndef f(x: int) -> int:\n    return b.g(x)\n',
    'b.py': `def g(x: int) -> int:\n${'    print(x)\n'.repeat(25)}    return x\n`,
    'c.py': `def h(x: int) -> int:\n    import d\n\n${'    print(d)\n'.repeat(25)}    return x\n\n\nh(1)\n`,
    'd.py': 'import c\n\nprint(c)\n',
  });
  const engine = await openEngine(repository.top);
  const price = async (step: Files, args: Record<string, unknown>): Promise<ProcessReward | null> => (await engine.run({ cmd: 'reward', args: { patch: repository.patchOf(step), model: false, ...args } })).processReward;
  const circle = { 'b.py': 'import a\n\nprint(a)\n\n\ndef g(x: int) -> int:\n    return x\n' };
  const [usual, exact] = [await price(circle, {}), await price(circle, { exact: true, verify: true })];
  expect(usual?.coverage.complete).toBe(false);
  expect(exact?.coverage).toMatchObject({ proved: [], disproved: [] });
  expect(exact?.diagnostics?.introduced).toMatchObject([{ uri: 'a.py', code: 'reportImportCycles', message: 'Cycle detected in import chain\n  a.py\n  b.py' }]);
  const elsewhere = await price({ 'c.py': `def h(x: int) -> int:\n    import d\n\n${'    print(d)\n'.repeat(25)}    return x\n\n\nh(2)\n` }, { exact: true, verify: true });
  expect(elsewhere?.coverage).toMatchObject({ proved: ['a.py', 'b.py', 'd.py'], disproved: [] });
  expect(elsewhere?.diagnostics).toMatchObject({ introduced: [], fixed: [] });
});

test('a step that changes what a comment says of a type proves nothing', async () => {
  const repository = new TemporaryRepository({
    'm.py': 'import json\n\nvalue = json.loads("1")  # type: int\nother = json.loads("2")  # note: int\n',
    'user.py': `from m import value\n\n\ndef f() -> int:\n${'    print(value)\n'.repeat(25)}    return value\n`,
  });
  const engine = await openEngine(repository.top);
  const price = async (text: string): Promise<ProcessReward | null> => (await engine.run({ cmd: 'reward', args: { patch: repository.patchOf({ 'm.py': text }), model: false, exact: true, verify: true } })).processReward;
  const typed = await price('import json\n\nvalue = json.loads("1")  # type: str\nother = json.loads("2")  # note: int\n');
  expect(typed?.coverage).toMatchObject({ proved: [], disproved: [] });
  expect(typed?.diagnostics?.introduced).toMatchObject([{ uri: 'user.py', code: 'reportReturnType' }]);
  const noted = await price('import json\n\nvalue = json.loads("1")  # type: int\nother = json.loads("2")  # note: str\n');
  expect(noted?.coverage).toMatchObject({ proved: ['user.py'], disproved: [] });
});

test('a file that does not parse proves nothing', async () => {
  const repository = new TemporaryRepository({
    'm.py': 'def first() -> int:\n    return 1\n\n\ndef second() -> int:\n    return 2\n',
    'user.py': `from m import second\n\n\ndef f() -> int:\n${'    print(second)\n'.repeat(25)}    return second()\n`,
  });
  const engine = await openEngine(repository.top);
  const patch = repository.patchOf({ 'm.py': 'def first() -> int:\n    return (1  # one, 1)\n\n\ndef second() -> int:\n    return 2\n' });
  const { processReward } = await engine.run({ cmd: 'reward', args: { patch, model: false, exact: true, verify: true } });
  expect(processReward?.coverage).toMatchObject({ proved: [], disproved: [], measured: ['m.py', 'user.py'] });
  expect(processReward?.diagnostics?.introduced.map(({ uri }) => uri)).toContain('user.py');
});

test('a step that lets types be named before they are declared proves nothing', async () => {
  const text = 'def f() -> B:\n    return B()\n\n\nclass B:\n    x: int = 1\n';
  const repository = new TemporaryRepository({ 'm.py': text, 'user.py': 'from m import f\n\nname: str = f().x\n' });
  const engine = await openEngine(repository.top);
  const { processReward } = await engine.run({ cmd: 'reward', args: { patch: repository.patchOf({ 'm.py': `from __future__ import annotations\n\n\n${text}` }), model: false, exact: true, verify: true } });
  expect(processReward?.coverage).toMatchObject({ proved: [], disproved: [] });
  expect(processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'user.py' }]);
});

test('a step that exports all of another file, or no longer, proves nothing', async () => {
  const repository = new TemporaryRepository({ ...SCRIPT_APART, 'm.ts': 'export const size = 1;\n', 'all.ts': 'export * from "./m.js";\nexport const one = 1;\n', 'far.ts': 'import { size } from "./all.js";\nexport const count: number = size;\n' });
  const engine = await openEngine(repository.top);
  const { processReward } = await engine.run({ cmd: 'reward', args: { patch: repository.patchOf({ 'all.ts': 'export const one = 1;\n' }), model: false, exact: true, verify: true } });
  expect(processReward?.coverage).toMatchObject({ proved: [], disproved: [] });
  expect(processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'far.ts' }]);
  const usual = await engine.run({ cmd: 'reward', args: { patch: repository.patchOf({ 'all.ts': 'export const one = 1;\n' }), model: false } });
  expect(usual.processReward).toMatchObject({ coverage: { dependents: ['far.ts'], complete: false }, diagnostics: { introduced: [{ uri: 'far.ts' }] } });
});

test('a file outside every project takes no other one its place', async () => {
  const text = 'function make() {\n  return 1;\n}\nexport function made() {\n  return make();\n}\n';
  const outside = Object.fromEntries(Array.from({ length: 12 }, (_unused, index) => [`outside/a${String(index).padStart(2, '0')}.ts`, 'import { made } from "../src/m.js";\nmade();\n']));
  const repository = new TemporaryRepository({ 'tsconfig.json': '{"include": ["src"]}', 'src/m.ts': text, ...outside, 'src/user.ts': 'import { made } from "./m.js";\nexport const count: number = made();\n' });
  const engine = await openEngine(repository.top);
  const { processReward } = await engine.run({ cmd: 'reward', args: { patch: repository.patchOf({ 'src/m.ts': text.replace('return 1', 'return ""') }), model: false } });
  expect(processReward?.coverage).toMatchObject({ measured: ['src/m.ts', 'src/user.ts'], complete: true });
  expect(processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'src/user.ts' }]);
});

test('what nobody else names leads to those who see what others of its file make of it', async () => {
  const text = 'def _make():\n    return 1\n\n\ndef told():\n    return str(_make())\n\n\ndef made():\n    return _make()\n';
  const others = Object.fromEntries(Array.from({ length: 12 }, (_unused, index) => [`a${String(index).padStart(2, '0')}.py`, 'from m import told\n\nprint(told())\n']));
  const repository = new TemporaryRepository({ 'm.py': text, ...others, 'user.py': 'from m import made\n\nnumber: int = made()\n' });
  const engine = await openEngine(repository.top);
  const { processReward } = await engine.run({ cmd: 'reward', args: { patch: repository.patchOf({ 'm.py': text.replace('return 1', 'return ""') }), model: false } });
  expect(processReward?.coverage).toMatchObject({ measured: ['m.py', 'user.py'], complete: true });
  expect(processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'user.py' }]);
});

/** One engine prices all of them in turn: exactly, as the proof says and with every file asked again, and in the default tier, which finds as much here. */
test('the files that a step reaches are those that may have other diagnostics', { timeout: 300_000 }, async () => {
  const repository = new TemporaryRepository({});
  const engine = await openEngine(repository.top);
  const price = async (args: Record<string, unknown>): Promise<ProcessReward> => {
    const { error, processReward } = await engine.run({ cmd: 'reward', args: { model: false, ...args } });
    if (processReward === null) throw new Error(error?.message);
    return processReward;
  };
  let last: Files = {};
  for (const { name, base, head, reached, differing } of [...CASES, ...SCRIPT_CASES]) {
    repository.commit({ ...Object.fromEntries(Object.keys(last).map((path) => [path, null])), ...base });
    repository.write(head);
    last = base;
    const byDefault = await price({});
    const proved = await price({ tier: 'exact' });
    const verified = await price({ tier: 'exact', verify: true });
    const changes = ({ diagnostics }: ProcessReward) => [diagnostics?.introduced, diagnostics?.fixed];
    const changed = changes(verified).flatMap((found) => found ?? []).map(({ uri }) => uri);
    const untouched = verified.coverage.measured.filter((path) => !(path in head));
    expect({ name, differing: [...new Set(changed)].sort(), disproved: verified.coverage.disproved, reached: untouched.filter((path) => !proved.coverage.proved.includes(path)), isComplete: proved.coverage.complete }).toEqual({ name, differing, disproved: [], reached, isComplete: true });
    expect(changes(proved)).toEqual(changes(verified));
    expect(changes(byDefault)).toEqual(changes(verified));
    expect({ name, asked: byDefault.coverage.measured.filter((path) => !(path in head || byDefault.coverage.proved.includes(path) || reached.includes(path))) }).toEqual({ name, asked: [] });
  }
});
