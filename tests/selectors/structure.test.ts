import { describe, expect, test } from 'vitest';
import { TextDocument } from '../../src/base/text-document.js';
import type { Declaration } from '../../src/base/declaration.js';
import { parseStructure, parseTokens } from '../../src/selectors/structure.js';

async function declarationsOf(path: string, text: string): Promise<readonly Declaration[]> {
  const structure = await parseStructure(path, text);
  if (structure === null) throw new Error(`no grammar for ${path}`);
  return structure.declarations;
}

/** `kind a.b.c`, with `[n]` for a later declaration of the same name and `;` for one without a body that others of its kind have. */
async function outline(path: string, text: string): Promise<string[]> {
  return (await declarationsOf(path, text)).slice(1).map(({ kind, qualname, overload }) => `${kind} ${qualname.join('.')}${overload > 0 ? `[${String(overload)}]` : ''}`);
}

async function parts(path: string, text: string, qualname: string, overload = 0): Promise<Record<'name' | 'signature' | 'body' | 'doc' | 'whole', string | null>> {
  const document = new TextDocument(text);
  const found = (await declarationsOf(path, text)).find((declaration) => declaration.qualname.join('.') === qualname && declaration.overload === overload);
  if (found === undefined) throw new Error(`no ${qualname}`);
  const slice = (range: Declaration['bodyRange']): string | null => (range === null ? null : document.slice(range));
  return { name: slice(found.nameRange), signature: slice(found.signatureRange), body: slice(found.bodyRange), doc: slice(found.docRange), whole: slice(found.range) };
}

