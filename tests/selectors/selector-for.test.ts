import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextDocument } from '../../src/base/text-document.js';
import { sha256 } from '../../src/base/digest.js';
import { parseSelector } from '../../src/selectors/grammar.js';
import { modulePath } from '../../src/selectors/module-paths.js';
import { resolveStructural } from '../../src/selectors/resolve-structural.js';
import { selectorForAnchor, selectorForDeclaration, selectorForUsage } from '../../src/selectors/selector-for.js';
import { parseStructure } from '../../src/selectors/structure.js';
import { symbolIdOf } from '../../src/selectors/symbol-id.js';

const SOURCES: readonly (readonly [string, string])[] = [
  ['pkg/mod.py', 'import os\nX = 1\nclass A:\n  @property\n  def p(self): 1\n  @p.setter\n  def p(self, v): 2\n  def m(self):\n    def n(): pass\nif X:\n  def f(): pass\nelse:\n  def f(): pass\n'],
  ['src/app.ts', 'import d from "m";\nexport default class { m() {} }\nfunction o(a: 1): void;\nfunction o(a: any) {}\nclass A { get g() { return 1 } set g(v) {} "a.b"() {} #p = 1 }\ninterface A { x: 1 }\n'],
  ['a.rs', 'struct S;\nimpl From<A> for S { fn from(a: A) {} }\nimpl From<B> for S { fn from(b: B) {} }\n'],
  ['a.cpp', 'class C { void f(int); void f(char); bool operator==(C); };\nvoid C::f(int) {}\n'],
];

describe('selectorForDeclaration', () => {
  test.each(SOURCES)('leads back to every declaration of %s', async (path, text) => {
    const paths = new Set([path, 'pkg/__init__.py']);
    const structure = await parseStructure(path, text);
    const document = new TextDocument(text);
    for (const declaration of structure?.declarations ?? []) {
      if (structure === null) throw new Error('no grammar');
      const selector = selectorForDeclaration(path, declaration, structure, paths);
      const spec = parseSelector(selector);
      expect(modulePath(spec, paths)).toEqual({ kind: 'found', path });
      expect(resolveStructural(spec, { document, structure, indexIo: 'utf-8' }), selector).toEqual({ kind: 'found', candidates: [{ range: declaration.nameRange, declaration }] });
    }
  });

  test('names a Python module as it is imported and any other file by its path', async () => {
    const selectors = async (path: string, text: string, paths: readonly string[]): Promise<string[]> => {
      const structure = await parseStructure(path, text);
      return structure === null ? [] : structure.declarations.map((declaration) => selectorForDeclaration(path, declaration, structure, new Set(paths)));
    };
    expect(await selectors('src/p/m.py', 'def f(): pass\n', ['src/p/__init__.py', 'src/p/m.py'])).toEqual(['py://p.m#', 'py://p.m#f']);
    expect(await selectors('src/do-it.py', 'def f(): pass\n', ['src/do-it.py'])).toEqual(['sym://src/do-it.py#', 'sym://src/do-it.py#f']);
    expect(await selectors('a.ts', 'function f(a: 1): 1;\nfunction f(a) {}\n', ['a.ts'])).toEqual(['sym://a.ts#', 'sym://a.ts#f?overload=0', 'sym://a.ts#f']);
  });
});

