import { describe, expect, test } from 'vitest';
import { moduleChange, moduleCode } from '../../src/reward/module-code.js';
import { sideOf } from './fake-checker.js';

/** Nothing that has a name. */
const NOTHING: readonly string[] = [];

test.each<[string, string, string, readonly string[] | null, 'acts'?]>([
  ['documentation', '"""One."""\n\nx = 1\n', '"""Two."""\n\nx = 1\n', NOTHING],
  ['declarations alone', 'x = 1\n\ndef f() -> int:\n    return 1\n', 'y = 1\n\ndef g() -> int:\n    return 2\n', NOTHING],
  ['an import', 'import a\nrun()\n', 'import a\nimport b\nfrom c import (\n    d,\n)\nrun()\n', NOTHING],
  ['an import in a block', 'if TYPE_CHECKING:\n    import a\n', 'if TYPE_CHECKING:\n    import a\n    from b import c as d\n', NOTHING],
  ['a block of imports', 'import a\n', 'import a\n\nif TYPE_CHECKING:\n    import b\n', NOTHING],
  ['a call', 'setup(\n    version="1",\n)\n', 'setup(\n    version="2",\n)\n', NOTHING, 'acts'],
  ['a condition', 'if sys.platform == "win32":\n    import a\n    def f() -> int:\n        return 1\nelse:\n    b = 1\nc: int = 2\n', 'if sys.platform == "linux":\n    import a\n    def f() -> int:\n        return 1\nelse:\n    b = 1\nc: int = 2\n', ['b', 'a', 'f']],
  ['an import that changes its branch', 'if x:\n    import a\n    run()\nelse:\n    b = 1\n', 'if x:\n    run()\nelse:\n    import a\n    b = 1\n', ['a']],
  ['a function that goes into a block', 'def f() -> int:\n    return 1\n\nif x:\n    import a\n', 'if x:\n    import a\n\n    def f() -> int:\n        return 1\n', ['f']],
  ['a condition before it', 'if x:\n    pass\nelif y:\n    a = 1\nelse:\n    b = 1\n', 'if z:\n    pass\nelif y:\n    a = 1\nelse:\n    b = 1\n', ['a', 'b']],
  ['an else of an inner block', 'if x:\n    if y:\n        a = 1\n    else:\n        b = 1\n', 'if x:\n    if y:\n        a = 1\nelse:\n    b = 1\n', ['b']],
  ['what a block binds', 'try:\n    a = 1\nexcept E:\n    a = None\n', 'try:\n    a = 1\nexcept E:\n    a = 0\n', ['a']],
  ['targets in brackets', '(a, [b, *c]) = f()\n', '(a, [b, *c]) = g()\n', ['a', 'b', 'c'], 'acts'],
  ['an item of something', 'known["a"] = f\n', 'known["b"] = f\n', NOTHING, 'acts'],
  ['an attribute', 'thing.a.b = f\n', 'thing.a.b = g\n', NOTHING, 'acts'],
  ['a loop', 'for a, (b, c) in f():\n    d = b\n', 'for a, (b, c) in g():\n    d = b\n', ['a', 'b', 'c', 'd']],
  ['files that are opened', 'with open(p) as a, open(q) as b:\n    pass\n', 'with open(p) as a, open(r) as b:\n    pass\n', ['a', 'r', 'b', 'q'], 'acts'],
  ['a name inside a condition', 'if (n := f()) > 1:\n    pass\n', 'if (n := g()) > 1:\n    pass\n', ['n']],
  ['a type without a value', 'a = 0\nif x:\n    a: int\n', 'a = 0\nif x:\n    a: str\n', ['a']],
  ['what is taken away', 'a = f\n', 'a = f\ndel a\n', ['a']],
  ['an operator that assigns', 'if x:\n    a += 1\n', 'if x:\n    a += 2\n', ['a']],
  ['on one line', 'b = 0\nif x: a = 1; b = 2\n', 'b = 0\nif x: a = 1; b = 3\n', ['b']],
  ['what is no condition of it', 'if x:\n    pass\na = 1\nif y:\n    b = 1\n', 'if z:\n    pass\na = 1\nif y:\n    b = 1\n', NOTHING],
  ['the order of statements', 'a = b = 0\nif x:\n    a = 1\n    b = a\n', 'a = b = 0\nif x:\n    b = a\n    a = 1\n', null],
  ['one more of the same', 'try:\n    import a\nexcept E:\n    pass\n', 'try:\n    import a\nexcept E:\n    pass\n\ntry:\n    import b\nexcept E:\n    pass\n', NOTHING],
  ['what may end the module', 'import a\n', 'import a\nif x:\n    sys.exit(1)\n', null],
  ['what raises', 'if x:\n    raise E("a")\nb = 1\n', 'if x:\n    raise E("b")\nb = 1\n', null],
  ['a list of names', '__all__ = ["a"]\n__all__ += ["b"]\n', '__all__ = ["a"]\n__all__ += ["c"]\n', ['__all__', 'b', 'c']],
  ['one name', '__all__ = ["a"]\n', '__all__ = ["a"]\n__all__.append("b")\n', ['__all__', 'b'], 'acts'],
  ['the list of another file', '__all__ = ["a"]\n', '__all__ = ["a"]\n__all__ += m.__all__\n', null],
  ['cases', 'match x:\n    case [a]:\n        b = 1\n', 'match x:\n    case [b]:\n        b = 1\n', null],
  ['a line that goes on', 'a = f(1) + \\\n    g(1)\nrun(1)\n', 'a = f(1) + \\\n    g(1)\nrun(2)\n', null],
  ['what may end it and stays', 'b = 0\nif x:\n    raise E("a")\nif y:\n    b = 1\n', 'b = 0\nif x:\n    raise E("a")\nif y:\n    b = 2\n', ['b']],
  ['all that another file offers', 'from a import b\n', 'from a import *\n', null],
  ['all that another file offers, from elsewhere', 'if x:\n    from a import *\n', 'if x:\n    from b import *\n', null],
  ['what stands beside all that another file offers', 'from a import *\nimport b\n(c, d) = f()\n', 'from a import *\nimport e\n(c, d) = g()\n', ['c', 'd']],
  ['what does not parse', 'run(1)\n', 'run(2\nif\n', null],
])('of the code outside declarations is told what changed: %s', async (_what, before, after, expected, acts) => {
  const change = moduleChange(await sideOf('a.py', before), await sideOf('a.py', after));
  if (expected === null) expect(change).toBeNull();
  else expect({ ...change, names: new Set(change?.names) }).toEqual({ names: new Set(expected), isByName: acts === undefined });
});