describe('the outline of a file', () => {
  test.each<[string, string, string, string[]]>([
    ['Python classes and methods', 'a.py', 'class A(B):\n  x: int = 1\n  def __init__(self): self.y = 1\n  async def m(self): pass\n  class I: pass\n', ['class A', 'field A.x', 'constructor A.__init__', 'method A.m', 'class A.I']],
    ['Python conditional definitions', 'a.py', 'if X:\n  def f(): pass\nelse:\n  def f(): pass\ntry:\n  import j\nexcept ImportError:\n  j = None\n', ['function f', 'function f[1]', 'import j']],
    ['Python nested functions', 'a.py', 'def f():\n  x = 1\n  import os\n  def g():\n    class C: pass\n  return lambda: 1\n', ['function f', 'function f.g', 'class f.g.C']],
    ['Python properties', 'a.py', 'class A:\n  @property\n  def p(self): ...\n  @p.setter\n  def p(self, v): ...\n  @functools.cached_property\n  def c(self): ...\n', ['class A', 'property A.p', 'property A.p[1]', 'property A.c']],
    ['Python assignments, the first of each', 'a.py', 'X = 1\nX = 2\na = B = 3\nc, d = 1, 2\nx.y = 3\ntype T = int\n', ['constant X', 'variable a', 'constant B', 'variable c', 'variable d', 'type T']],
    ['Python imports', 'a.pyi', 'import os.path, sys as s\nfrom .m import a as b, c\nfrom m import *\n', ['import os', 'import s', 'import b', 'import c']],
    ['TypeScript functions in every spelling', 'a.ts', 'function a() {}\nconst b = () => 1, c = 2;\nexport default async function* d() {}\nlet e = function () {};\n', ['function a', 'function b', 'constant c', 'function d', 'function e']],
    ['TypeScript classes', 'a.ts', 'export abstract class A<T> extends B { x = 1; #p = () => {}; constructor() {} get g() { return 1 } set g(v) {} abstract m(): void; static n() {} }', ['class A', 'field A.x', 'method A.#p', 'constructor A.constructor', 'property A.g', 'property A.g[1]', 'method A.m', 'method A.n']],
    ['TypeScript types', 'a.tsx', 'interface I { a: string; m(): void }\ntype U = { b: 1 };\nenum E { A, B = 2 }\nnamespace N.M { export const z = 1 }\ndeclare module "x" { function g(): void }\n', ['interface I', 'property I.a', 'method I.m', 'type U', 'property U.b', 'enum E', 'enumMember E.A', 'enumMember E.B', 'namespace N.M', 'constant N.M.z', 'namespace x', 'function x.g']],
    ['TypeScript imports and re-exports', 'a.ts', 'import d, { x as y, type Z } from "m";\nimport * as n from "n";\nexport { a as b, c } from "./o";\nexport * as q from "./p";\nexport { y };\n', ['import d', 'import y', 'import Z', 'import n', 'import b', 'import c', 'import q']],
    ['default exports', 'a.ts', 'export default class extends B { m() {} }\n', ['class default', 'method default.m']],
    ['object literals', 'a.js', 'const o = { m() {}, k: () => 1, get p() { return 1 }, n: 1, in: { d() {} } };\nexports.f = function () {};\nA.prototype.g = function () {};\n', ['constant o', 'method o.m', 'method o.k', 'property o.p', 'method o.in.d', 'function f', 'method A.g']],
    ['what callbacks declare', 'a.ts', 'const r = run(() => { const local = 1; function f() {} class C { x = 1 } });\n', ['constant r', 'function f', 'class C', 'field C.x']],
    ['Go', 'a.go', 'package p\nimport m "math"\ntype S struct { A int; b, c string }\ntype I interface { M(x int) error }\nconst ( X = iota; Y )\nvar v = 1\nfunc F(a int) { x := 1; _ = x }\nfunc (r *S) M() {}\nfunc (l List[T]) N() {}\n', ['import m', 'struct S', 'field S.A', 'field S.b', 'field S.c', 'interface I', 'method I.M', 'constant X', 'constant Y', 'variable v', 'function F', 'method S.M', 'method List.N']],
    ['Rust', 'a.rs', 'use a::b as c;\npub struct S<T> { pub a: T }\nenum E { A, B(i32) }\ntrait T { fn m(&self); }\nimpl<T> fmt::Display for S<T> { fn fmt(&self) { fn i() {} } }\nmod m { const X: i32 = 1; }\nmacro_rules! mac { () => {} }\n', ['import c', 'struct S', 'field S.a', 'enum E', 'enumMember E.A', 'enumMember E.B', 'interface T', 'method T.m', 'method S.fmt', 'function S.fmt.i', 'namespace m', 'constant m.X', 'macro mac']],
    ['Java', 'A.java', 'import a.b.C;\nclass A<T> { int a = 1, b; A() {} <U> void m(U... u) {} enum E { X, Y } interface I { void n(); } record R(int z) {} }\n', ['import C', 'class A', 'field A.a', 'field A.b', 'constructor A.A', 'method A.m', 'enum A.E', 'enumMember A.E.X', 'enumMember A.E.Y', 'interface A.I', 'method A.I.n', 'class A.R', 'field A.R.z']],
    ['C', 'a.c', '#define M 1\ntypedef struct S { int a; } S_t;\nenum E { X };\nint f(int), g2 = 3, *g3;\nstatic char *h(void) { int local; return 0; }\n', ['macro M', 'struct S', 'field S.a', 'type S_t', 'enum E', 'enumMember E.X', 'function f', 'variable g2', 'variable g3', 'function h']],
    ['C++', 'a.cpp', 'namespace n::m { template <class T> class C : B { C(int x) : b(x) {} ~C(); int f() const; T x, *y; int operator+(int) { return 1; } }; }\nint C<T>::f() const { return 1; }\nusing A = int;\n', ['namespace n.m', 'class n.m.C', 'constructor n.m.C.C', 'method n.m.C.~C', 'method n.m.C.f', 'field n.m.C.x', 'field n.m.C.y', 'method n.m.C.operator+', 'method C.f', 'type A']],
  ])('lists %s', async (_title, path, text, expected) => {
    expect(await outline(path, text)).toEqual(expected);
  });

  test('begins with the module, and is null where there is no grammar', async () => {
    expect((await declarationsOf('a.py', '"""About."""\n'))[0]).toMatchObject({ kind: 'module', qualname: [], docRange: [0, 0, 0, 12] });
    expect(await parseStructure('a.txt', 'x')).toBeNull();
  });

  test('keeps what parses of a broken file and says where it does not', async () => {
    const structure = await parseStructure('a.py', 'def f(): pass\n\ndef (:\n\nclass C:\n    def m(self): pass\n');
    expect(structure?.declarations.map((declaration) => declaration.qualname.join('.'))).toEqual(['', 'f', 'C', 'C.m']);
    expect(structure?.syntaxErrors).not.toEqual([]);
  });
});

