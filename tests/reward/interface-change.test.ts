import { describe, expect, test } from 'vitest';
import { changedDeclarations } from '../../src/reward/changed-declarations.js';
import { boundAgain, DEFAULT_EXPORT, demandOf, exportedAs, interfaceChange, placesToAsk, provenInterface, unnamedReach } from '../../src/reward/interface-change.js';
import { sideOf } from './fake-checker.js';

const kindsOf = async (path: string, before: string, after: string): Promise<string[]> => {
  const [old, now] = [await sideOf(path, before), await sideOf(path, after)];
  return changedDeclarations(old, now).map((change) => (change.before === null && change.after === null ? 'module' : interfaceChange(change, old, now)));
};

describe('what other files may see of a change', () => {
  test.each<[string, string, string, string, string[]]>([
    ['the body of a function that declares its result', 'a.py', 'def f(x: int) -> int:\n    return x\n', 'def f(x: int) -> int:\n    return x + 1\n', ['none']],
    ['the body of one that does not', 'a.py', 'def f(x: int):\n    return x\n', 'def f(x: int):\n    return str(x)\n', ['ask']],
    ['a parameter', 'a.py', 'def f(x: int) -> int:\n    return x\n', 'def f(x: int, y: int) -> int:\n    return x\n', ['changed']],
    ['a decorator', 'a.py', 'def f() -> int:\n    return 1\n', '@cache\ndef f() -> int:\n    return 1\n', ['changed']],
    ['what an attribute is set to', 'a.py', 'class A:\n    def f(self) -> None:\n        self.x = 1\n', 'class A:\n    def f(self) -> None:\n        self.x = ""\n', ['ask']],
    ['what decides that', 'a.py', 'class A:\n    def f(self, y: str | None) -> None:\n        if y:\n            self.x = y\n', 'class A:\n    def f(self, y: str | None) -> None:\n        if y is None:\n            self.x = y\n', ['ask']],
    ['what it is declared as', 'a.py', 'class A:\n    def f(self) -> None:\n        self.x: int = 1\n', 'class A:\n    def f(self) -> None:\n        self.x: object = 1\n', ['changed']],
    ['an attribute that holds a type', 'a.py', 'class A:\n    def f(self) -> None:\n        self.x = NewType("X", int)\n', 'class A:\n    def f(self) -> None:\n        self.x = NewType("X", str)\n', ['changed']],
    ['another attribute', 'a.py', 'class A:\n    def f(self) -> None:\n        self.x = 1\n', 'class A:\n    def f(self) -> None:\n        self.y = 1\n', ['changed']],
    ['one that is declared elsewhere', 'a.py', 'class A:\n    x: object\n\n    def f(self) -> None:\n        self.x = 1\n', 'class A:\n    x: object\n\n    def f(self) -> None:\n        self.x = ""\n', ['none']],
    ['what a function makes of a name of its file', 'a.py', 'x = 1\n\n\ndef f() -> None:\n    global x\n    x = 1\n', 'x = 1\n\n\ndef f() -> None:\n    global y\n    x = 1\n', ['changed']],
    ['documentation', 'a.py', 'class A:\n    def f(self):\n        return 1\n', 'class A:\n    """What it is."""\n\n    def f(self):\n        """What it does."""\n        return 1\n', ['none', 'none']],
    ['documentation for the body of a class', 'a.py', 'class A(B):\n    pass\n', 'class A(B):\n    """What it is."""\n', ['none']],
    ['a string that is no documentation', 'a.py', 'class A:\n    f("x")\n', 'class A:\n    f("y")\n', ['changed']],
    ['documentation for the body of a function', 'a.py', 'def f():\n    pass\n', 'def f():\n    """What it does."""\n', ['ask']],
    ['what a protocol does by itself', 'a.py', 'class A(Protocol):\n    def f(self) -> int:\n        return 1\n', 'class A(Protocol):\n    def f(self) -> int:\n        """What it does."""\n', ['changed']],
    ['what an abstract member does by itself', 'a.py', 'class A(ABC):\n    @abstractmethod\n    def f(self) -> int:\n        ...\n', 'class A(ABC):\n    @abstractmethod\n    def f(self) -> int:\n        return self.g()\n', ['changed']],
    ['a variable', 'a.py', 'x = 1\n', 'x = 2\n', ['ask']],
    ['a field, which may have a default', 'a.py', 'class A:\n    x: int\n', 'class A:\n    x: int = 1\n', ['changed']],
    ['a type variable', 'a.py', 'T = TypeVar("T")\n', 'T = TypeVar("T", bound=int)\n', ['changed']],
    ['what a star exports', 'a.py', '__all__ = ["a"]\n', '__all__ = ["a", "b"]\n', ['changed']],
    ['an import', 'a.py', 'from b import x\n', 'from c import x\n', ['module', 'changed']],
    ['code outside', 'a.py', 'print(1)\n', 'print(2)\n', ['module']],
    ['a typed function', 'a.ts', 'export function f(x: number): number {\n  return x;\n}\n', 'export function f(x: number): number {\n  return x + 1;\n}\n', ['none']],
    ['one whose parameter only is typed', 'a.ts', 'export function f(x: (y: string) => number) {\n  return x;\n}\n', 'export function f(x: (y: string) => number) {\n  return 1;\n}\n', ['ask']],
    ['a function of JavaScript', 'a.js', 'export function f(x) {\n  return x;\n}\n', 'export function f(x) {\n  return 1;\n}\n', ['ask']],
  ])('%s', async (_name, path, before, after, kinds) => expect(await kindsOf(path, before, after)).toEqual(kinds));
});

