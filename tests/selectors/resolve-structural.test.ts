import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import { TextDocument } from '../../src/base/text-document.js';
import { parseSelector } from '../../src/selectors/grammar.js';
import { resolveStructural, type StructuralResolution } from '../../src/selectors/resolve-structural.js';
import { parseStructure } from '../../src/selectors/structure.js';

async function resolve(selector: string, path: string, text: string, indexIo: 'codepoint' | 'utf-16' | 'utf-8' = 'codepoint'): Promise<StructuralResolution> {
  return resolveStructural(parseSelector(selector), { document: new TextDocument(text), structure: await parseStructure(path, text), indexIo });
}

/** The text with its one answer between « and », `ambiguous` and the texts, or `not found`. */
async function shown(selector: string, path: string, text: string): Promise<string> {
  const resolution = await resolve(selector, path, text);
  const document = new TextDocument(text);
  if (resolution.kind === 'notFound') return `not found: ${resolution.reason}`;
  const marked = resolution.candidates.map(({ range }) => {
    const start = document.offsetAt({ line: range[0], character: range[1] });
    const end = document.offsetAt({ line: range[2], character: range[3] });
    return `${text.slice(0, start)}«${text.slice(start, end)}»${text.slice(end)}`;
  });
  return resolution.kind === 'found' ? (marked[0] ?? '') : `ambiguous: ${String(marked.length)}`;
}

const OVERLOADS = '@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a): pass\n';

