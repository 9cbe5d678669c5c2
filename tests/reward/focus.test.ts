import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/base/location.js';
import type { Range } from '../../src/base/range.js';
import { TextDocument } from '../../src/base/text-document.js';
import { changedDeclarations } from '../../src/reward/changed-declarations.js';
import { focusOn } from '../../src/reward/focus.js';
import { classChangedBy, namesChangedBy, nameWays, typesChangedBy } from '../../src/reward/name-ways.js';
import { unseenParts } from '../../src/reward/unseen-parts.js';
import { sideOf } from './fake-checker.js';

const partsIn = async (text: string, isNamedElsewhere: boolean | null = false, path = 'a.py'): Promise<ReturnType<typeof unseenParts>> => unseenParts(await sideOf(path, text), isNamedElsewhere === null ? null : () => isNamedElsewhere);
const nameOf = ({ declaration }: ReturnType<typeof unseenParts>[number]): string => declaration.qualname.join('.');
/** The functions of which at least the body is unseen. */
const unseenIn = async (...args: Parameters<typeof partsIn>): Promise<string[]> => (await partsIn(...args)).filter(({ declaration }) => declaration.kind !== 'class').map(nameOf);
/** What is unseen as a whole. */
const hiddenIn = async (...args: Parameters<typeof partsIn>): Promise<string[]> => (await partsIn(...args)).filter(({ declaration, extent }) => extent === declaration.range).map(nameOf);
const inClass = (...members: string[]): string => `class A:\n${members.map((member) => member.replace(/^/gmu, '    ')).join('\n')}\n`;