test('where a server is asked, before and after', async () => {
  const [old, now] = [await sideOf('a.py', 'class A:\n    def f(self, y: str) -> None:\n        self.x, self.z = y, 1\n'), await sideOf('a.py', 'class A:\n\n    def f(self, y: str) -> None:\n        self.x, self.z = int(y), 1\n')];
  const at = (line: number, character: number) => ({ line, character });
  expect(changedDeclarations(old, now).map((change) => placesToAsk(change, old, now))).toEqual([[{ before: at(2, 13), after: at(3, 13) }, { before: at(2, 21), after: at(3, 21) }]]);
});

test('a hover that leaves something open proves nothing', () => {
  expect(provenInterface('def f() -> int')).not.toBeNull();
  for (const hover of [null, 'def f(x) -> Unknown', 'const x: { a: number; ... 3 more ...; }']) expect(provenInterface(hover)).toBeNull();
});

test('what a declaration takes may be unknown, and its documentation may say what it likes', () => {
  const shown = '(function) def f(x: Unknown) -> int';
  expect(provenInterface(`\`\`\`python\n${shown}\n\`\`\`\n---\nTakes anything ... or an Unknown.`)).toBe(shown);
  expect(provenInterface('```python\n(variable) x: Unknown\n```')).toBe('(variable) x: Unknown');
  expect(provenInterface('```tsx\n(x: any) => void\n```\n')).toBe('(x: any) => void');
});

test.each<[string, string[]]>([
  ['export function a(): void {}\nexport { a as b, c as d };\n', ['b']],
  ['import { a } from "./m.js";\nexport default a;\n', [DEFAULT_EXPORT]],
  ['import { a } from "./m.js";\nexport default {\n  c,\n  a,\n};\nlast();\n', [DEFAULT_EXPORT]],
  ['export default function a(x: number): void {}\n', [DEFAULT_EXPORT]],
  ['import { a } from "./m.js";\nexport { a as default };\n', [DEFAULT_EXPORT]],
  ['import { a } from "./m.js";\nexport default c;\na();\n', []],
  ['import { a } from "./m.js";\nmodule.exports = { a };\n', [DEFAULT_EXPORT]],
])('what is exported under another name: %j', async (text, names) => {
  expect(exportedAs(await sideOf('n.ts', text), 'a')).toEqual(names);
});