describe('selectorForUsage', () => {
  test('is pinned to the content and says its unit only where units differ', () => {
    const text = 'a = x\ns = "😀" + x\n';
    const digest = sha256(text).slice('sha256:'.length);
    const document = new TextDocument(text);
    expect(selectorForUsage('a.py', [0, 4, 0, 5], document, digest)).toBe(`a.py@L1:C5?v=sha256:${digest}`);
    expect(selectorForUsage('a.py', [1, 11, 1, 12], document, digest)).toBe(`a.py@L2:C11?enc=codepoint&v=sha256:${digest}`);
    expect(selectorForUsage('a.py', [0, 0, 0, 5], document, digest)).toBe(`a.py@R(1,1->1,6)?v=sha256:${digest}`);
  });

  test('leads back to the same range, whatever it spans', () => {
    const line = fc.array(fc.constantFrom('a', 'b1', ' ', '.', '😀', 'é', '#', '9', '𝒳', '\u0301'), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), fc.constantFrom('\n', '\r\n', '\r'), fc.nat(), fc.nat(), fc.constantFrom('a.py', 'a.ts'), (lines, eol, one, other, path) => {
        const text = lines.join(eol);
        const document = new TextDocument(text);
        const boundaries = [...lines.keys()].flatMap((index) => {
          const columns = [0];
          for (const character of lines[index] ?? '') columns.push((columns.at(-1) ?? 0) + character.length);
          return columns.map((character) => ({ line: index, character }));
        });
        const from = boundaries[Math.min(one % boundaries.length, other % boundaries.length)] ?? { line: 0, character: 0 };
        const to = boundaries[Math.max(one % boundaries.length, other % boundaries.length)] ?? from;
        const range = [from.line, from.character, to.line, to.character] as const;
        const spec = parseSelector(selectorForUsage(path, range, document, 'a'.repeat(64)));
        const structure = { language: path === 'a.ts' ? 'typescript' : 'python', declarations: [], syntaxErrors: [] };
        expect(resolveStructural(spec, { document, structure, indexIo: 'codepoint' })).toMatchObject({ kind: 'found', candidates: [{ range }] });
      }),
      { numRuns: 1000 },
    );
  });
});

test('selectorForAnchor quotes the text with its context and leads back to it among twins', () => {
  const text = 'a()\n"😀" % x\nb()\n"😀" % x\n';
  const document = new TextDocument(text);
  const selector = selectorForAnchor('a.py', [3, 0, 3, 8], document, 4);
  expect(selector).toMatch(/^anchor:\/\/a\.py#"%22😀%22 %25 x"\?ctx=4&pre=b\(\)%0A&suf=%0A&hash=sha256:[0-9a-f]{64}$/);
  expect(resolveStructural(parseSelector(selector), { document, structure: null, indexIo: 'codepoint' })).toEqual({ kind: 'found', candidates: [{ range: [3, 0, 3, 8], declaration: null }] });
});

describe('symbolIdOf', () => {
  async function ids(path: string, text: string): Promise<string[]> {
    const structure = await parseStructure(path, text);
    return structure === null ? [] : structure.declarations.slice(1).map((declaration) => symbolIdOf(declaration, structure));
  }

  test.each([
    ['a body', 'a.py', 'def f(a, b): return 1\n', 'a.py', 'def f(a, b): return 2\n'],
    ['a place', 'a.py', 'def f(): pass\n', 'b/c.py', 'def f(): pass\n'],
    ['a formatting', 'a.java', 'class A { void f(int a,String b) {} }', 'a.java', 'class A {\n  void f( int a,\n    String b ) {\n  }\n}\n'],
    ['a dialect', 'a.ts', 'function f() {}', 'a.tsx', 'function f() {}'],
  ])('survives a change of %s', async (_what, path, text, laterPath, later) => {
    expect(await ids(laterPath, later)).toEqual(await ids(path, text));
  });

  test('survives new neighbours and tells overloads apart', async () => {
    expect(await ids('a.ts', 'function f(a: 1): 1;\nfunction f(a: any) {}\n')).toEqual(['ts:function:f(a:1)', 'ts:function:f']);
    expect(await ids('a.ts', 'function f(a: any) {}\n')).toEqual(['ts:function:f']);
    expect(await ids('a.cpp', 'void f(int a) {}\nvoid f(char b) {}\n')).toEqual(['cpp:function:f(int a)', 'cpp:function:f(char b)']);
    expect(await ids('a.py', 'if x:\n  def f(): pass\nelse:\n  def f(): pass\n')).toEqual(['py:function:f', 'py:function:f~1']);
  });

  test('is unique within a file', async () => {
    for (const [path, text] of SOURCES) {
      const all = await ids(path, text);
      expect(new Set(all).size).toBe(all.length);
    }
  });
});