describe('a body is unseen', () => {
  test.each<[string, string, string[]]>([
    ['where the header says what it returns', 'def f(x: int) -> int:\n    y = x\n    return y\n', ['f']],
    ['where nobody names its function', 'def f(x):\n    return x\n', ['f']],
    ['of a method, a property and a nested class', inClass('def f(self) -> int:\n    return self.x', '@property\ndef g(self) -> int:\n    return 1', 'class B:\n    def h(self) -> None:\n        print()'), ['A.f', 'A.g', 'A.B.h']],
    ['of a test that returns nothing', inClass('def test_it(self):\n    assert 1'), ['A.test_it']],
    ['with what is inside it, once', 'def f() -> int:\n    def g():\n        return 1\n    return g()\n', ['f']],
    ['where it assigns an attribute whose type its class declares', inClass('x: int', 'def f(self) -> None:\n    self.x = 1\n    self.x += 1'), ['A.f']],
    ['where it assigns an attribute whose type another method declares', inClass('def __init__(self) -> None:\n    self.x: int = 1', 'def f(self) -> None:\n    self.x = 1'), ['A.f']],
    ['where it changes something of an attribute', inClass('def f(self) -> None:\n    self.x[0] = 1\n    self.y.z = 2\n    print(self.w, end=self.v)'), ['A.f']],
    ['where one inside it assigns an attribute of its own object', inClass('def f(self) -> None:\n    class B:\n        def g(self) -> None:\n            self.x = 1\n    print(B())'), ['A.f']],
    ['of a generator that says so', 'def f() -> Iterator[int]:\n    yield 1\n', ['f']],
    ['with a string that goes on behind a backslash', 'def f() -> str:\n    x = "\\\n"\n    return x\n', ['f']],
  ])('%s', async (_name, text, names) => expect(await unseenIn(text)).toEqual(names));

  test.each<[string, string]>([
    ['where others name a function that does not say what it returns', 'def f(x):\n    return x\n\ny = f(1)\n'],
    ['of a method that does not, which a protocol may ask for', inClass('def f(self):\n    return 1')],
    ['where it gives an attribute its type', inClass('def f(self) -> None:\n    self.x = 1')],
    ['where one inside it does, of the same object', inClass('def f(self) -> None:\n    def g(x: int) -> None:\n        self.x = x\n    g(1)')],
    ['where it does so among others', inClass('def f(self) -> None:\n    a, self.x = 1, 2')],
    ['where a loop does', inClass('def f(self) -> None:\n    for i, self.x in y:\n        print()')],
    ['where one line holds two', inClass('def f(self) -> None:\n    x = 1; self.x = x\n    print()')],
    ['where one line holds a block', inClass('def f(self) -> None:\n    if y: self.x: int = 1\n    print()')],
    ['where a block does', inClass('def f(self) -> None:\n    with y as self.x:\n        print()')],
    ['where only a type is written', inClass('def f(self) -> None:\n    self.x: int\n    print()')],
    ['where the attribute is declared in this very place', inClass('def f(self) -> None:\n    self.x: int = 1\n    self.x = 2')],
    ['where it assigns what is final in its class', inClass('x: Final[int]', 'def __init__(self) -> None:\n    self.x = 1')],
    ['whatever the object is called', inClass('def f(this) -> None:\n    this.x = 1')],
    ['where it assigns what is global', 'def f() -> None:\n    global x\n    x = 1\n'],
    ['where its header binds a name for others', 'def f(x: int = (y := 1)) -> None:\n    print()\n\nprint(y)\n'],
    ['where its decorator does', '@d(y := 1)\ndef f() -> None:\n    print()\n\nprint(y)\n'],
    ['of an async generator, which is no coroutine', 'async def f() -> AsyncIterator[int]:\n    yield 1\n\nf()\n'],
    ['where it is a stub', 'def f() -> int:\n    ...\n\nf()\n'],
    ['where it is a refusal', 'def f() -> int:\n    raise NotImplementedError\n\nf()\n'],
    ['of what answers for names that a module does not have', 'def __getattr__(name):\n    return 1\n'],
    ['where a statement goes on behind a backslash', 'def f() -> int:\n    x = \\\n        1\n    return x\n'],
    ['on the line of its header', 'def f() -> int: return g(1)\n\nf()\n'],
    ['in a file that is checked otherwise as a whole', '# pyright: strict\n\ndef f() -> int:\n    return 1\n'],
    ['in a file that does not parse', 'def f() -> int:\n    return 1\n\ndef g(:\n'],
  ])('but not %s', async (_name, text) => expect(await unseenIn(text)).toEqual([]));

  test('but not where another file names a function that does not say what it returns', async () => expect(await unseenIn('def f(x):\n    return x\n', true)).toEqual([]));
  describe('in a file that no other imports', () => {
    const test_ = (name: string, last = 'yield 1'): string => `def ${name}(self):\n    x = 1\n    ${last}`;
    const class_ = (header: string, ...members: string[]): string => inClass(...(members.length === 0 ? ['pass'] : members)).replace('A', header);

    test.each<[string, string, string[]]>([
      ['of tests that have one name in unrelated classes', class_('A', test_('test_x')) + class_('B(C)', test_('test_x', 'return 1')), ['A.test_x', 'B.test_x']],
      ['of a test that is inherited', class_('A', test_('test_x')) + class_('B(A)'), ['A.test_x']],
      ['but not of one that another overrides', class_('A', test_('test_x')) + class_('B(A)', test_('test_x')), []],
      ['nor of two that a class inherits', class_('A', test_('test_x')) + class_('B', test_('test_x')) + class_('C(A, B)'), []],
      ['nor of one that a class inherits beside what may have one, too', class_('A', test_('test_x')) + class_('B(A, Other)'), []],
      ['nor of one that is named by something else', class_('A', test_('test_x'), test_('test_y', 'self.test_x()')), ['A.test_y']],
      ['nor of a method that a protocol may ask for', class_('A', test_('x')), []],
    ])('%s', async (_name, text, names) => expect(await unseenIn(text, null)).toEqual(names));
  });

  test.each<[string, string, string[]]>([
    ['a function that nobody names, whatever its body is', 'def f(x): return x\n\nasync def g():\n    yield 1\n\n@d(1)\ndef h() -> int:\n    ...\n', ['f', 'g', 'h']],
    ['but not one that is named', 'def f() -> int:\n    return g(1)\n\nf()\n', []],
    ['a test, and a class that nobody names, with all that is in it', inClass('def test_it(self) -> None:\n    self.x = 1', 'def test_more(self) -> None:\n    assert 1', 'def f(self):\n    return 1'), ['A', 'A.test_more']],
    ['but not a class that is named', inClass('x = 1') + 'A\n', []],
    ['nor one inside another', inClass('class B:\n    x = 1') + 'A\n', []],
    ['nor one that leaves its own scope', inClass('def f(self) -> int:\n    global y\n    y = 1\n    return y'), []],
    ['nor a function whose header binds a name for others', 'def f(x: int = (y := 1)) -> None:\n    print()\n\nprint(y)\n', []],
    ['nor what is declared twice', 'if x:\n    def f():\n        return 1\nelse:\n    def f():\n        return 2\n', []],
    ['nor what a module answers with', 'def __getattr__(name: str) -> int:\n    return g(1)\n', []],
  ])('as a whole is unseen %s', async (_name, text, names) => expect(await hiddenIn(text)).toEqual(names));

  test('but not in another language', async () => expect(await unseenIn('function f(): number {\n  const x = 1;\n  return x;\n}\n', false, 'a.ts')).toEqual([]));
});