describe('the parts of a declaration', () => {
  test.each<[string, string, string, string, number, Record<string, string | null>]>([
    ['a decorated Python method', 'a.py', 'class A:\n  @dec\n  async def m(self, a: int = 1,\n      b=2) -> int:\n    """Doc."""\n    return a\n', 'A.m', 0, { name: 'm', signature: 'async def m(self, a: int = 1,\n      b=2) -> int', body: '"""Doc."""\n    return a', doc: '"""Doc."""', whole: '@dec\n  async def m(self, a: int = 1,\n      b=2) -> int:\n    """Doc."""\n    return a' }],
    ['an exported TypeScript function', 'a.ts', '/** Doc. */\nexport async function f(a: number): Promise<void> { }\n', 'f', 0, { name: 'f', signature: 'export async function f(a: number): Promise<void>', body: '{ }', doc: '/** Doc. */', whole: 'export async function f(a: number): Promise<void> { }' }],
    ['a decorated TypeScript class', 'a.ts', '/** Doc. */\n@Dec()\nexport class K {}\n', 'K', 0, { name: 'K', signature: 'export class K', body: '{}', doc: '/** Doc. */', whole: '@Dec()\nexport class K {}' }],
    ['a decorated TypeScript method', 'a.ts', 'class K {\n  /** Doc. */\n  @Get("/")\n  private m(): void {}\n}\n', 'K.m', 0, { signature: 'private m(): void', doc: '/** Doc. */', whole: '@Get("/")\n  private m(): void {}' }],
    ['an arrow function', 'a.ts', 'export const f = async <T,>(a: T) => { };\n', 'f', 0, { signature: 'export const f = async <T,>(a: T)', body: '{ }', whole: 'export const f = async <T,>(a: T) => { };' }],
    ['a plain constant', 'a.ts', '// not documentation\nexport const x: number = 1;\n', 'x', 0, { name: 'x', signature: 'export const x: number', body: '1', doc: null }],
    ['a quoted method name', 'a.ts', 'class A { ["b c"]() {} }', 'A.b c', 0, { name: 'b c' }],
    ['a Go function with its comment run', 'a.go', 'package p\n\n// old\n\n// F does\n// things.\nfunc F() {}\n', 'F', 0, { doc: '// F does\n// things.', signature: 'func F()' }],
    ['a Rust struct between attributes', 'a.rs', '/// Doc.\n/// More.\n#[derive(Debug)]\npub struct S;\n', 'S', 0, { doc: '/// Doc.\n/// More.', signature: 'pub struct S', whole: '#[derive(Debug)]\npub struct S;' }],
    ['a Java method', 'A.java', 'class A {\n  /** Doc. */\n  @Override public void m() throws E {}\n}\n', 'A.m', 0, { doc: '/** Doc. */', signature: '@Override public void m() throws E', whole: '@Override public void m() throws E {}' }],
    ['a C++ template member', 'a.h', 'class C {\n  // Doc.\n  template <class U> U* t(int a);\n};\n', 'C.t', 0, { doc: '// Doc.', signature: 'template <class U> U* t(int a)', body: null }],
  ])('of %s', async (_title, path, text, qualname, overload, expected) => {
    expect(await parts(path, text, qualname, overload)).toMatchObject(expected);
  });

  test('an overload signature has no body, its implementation has one', async () => {
    const python = await declarationsOf('a.py', 'from typing import overload\n@overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\ndef f(a): return a\n');
    expect(python.filter((declaration) => declaration.name === 'f').map((declaration) => [declaration.hasBody, declaration.parameters])).toEqual([
      [false, 'a: int'],
      [false, 'a: str'],
      [true, 'a'],
    ]);
    const typescript = await declarationsOf('a.ts', 'function f(a: string): void;\nfunction f(\n  a: any,\n) {}\n');
    expect(typescript.slice(1).map((declaration) => [declaration.hasBody, declaration.parameters])).toEqual([
      [false, 'a: string'],
      [true, 'a: any'],
    ]);
  });

  test('ranges count UTF-16 and every kind of line break', async () => {
    const [, first, second] = await declarationsOf('a.py', '\uFEFFs = "😀"; é = 1\r\ndef f(): pass\r');
    expect(first?.nameRange).toEqual([0, 1, 0, 2]);
    expect(second?.nameRange).toEqual([0, 11, 0, 12]);
  });
});

describe('the tokens of a file', () => {
  test('are its leaves without comments and layout, strings whole', async () => {
    const tokens = await parseTokens('a.py', 'x = "a\\n b" + \\\n  1  # why\n');
    expect(tokens?.tokens.map((token) => token.text)).toEqual(['x', '=', '"', 'a', '\\n', ' b', '"', '+', '1']);
    expect(tokens?.comments).toEqual([{ text: '# why', range: [1, 5, 1, 10] }]);
  });

  test('tell an indented statement from one that is not', async () => {
    const depthOf = async (text: string): Promise<number | undefined> => (await parseTokens('a.py', text))?.tokens.find((token) => token.text === 'y')?.depth;
    expect(await depthOf('if x:\n  a\ny\n')).not.toBe(await depthOf('if x:\n  a\n  y\n'));
  });
});