describe('the code of a module', () => {
  const code = async (text: string): Promise<string> => moduleCode(await sideOf('a.ts', text));
  const plain = "import a from './a';\n\nexport function f(): void {}\n";

  test.each<[string, string]>([
    ['imports', "import b, { c as d } from './b';\nimport type { T } from './t';\nimport * as e from './e';\n"],
    ['imports of several lines', "import {\n  b,\n  c as d,\n} from './b';\n"],
    ['exports that are declarations', "export { b as c } from './b';\nexport * as d from './d';\nexport type { T } from './t';\nexport const e = 1;\nexport default class {}\n"],
    ['exports of several lines', "export type {\n  T,\n} from './t';\n"],
    ['documentation and layout', '/** What it is for. */\n\n'],
  ])('has no %s', async (_what, text) => expect(await code(text + plain)).toBe(await code(plain)));

  test.each<[string, string]>([
    ['what is run', 'register(a);\n'],
    ['all that another file exports', "export * from './b';\n"],
    ['a file that is brought in', "import './b';\n"],
    ['what is exported under another name', 'export { f as g };\n'],
    ['what is exported as a whole', 'export default f;\n'],
    ['what stands for the module', 'export = f;\n'],
    ['what several names are taken from', 'export const [b, c] = f();\n'],
  ])('has %s', async (_what, text) => expect(await code(plain + text)).not.toBe(await code(plain)));

  test('says from where', async () => {
    expect(await code("export * from './b';\nimport './d';\n")).not.toBe(await code("export * from './c';\nimport './d';\n"));
    expect(await code("export * from './b';\nimport './d';\n")).not.toBe(await code("export * from './b';\nimport './e';\n"));
  });
});