describe('a name leads to', () => {
  test.each<[string, string, string[]]>([
    ['what returns it without saying so', 'def f():\n    return a\n', ['f']],
    ['what says so in its header', 'def f(x: a) -> None:\n    print()\n', ['f']],
    ['nothing by a body whose header says what it returns', 'def f() -> int:\n    return a\n', []],
    ['what takes a parameter of that name and of that type', 'def f(a: a) -> None:\n    print()\n', ['f']],
    ['what takes it for want of a parameter of that name', 'def f(a=a) -> None:\n    print()\n', ['f']],
    ['nothing where a parameter has that name', 'def f(a):\n    return a\n', []],
    ['nothing where a function binds it', 'def f():\n    a = 1\n    return a\n', []],
    ['what says so by a type that it writes inside', 'def f():\n    b: a = 1\n    return b\n', ['f']],
    ['what imports it inside', 'def f():\n    from m import a\n    return a()\n', ['f']],
    ['what imports it inside by another name', 'def f():\n    if x:\n        from a import b as c\n    return c\n', ['f']],
    ['an attribute that takes it from such an import', inClass('def f(self) -> None:\n    from m import a as b, c\n    self.x = b\n    self.y = 1'), ['x']],
    ['what asks it in one line', 'def f():\n    if a: b = 1\n    return b\n', ['f']],
    ['what takes it for a block', 'def f():\n    with b as c, a:\n        return 1\n', ['f']],
    ['nothing where a block binds it', 'def f():\n    with b as c, d as a:\n        return a\n', []],
    ['nothing by the name of an argument', 'def f():\n    return g(a=1)\n', []],
    ['whoever takes a member of that name', 'def f(x):\n    return x.a\n', ['f']],
    ['whoever takes it from a string, as a type', 'def f(x: "a") -> None:\n    print()\n', ['f']],
    ['a value and what is made of it', 'b = a\nc: a = 1\n', ['b', 'c']],
    ['an import of it', 'from m import a as b\n', ['b']],
    ['a class by its bases, and to what it makes', 'class C(a):\n    pass\n\nx = C()\n', ['C']],
    ['a class by what it makes an object from', 'class C:\n    def __init__(self, x: a) -> None:\n        print()\n', ['C']],
    ['a class by what the language calls of it', 'class C:\n    def __len__(self):\n        return a\n', ['C']],
    ['an attribute through what is assigned before', inClass('def f(self) -> None:\n    b = a\n    c = b\n    self.x = c\n    self.y = 1'), ['x']],
    ['an attribute through a condition', inClass('def f(self, y: int) -> None:\n    if a(y):\n        y = 1\n    self.x = y\n    self.z = 2'), ['x']],
    ['an attribute that holds a class, but not one that holds an object', inClass('def __init__(self, b: type[a], c: a) -> None:\n    self.x = b\n    self.y = c'), ['A', 'x']],
    ['an attribute by the type that is written', inClass('def f(self) -> None:\n    self.x: a = 1\n    self.y: int = a'), ['x']],
    ['what a loop outside all functions binds', 'for b, c in a:\n    pass\n', ['b', 'c']],
  ])('%s', async (_name, text, names) => expect([...(nameWays(await sideOf('m.py', text)).get('a') ?? [])].filter((name) => name !== 'a').sort()).toEqual(names));
});