describe('who can see a change without naming it', () => {
  const member = (header: string, body: string): string => `${header}\n    ${body}\n`;
  test.each<[string, string, string, string, string | null]>([
    ['a constructor', 'a.py', member('class A:', 'def __init__(self) -> None: ...'), member('class A:', 'def __init__(self, x: int) -> None: ...'), 'heirs'],
    ['a constructor that went', 'a.py', member('class A:', 'def __init__(self, x: int) -> None: ...'), member('class A:', 'pass'), 'heirs'],
    ['a constructor of TypeScript', 'a.ts', 'class A {\n  constructor() {}\n}\n', 'class A {\n  constructor(readonly x: number) {}\n}\n', 'heirs'],
    ['what a derived class must have', 'a.py', member('class A:', '@abc.abstractmethod\n    def f(self) -> int: ...'), member('class A:', 'pass'), 'heirs'],
    ['what a derived class of TypeScript must have', 'a.ts', 'abstract class A {\n}\n', 'abstract class A {\n  protected abstract f(): number;\n}\n', 'heirs'],
    ['a method of an abstract class', 'a.ts', 'abstract class A {\n  f(): number {\n    return 1;\n  }\n}\n', 'abstract class A {\n  f(x: number): number {\n    return x;\n  }\n}\n', null],
    ['an operator', 'a.py', member('class A:', 'def __getitem__(self, key: str) -> int: ...'), member('class A:', 'def __getitem__(self, key: int) -> int: ...'), 'values'],
    ['an operator that came', 'a.py', member('class A:', 'pass'), member('class A:', 'def __len__(self) -> int: ...'), 'values'],
    ['what every object has', 'a.py', member('class A:', 'def __repr__(self) -> str: ...'), member('class A:', 'def __repr__(self, x: int) -> str: ...'), null],
    ['a method', 'a.py', member('class A:', 'def f(self) -> int: ...'), member('class A:', 'def f(self, x: int) -> int: ...'), null],
    ['a member of a protocol', 'a.py', member('class A(Protocol):', 'def f(self) -> int: ...'), member('class A(Protocol):', 'def f(self, x: int) -> int: ...'), 'values'],
    ['a key', 'a.py', member('class A(TypedDict):', 'x: int'), member('class A(TypedDict):', 'x: str'), 'values'],
    ['a field of a class that is given a constructor', 'a.py', member('@dataclass(frozen=True)\nclass A:', 'x: int'), member('@dataclass(frozen=True)\nclass A:', 'x: str'), 'heirs'],
    ['another field', 'a.py', member('class A:', 'x: int'), member('class A:', 'x: str'), null],
    ['a member of an interface', 'a.ts', 'interface A {\n  f(): number;\n}\n', 'interface A {\n  f(x: number): number;\n}\n', 'values'],
    ['what a class inherits', 'a.py', 'class A(B):\n    pass\n', 'class A(C):\n    pass\n', 'values'],
    ['a type', 'a.ts', 'type A = number;\n', 'type A = string;\n', 'values'],
    ['a type of Python', 'a.py', 'A: t.TypeAlias = (\n    int | str\n)\n', 'A: t.TypeAlias = (\n    int | bytes\n)\n', 'values'],
    ['a type that is no more', 'a.py', 'A: TypeAlias = int\n', 'A: bytes = int\n', 'values'],
    ['what is called like a type', 'a.py', '_Names = dict[str, int]\n', '_Names = dict[str, str]\n', 'values'],
    ['a constant', 'a.py', 'NAMES = {}\n', 'NAMES = []\n', null],
    ['what a call makes', 'a.py', 'Session = make(1)\n', 'Session = make(2)\n', null],
    ['a class that went', 'a.py', 'class A:\n    pass\n', 'x = 1\n', null],
    ['a function', 'a.py', 'def f() -> int: ...\n', 'def f(x: int) -> int: ...\n', null],
  ])('%s', async (_name, path, before, after, reach) => {
    const [old, now] = [await sideOf(path, before), await sideOf(path, after)];
    const reaches = changedDeclarations(old, now).map((change) => unnamedReach(change, old, now)).flatMap((found) => found?.by ?? []);
    expect([...new Set(reaches)]).toEqual(reach === null ? [] : [reach]);
  });
});

test('a protocol asks who has a value for its members, an abstract one who makes an object', async () => {
  const side = await sideOf('a.py', 'class P(Protocol[T]):\n    def f(self) -> int: ...\n\n\nclass A(ABC):\n    @abstractmethod\n    def f(self) -> int: ...\n\n    def g(self) -> int: ...\n\n\ndef f() -> P: ...\n');
  expect((side.structure?.declarations ?? []).slice(1).map((item) => [item.qualname.join('.'), demandOf(item, side)])).toEqual([['P', null], ['P.f', 'values'], ['A', null], ['A.f', 'heirs'], ['A.g', null], ['f', null]]);
});

test('what a file of Python binds again outside its declarations, each block by its own words', async () => {
  const side = await sideOf('m.py', 'import a\nb = c = d = e = g = h = i = j = k = n = o = p = q = 0\nif a.x == 1:\n    b = a.f(r=1, s=2)\n    (c, [d, *e]) = a.g\n    run(\n        t=1,\n        u=[2],\n    )\nelif (n := a.h): g = h = 1; i += 2\nfor j, (k, _) in a.all:\n    o: int = 1\nwith a.open("(v = 1") as p, a.open() as q:\n    v.w = a\n    y["z"] = a\ndel b\n');
  const blocks = boundAgain(side);
  expect(blocks.map(({ names }) => names.join(' '))).toEqual(['b c d e n g h i', 'j k _ o', 'p a open q', 'b']);
  expect(blocks.map(({ words }) => ['a', 'r', 'all', 'b', 'unknown'].filter((word) => words.has(word)).join(' '))).toEqual(['a r b', 'a all', 'a', 'b']);
});

test('what may end a module, or narrows what it has, counts for all that follows', async () => {
  const side = await sideOf('m.py', 'x = y = 0\nassert isinstance(a, b)\nif c:\n    y = 1\nx = a\n');
  expect(boundAgain(side).map(({ names, words }) => [names.join(' '), ['b', 'c'].filter((word) => words.has(word)).join(' ')])).toEqual([['x y', ''], ['y', 'b c'], ['x', 'b']].slice(1));
});