describe('resolveStructural', () => {
  test.each([
    ['a cursor inside a name', 'a.py@L1:C2', 'a.py', 'foo.bar', '«foo».bar'],
    ['a cursor behind a name', 'a.py@L1:C4', 'a.py', 'foo.bar', '«foo».bar'],
    ['a cursor before a name', 'a.py@L1:C5', 'a.py', 'foo.bar', 'foo.«bar»'],
    ['a cursor on nothing', 'a.py@L1:C2', 'a.py', '+ +', '+«» +'],
    ['a cursor on a number', 'a.py@L1:C5', 'a.py', 'a = 12', 'a = «»12'],
    ['a cursor in a Unicode name', 'a.py@L1:C3', 'a.py', 'größe𝒳 = 1', '«größe𝒳» = 1'],
    ['a cursor behind a non-BMP character', 'a.py@L1:C7', 'a.py', '"😀" + x', '"😀" + «x»'],
    ['a cursor in a private name', 'a.ts@L1:C11', 'a.ts', 'class A { #p = 1 }', 'class A { «#p» = 1 }'],
    ['a cursor past the last line', 'a.py@L3:C1', 'a.py', 'a\n', 'not found: line 3 lies past the end of the file, which has 2'],
    ['a cursor past the end of its line', 'a.py@L1:C3', 'a.py', 'a\n', 'not found: column 3 lies past the end of line 1'],
    ['a cursor behind the last character', 'a.py@L1:C2', 'a.py', 'a', '«a»'],
    ['a cursor after CR line breaks', 'a.py@L3:C1', 'a.py', 'a\r\nb\rc', 'a\r\nb\r«c»'],
    ['a range', 'a.py@R(1,2->2,2)', 'a.py', 'abc\ndef', 'a«bc\nd»ef'],
    ['a range past the end', 'a.py@R(1,2->2,9)', 'a.py', 'abc\ndef', 'not found: column 9 lies past the end of line 2'],
    ['a method', 'py://a#A.m', 'a.py', 'class A:\n  def m(self): pass\n', 'class A:\n  def «m»(self): pass\n'],
    ['a signature', 'py://a#A.m:sig', 'a.py', 'class A:\n  @d\n  def m(self): pass\n', 'class A:\n  @d\n  «def m(self)»: pass\n'],
    ['a body', 'py://a#f:body', 'a.py', 'def f():\n  a\n  b\n', 'def f():\n  «a\n  b»\n'],
    ['documentation', 'ts://a#f:doc', 'a.ts', '/** Doc. */\nfunction f() {}', '«/** Doc. */»\nfunction f() {}'],
    ['missing documentation', 'py://a#f:doc', 'a.py', 'def f(): pass\n', 'not found: f has no documentation'],
    ['the module', 'py://a#', 'a.py', 'x = 1\n', '«»x = 1\n'],
    ['the module, whole', 'py://a#:body', 'a.py', 'x = 1\n', '«x = 1\n»'],
    ['a name that is not declared', 'py://a#g', 'a.py', 'def f(): pass\n', 'not found: the file declares no g'],
    ['the implementation of overloads', 'py://a#f', 'a.py', OVERLOADS, OVERLOADS.replace('def f(a): pass', 'def «f»(a): pass')],
    ['a chosen overload', 'py://a#f?overload=1', 'a.py', OVERLOADS, OVERLOADS.replace('f(a: str)', '«f»(a: str)')],
    ['an overload too many', 'py://a#f?overload=3', 'a.py', OVERLOADS, 'not found: f has 3 declarations, so there is no overload 3'],
    ['overloads without an implementation', 'ts://a#f', 'a.ts', 'declare function f(a: 1): 1;\ndeclare function f(a: 2): 2;\n', 'ambiguous: 2'],
    ['conditional definitions', 'py://a#f', 'a.py', 'if X:\n  def f(): pass\nelse:\n  def f(): pass\n', 'ambiguous: 2'],
    ['the nth conditional definition', 'py://a#f?nth=1', 'a.py', 'if X:\n  def f(): 1\nelse:\n  def f(): 2\n', 'if X:\n  def f(): 1\nelse:\n  def «f»(): 2\n'],
    ['a definition beside an import', 'py://a#f', 'a.py', 'try:\n  from b import f\nexcept ImportError:\n  def f(): pass\n', 'try:\n  from b import f\nexcept ImportError:\n  def «f»(): pass\n'],
    ['a type beside data of its name', 'ts://a#T', 'a.ts', 'const T = 1;\ntype T = typeof T;\n', 'const T = 1;\ntype «T» = typeof T;\n'],
    ['data beside a type of its name', 'ts://a#T?overload=0', 'a.ts', 'const T = 1;\ntype T = typeof T;\n', 'const «T» = 1;\ntype T = typeof T;\n'],
    ['a re-export', 'ts://a#b', 'a.ts', 'export { a as b } from "./c";\n', 'export { a as «b» } from "./c";\n'],
    ['a member of an anonymous default export', 'ts://a#m', 'a.ts', 'export default class { m() {} }\n', 'export default class { «m»() {} }\n'],
    ['an AST path', 'ast://[module=a]/[class=A]/[def=m]', 'a.py', 'class A:\n  def m(self): pass\n', 'class A:\n  def «m»(self): pass\n'],
    ['an AST path with an index', 'ast://[file=a.py]/[class=A][1]/[def=m]', 'a.py', 'class A:\n  def m(self): 1\nclass A:\n  def m(self): 2\n', 'class A:\n  def m(self): 1\nclass A:\n  def «m»(self): 2\n'],
    ['an AST path without an index among namesakes', 'ast://[file=a.py]/[class=A]/[def=m]', 'a.py', 'class A:\n  def m(self): 1\nclass A:\n  def m(self): 2\n', 'ambiguous: 2'],
    ['an AST path of the wrong kind', 'ast://[file=a.py]/[class=f]', 'a.py', 'def f(): pass\n', 'not found: the file declares no f'],
    ['an AST path through an impl', 'ast://[file=a.rs]/[struct=S]/[fn=m]/name[1]', 'a.rs', 'struct S;\nimpl S { fn m() {} }\n', 'struct S;\nimpl S { fn «m»() {} }\n'],
    ['an anchor', 'anchor://a.py#"b = 2"', 'a.py', 'a = 1\nb = 2\n', 'a = 1\n«b = 2»\n'],
    ['an anchor among twins', 'anchor://a.py#"x()"', 'a.py', 'x()\nx()\n', 'ambiguous: 2'],
    ['an anchor whose context decides', 'anchor://a.py#"x()"?ctx=2&pre=b%0A&suf=%0A', 'a.py', 'a\nx()\nb\nx()\n', 'a\nx()\nb\n«x()»\n'],
    ['the nth anchor', 'anchor://a.py#"x"?nth=1', 'a.py', 'x\nx\n', 'x\n«x»\n'],
    ['an anchor that is gone', 'anchor://a.py#"y"', 'a.py', 'x\n', 'not found: the text of the anchor does not occur in the file'],
  ])('finds %s', async (_title, selector, path, text, expected) => {
    expect(await shown(selector, path, text)).toBe(expected);
  });

  test.each([
    ['codepoint', 5],
    ['utf-16', 6],
    ['utf-8', 8],
  ] as const)('counts columns in %s', async (indexIo, column) => {
    const text = '"😀"+x';
    expect(await resolve(`a.py@L1:C${String(column)}`, 'a.py', text, indexIo)).toMatchObject({ candidates: [{ range: [0, 5, 0, 6] }] });
    expect(await resolve(`a.py@L1:C${String(column)}?enc=${indexIo}`, 'a.py', text, 'codepoint')).toMatchObject({ candidates: [{ range: [0, 5, 0, 6] }] });
  });

  test('refuses a column inside a character and names the nearest', async () => {
    await expect(resolve('a.py@L1:C3', 'a.py', '"😀"', 'utf-16')).rejects.toThrow(Failure);
    await expect(resolve('a.py@L1:C3', 'a.py', '"😀"', 'utf-16')).rejects.toMatchObject({ code: 'E/INDEXING_UNSUPPORTED', details: { nearest: 2 } });
  });
});