test.each<[string, string, string, string[]]>([
  ['what is assigned', 'self, a: int|b = 1', 'self, a: int|b = ""', ['x']],
  ['not by what is only declared', 'self, a: int|b = 1', 'self, a: str, c: int = 1|b = 1', []],
  ['the type of a parameter', 'self, a: int, c: int|b = a', 'self, a: str, c: int|b = a', ['x']],
  ['its default', 'self, a: int = 1|b = a', 'self, a: int = None|b = a', ['x']],
  ['its stars', 'self, a: int|b = a', 'self, *a: int|b = a', ['x']],
  ['not by where it stands', 'self, a: dict[str, int], c: int|b = a', 'self, c: int, *, a: dict[str, int], d: int = 1|b = a', []],
  ['whatever changes where nothing says what it is', 'self, a, c|b = a', 'self, a, c: int|b = a', ['x']],
])('of the attributes that a changed function types those mean another thing of which it decides otherwise: by %s', async (_name, before, after, names) => {
  const [old, now] = await Promise.all([before, after].map((text) => {
    const [parameters = '', statement = ''] = text.split('|');
    return sideOf('a.py', inClass(`def __init__(${parameters}) -> None:\n    ${statement}\n    self.x = b\n    self.y = 1\n    print(${statement})`));
  })) as [Awaited<ReturnType<typeof sideOf>>, Awaited<ReturnType<typeof sideOf>>];
  expect(new Set(changedDeclarations(old, now).flatMap((change) => namesChangedBy(change, old, now)))).toEqual(new Set(['A', '.__init__', ...names]));
});

test('with what makes its objects a class has no other members, but the attributes that it types', async () => {
  const typesOf = async (...texts: [string, string]): Promise<string[]> => {
    const [old, now] = await Promise.all(texts.map((text) => sideOf('a.py', text))) as [Awaited<ReturnType<typeof sideOf>>, Awaited<ReturnType<typeof sideOf>>];
    return changedDeclarations(old, now).flatMap((change) => typesChangedBy(change, namesChangedBy(change, old, now)));
  };
  expect(await typesOf(inClass('def __init__(self, a: int) -> None:\n    self.x = a'), inClass('def __init__(self, a: str) -> None:\n    self.x = a'))).toEqual(['x']);
  expect(new Set(await typesOf(inClass('def __getattr__(self, a: str) -> int:\n    return 1'), inClass('def __getattr__(self, a: str) -> str:\n    return ""')))).toEqual(new Set(['A']));
});

test('what a function makes of an outer name means another thing with its header', async () => {
  const [old, now] = [await sideOf('a.py', 'def f(a: int) -> None:\n    global x\n    x = a\n'), await sideOf('a.py', 'def f(a: str) -> None:\n    global x\n    x = a\n')];
  expect(new Set(changedDeclarations(old, now).flatMap((change) => namesChangedBy(change, old, now)))).toEqual(new Set(['f', 'x']));
});

test('a changed function means another thing by its name and by the attributes that it types', async () => {
  const [before, after] = [await sideOf('a.py', inClass('def f(self, x: int) -> None:\n    self.y = x')), await sideOf('a.py', inClass('def f(self, x: str) -> None:\n    self.y, self.z = x, x'))];
  expect(new Set(changedDeclarations(before, after).flatMap((change) => namesChangedBy(change, before, after)))).toEqual(new Set(['f', 'y', 'z']));
  expect(new Set(changedDeclarations(before, after).flatMap(classChangedBy))).toEqual(new Set(['A']));
  const [old, now] = [await sideOf('a.py', inClass('def __len__(self) -> int:\n    return 1')), await sideOf('a.py', inClass('def __len__(self) -> str:\n    return 1'))];
  expect(new Set(changedDeclarations(old, now).flatMap((change) => namesChangedBy(change, old, now)))).toEqual(new Set(['A']));
});

const lines = (name: string, count: number): string => Array.from({ length: count }, (_, index) => `    ${name}${String(index)} = 1\n`).join('');
const function_ = (name: string, mentions = '1'): string => `def ${name}(x: int) -> int:\n${lines('y', 30)}    return ${mentions}\n\n\n`;
const diagnostic = (range: Range, code = 'reportX', more: Partial<Diagnostic> = {}): Diagnostic => ({ uri: 'a.py', range, severity: 'error', code, message: '', source: 'pyright', ...more });

describe('of a file with one changed function', () => {
  const before = `import os\n\n\n${function_('a')}${function_('b', 'a(1)')}${function_('c', 'os.sep')}b, c\n`;
  const after = `import os\n\n# moved\n\n\n${function_('a', '2')}${function_('b', 'a(1)')}${function_('c', 'os.sep')}b, c\n`;
  const focus = async (changed: readonly string[], known: readonly Diagnostic[] = []): Promise<ReturnType<typeof focusOn>> => focusOn(await sideOf('a.py', before), await sideOf('a.py', after), known, { names: new Set(changed), classes: new Set() }, () => false);

  test('the others are left out, and every position stays', async () => {
    const text = (await focus([]))?.text ?? '';
    const [shown, whole] = [new TextDocument(text), new TextDocument(after)];
    expect(text).toContain(function_('a', '2'));
    expect(text.split('\n').map(({ length }) => length)).toEqual(after.split('\n').map(({ length }) => length));
    expect(text).not.toContain('os.sep');
    for (const name of ['a', 'b', 'c']) expect(shown.positionAt(text.indexOf(`def ${name}`))).toEqual(whole.positionAt(after.indexOf(`def ${name}`)));
    expect(await unseenIn(text)).toEqual(['a']);
  });

  test('nobody sees more than the header of what is named, and nothing of what is not', async () => {
    expect((await focus([]))?.text).toContain('def b');
    const test_ = (name: string): string => `@mark\n${function_(name)}`.replace(/^(?=.)/gmu, '    ');
    const [old, now] = await Promise.all(['1', '2'].map((last) => sideOf('a.py', `class A:\n${test_('test_a')}class B:\n${test_('test_b')}${test_('test_c').replace('return 1', `return ${last}`)}`)));
    const left = old === undefined || now === undefined ? null : focusOn(old, now, [diagnostic([2, 4, 2, 5]), diagnostic([70, 8, 70, 9])], { names: new Set(['test_c']), classes: new Set() }, null);
    expect(left?.text.replace(/^\s*\n/gmu, '').split('\n').slice(0, 5).map((line) => line.trimEnd())).toEqual(['00000', 'class B:', '    0', '    @mark', '    def test_c(x: int) -> int:']);
    expect(left?.complete([diagnostic([0, 0, 0, 1]), diagnostic([110, 0, 110, 1], 'of test_c')])).toEqual([diagnostic([110, 0, 110, 1], 'of test_c'), diagnostic([2, 4, 2, 5])]);
  });

  test('who names what changed is checked, too; where too little is left out, all is', async () => {
    const text = (await focus(['a']))?.text ?? '';
    expect(text).toContain('return a(1)');
    expect(text).not.toContain('os.sep');
    expect(await focus(['os', 'a'])).toBeNull();
  });

  test('of a class of which a member changed those are checked that hand on an object of it; of one of which any member may mean something else, all', async () => {
    const member = (name: string, last: string): string => `def ${name}(self) -> int:\n${lines('y', 30)}    return ${last}`;
    const side = await sideOf('a.py', inClass(member('one', 'self.x'), member('two', 'f(self)'), member('three', 'self[0]'), member('four', 'self.__class__.x')) + function_('five', 'A'));
    const left = (classes: readonly string[]): string => focusOn(side, side, [], { names: new Set(['A']), classes: new Set(classes) }, () => false)?.text ?? '';
    expect(['self.x', 'f(self)', 'self[0]', '__class__', 'return A'].filter((each) => left([]).includes(each))).toEqual(['f(self)', 'self[0]', '__class__', 'return A']);
    expect(left(['A'])).toBe('');
  });

  test('what was known of the others stays, moved; what the server says of them is not heard', async () => {
    const known = [diagnostic([3, 4, 3, 5]), diagnostic([37, 4, 37, 5], 'of b'), diagnostic([0, 7, 0, 9], 'of the file')];
    const found = [diagnostic([5, 4, 5, 5], 'of a'), diagnostic([40, 0, 40, 1], 'made up')];
    expect((await focus([], known))?.complete(found)).toEqual([found[0], diagnostic([39, 4, 39, 5], 'of b')]);
  });

  test('a function of which a diagnostic points elsewhere is checked', async () => {
    const known = [diagnostic([37, 4, 37, 5], 'of b', { relatedInformation: [{ uri: 'a.py', range: [0, 0, 0, 1], message: '' }] })];
    expect((await focus([], known))?.text).toContain('return a(1)');
  });

  test('that what stands before a function does not parse is said at its header, under no rule', async () => {
    const expected = { ...diagnostic([39, 0, 39, 3]), code: null };
    expect((await focus([]))?.complete([expected])).toEqual([expected]);
    expect((await focus([], [{ ...diagnostic([37, 0, 37, 3]), code: null }]))?.text).toContain('return a(1)');
  });

  test('a name that is used by what was left out is not unused', async () => {
    const unused = diagnostic([0, 7, 0, 9], 'reportUnusedImport');
    expect((await focus([]))?.complete([unused])).toEqual([]);
    expect((await focus([]))?.complete([diagnostic([0, 0, 0, 9], 'reportUnusedImport')])).toEqual([]);
    expect((await focus([], [unused]))?.complete([unused])).toEqual([unused]);
    for (const own of [diagnostic([2, 2, 2, 7], 'reportUnusedFunction'), diagnostic([5, 4, 5, 5], 'reportUnusedVariable'), diagnostic([0, 7, 0, 9], 'reportUnusedExpression')]) expect((await focus([]))?.complete([own])).toEqual([own]);
    expect((await focus([]))?.complete([diagnostic([5, 4, 5, 5], 'reportUnusedFunction')])).toEqual([]);
  });

  test('what the server says of the name of a function is heard although its body is left out', async () => {
    const [was, is] = [diagnostic([71, 4, 71, 5], 'reportUnusedFunction'), diagnostic([73, 4, 73, 5], 'reportUnusedFunction')];
    expect((await focus([]))?.complete([is])).toEqual([is]);
    expect((await focus([], [was]))?.complete([])).toEqual([]);
    expect((await focus([], [{ ...was, code: 'reportX' }]))?.complete([{ ...is, code: 'reportY' }])).toEqual([{ ...is, code: 'reportX' }]);
    const [before, after] = [await sideOf('a.py', `${function_('a')}${function_('_c')}def b() -> int:\n    return _c(1)\n`), await sideOf('a.py', `${function_('a')}${function_('_c')}def b() -> int:\n    return 2\n`)];
    expect(focusOn(before, after, [], { names: new Set(), classes: new Set() }, () => false)?.text).toContain('def _c');
    const itself = await Promise.all(['1', '2'].map((last) => sideOf('a.py', `${function_('a', '_d(1)')}${function_('_d', '_d(1)')}def b() -> int:\n    return ${last}\n`)));
    const unused = diagnostic([34, 4, 34, 6], 'reportUnusedFunction');
    for (const known of [[], [unused]]) expect(itself[0] === undefined || itself[1] === undefined ? null : focusOn(itself[0], itself[1], known, { names: new Set(), classes: new Set() }, () => true)?.complete([unused])).toEqual(known);
  });
});

test('what a function imports inside is from outside', async () => {
  const [part] = await partsIn('def f() -> None:\n    if x:\n        from .m import A as B, C\n    y = C(B)\n    print(y)\n');
  expect([...(part?.words ?? [])].filter((word) => /^[A-Zmxy]$/u.test(word)).sort()).toEqual(['A', 'B', 'C', 'm', 'x']);
});

test('the names in what a function returns are from outside, behind a comma too', async () => {
  const [part] = await partsIn('def f[T](x: T, y: U = v) -> dict[str, A]:\n    return {x: B()}\n');
  expect([...(part?.words ?? [])].sort()).toEqual(['A', 'B', 'T', 'U', 'def', 'dict', 'f', 'return', 'str', 'v']);
});
