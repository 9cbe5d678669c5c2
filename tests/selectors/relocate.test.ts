import { describe, expect, test } from 'vitest';
import { TextDocument } from '../../src/base/text-document.js';
import type { PathMove } from '../../src/selectors/history-port.js';
import { parseSelector } from '../../src/selectors/grammar.js';
import { SideCache } from '../../src/selectors/relocation-side.js';
import { resolveSelector } from '../../src/selectors/resolve-selector.js';
import { selectorForPlace } from '../../src/selectors/selector-for.js';
import { rememberedHistory, type Files } from './remembered-history.js';

/** The files without « and », and what stood between them. */
function unmarked(files: Files): { files: Files; path: string; start: number; end: number } {
  const path = Object.keys(files).find((name) => files[name]?.includes('«') === true);
  if (path === undefined) throw new Error('mark a place with « and »');
  const text = files[path] ?? '';
  const start = text.indexOf('«');
  const end = text.indexOf('»') - 1;
  return { files: { ...files, [path]: text.replace('«', '').replace('»', '') }, path, start, end };
}

function marked(path: string, text: string, range: readonly [number, number, number, number]): string {
  const document = new TextDocument(text);
  const start = document.offsetAt({ line: range[0], character: range[1] });
  const end = document.offsetAt({ line: range[2], character: range[3] });
  return `${path}: ${text.slice(0, start)}«${text.slice(start, end)}»${text.slice(end)}`;
}

async function relocated(beforeMarked: Files, after: Files, moves: readonly PathMove[]): Promise<string> {
  const before = unmarked(beforeMarked);
  const document = new TextDocument(before.files[before.path] ?? '');
  const selector = selectorForPlace(before.path, document.rangeOf(before.start, before.end), document, { kind: 'git', rev: 'then' });
  return await resolved(selector, before.files, after, moves);
}

async function resolved(selector: string, before: Files, after: Files, moves: readonly PathMove[] = []): Promise<string> {
  const resolution = await resolveSelector(parseSelector(selector), rememberedHistory(before, after, moves), new SideCache(), { indexIo: 'codepoint' });
  const [best] = resolution.candidates;
  return resolution.kind === 'found' && best !== undefined ? marked(best.path, after[best.path] ?? '', best.range) : resolution.kind;
}

const BODY = '    total = price * amount\n    if total > limit:\n        raise TooMuch(total, limit)\n    return round(total, 2)\n';
const OTHER = 'def other(a):\n    return a + 1\n';

describe('a place of an old version', () => {
  test.each<[string, Files, Files, string]>([
    ['in an unchanged file', { 'a.py': 'x = «y»\n' }, { 'a.py': 'x = y\n' }, 'a.py: x = «y»\n'],
    ['moved down', { 'a.py': 'def f():\n    «g(1)»\n' }, { 'a.py': 'import os\n\ndef f():\n    g(1)\n' }, 'a.py: import os\n\ndef f():\n    «g(1)»\n'],
    ['re-indented', { 'a.py': 'def f():\n    h()\n    «g(1)»\n' }, { 'a.py': 'def f():\n    if x:\n        h()\n        g(1)\n' }, 'a.py: def f():\n    if x:\n        h()\n        «g(1)»\n'],
    ['edited between kept lines', { 'a.py': 'def f():\n    a()\n    «value = compute(1)»\n    b()\n' }, { 'a.py': 'def f():\n    a()\n    value = compute(1, 2)\n    b()\n' }, 'a.py: def f():\n    a()\n    «value = compute(1, 2)»\n    b()\n'],
    ['deleted', { 'a.py': 'def f():\n    a()\n    «gone()»\n    b()\n' }, { 'a.py': 'def f():\n    a()\n    b()\n' }, 'notFound'],
    ['deleted where a twin survives', { 'a.py': 'def f():\n    a()\n    «close()»\n    b()\n    c()\n    close()\n    d()\n' }, { 'a.py': 'def f():\n    a()\n    b()\n    c()\n    close()\n    d()\n' }, 'notFound'],
    ['of which there are twins', { 'a.py': 'def f():\n    a()\n    close()\n    b()\n    «close()»\n    c()\n' }, { 'a.py': 'x = 1\ndef f():\n    a()\n    close()\n    b()\n    close()\n    c()\n' }, 'a.py: x = 1\ndef f():\n    a()\n    close()\n    b()\n    «close()»\n    c()\n'],
    ['in a function that was deleted', { 'a.py': `def f():\n    a()\n    «b()»\n${OTHER}` }, { 'a.py': OTHER }, 'notFound'],
    ['a word in an edited line', { 'a.py': 'def f():\n    a()\n    x = one(«two»)\n    b()\n' }, { 'a.py': 'def f():\n    a()\n    x = one(0, two)\n    b()\n' }, 'a.py: def f():\n    a()\n    x = one(0, «two»)\n    b()\n'],
    ['a function whose body changed', { 'a.py': `def «f»():\n    return 1\n${OTHER}` }, { 'a.py': `${OTHER}def f():\n    a, b = c()\n    return a\n` }, `a.py: ${OTHER}def «f»():\n    a, b = c()\n    return a\n`],
    ['a function that was renamed', { 'a.py': `def «price_of»(price, amount, limit):\n${BODY}${OTHER}` }, { 'a.py': `def total_of(price, amount, limit):\n${BODY}${OTHER}` }, `a.py: def «total_of»(price, amount, limit):\n${BODY}${OTHER}`],
    ['a method of a renamed class', { 'a.py': `class A:\n    x = 1\n    y = 2\n    def «m»(self): return self.x + self.y\n` }, { 'a.py': `class B:\n    x = 1\n    y = 2\n    def m(self): return self.x + self.y\n` }, `a.py: class B:\n    x = 1\n    y = 2\n    def «m»(self): return self.x + self.y\n`],
    ['a function that moved to another file', { 'a.py': `def «price_of»(price, amount, limit):\n${BODY}${OTHER}` }, { 'a.py': OTHER, 'b.py': `def price_of(price, amount, limit):\n${BODY}` }, `b.py: def «price_of»(price, amount, limit):\n${BODY}`],
    ['a line of a function that moved', { 'a.py': `def price_of(price, amount, limit):\n${BODY.replace('raise', '«raise»')}${OTHER}` }, { 'a.py': OTHER, 'b.py': `def price_of(price, amount, limit):\n${BODY}` }, `b.py: def price_of(price, amount, limit):\n${BODY.replace('raise', '«raise»')}`],
    ['a function that was there before under its name', { 'a.py': `def «f»(a):\n    return a * 2\n${OTHER}`, 'b.py': 'def f(a):\n    return a * 2\n' }, { 'a.py': OTHER, 'b.py': '\ndef f(a):\n    return a * 2\n' }, 'notFound'],
    ['a function that was copied to two places', { 'a.py': `def «price_of»(price, amount, limit):\n${BODY}` }, { 'b.py': `def price_of(price, amount, limit):\n${BODY}`, 'c.py': `def price_of(price, amount, limit):\n${BODY}` }, 'ambiguous'],
    ['a class that became an alias', { 'a.py': `class «A»(B):\n    x = 1\n` }, { 'a.py': 'A = make()\n' }, 'notFound'],
    ['a deleted function', { 'a.py': `def «f»(a):\n    return deep(a)\n${OTHER}` }, { 'a.py': OTHER }, 'notFound'],
    ['a header with its colon', { 'a.py': `«def f(a):»\n    return 1\n` }, { 'a.py': '@dec\ndef f(a, b):\n    return 1\n' }, 'a.py: @dec\n«def f(a, b):»\n    return 1\n'],
    ['a whole function', { 'a.ts': '«export function f(a: number) { return a; }»\n' }, { 'a.ts': '/** New. */\nexport async function f(a: number) { return await a; }\n' }, 'a.ts: /** New. */\n«export async function f(a: number) { return await a; }»\n'],
    ['a declarator', { 'a.ts': 'const «f = (a: number) => a + 1»;\n' }, { 'a.ts': 'export const f = (a: number, b: number) => a + b;\n' }, 'a.ts: export const «f = (a: number, b: number) => a + b»;\n'],
    ['in a language without a grammar', { 'a.txt': 'one\n«two»\nthree\n' }, { 'a.txt': 'zero\none\ntwo\nthree\n' }, 'a.txt: zero\none\n«two»\nthree\n'],
    ['in text with CRLF and non-BMP characters', { 'a.py': 'def f():\r\n    s = "😀" + «name»\r\n' }, { 'a.py': 'x = 1\r\ndef f():\r\n    s = "😀" + name\r\n' }, 'a.py: x = 1\r\ndef f():\r\n    s = "😀" + «name»\r\n'],
  ])('%s', async (_title, before, after, expected) => {
    expect(await relocated(before, after, [])).toBe(expected);
  });

  test('follows its file where Git says it was renamed', async () => {
    const moves = [{ from: 'a.py', to: 'b/c.py', kind: 'renamed' as const, similarity: 0.9 }];
    expect(await relocated({ 'a.py': `${OTHER}def «f»(): pass\n` }, { 'b/c.py': `def f(): pass\n${OTHER}` }, moves)).toBe(`b/c.py: def «f»(): pass\n${OTHER}`);
  });

  test.each([
    ['py://a#A.m:body', 'a.py: class A:\n    z = 0\n    def m(self):\n        """Doc."""\n        return 2\n'.replace('"""Doc."""\n        return 2', '«"""Doc."""\n        return 2»')],
    ['py://a#A.m:doc', 'a.py: class A:\n    z = 0\n    def m(self):\n        «"""Doc."""»\n        return 2\n'],
    ['ast://[module=a]/[class=A]/[def=m]', 'a.py: class A:\n    z = 0\n    def «m»(self):\n        """Doc."""\n        return 2\n'],
    ['anchor://a.py#"return 1"?ctx=4&pre=%22%22%22%0A        &suf=%0A', 'a.py: class A:\n    z = 0\n    def m(self):\n        """Doc."""\n        «return 2»\n'],
  ])('can be named by %s', async (selector, expected) => {
    const before = { 'a.py': 'class A:\n    def m(self):\n        """Doc."""\n        return 1\n' };
    const after = { 'a.py': 'class A:\n    z = 0\n    def m(self):\n        """Doc."""\n        return 2\n' };
    expect(await resolved(`${selector}${selector.includes('?') ? '&' : '?'}v=git:then`, before, after)).toBe(expected);
  });

  test('is looked for in the present when its version is not known and it is no mere position', async () => {
    expect(await resolved('py://a#x?v=git:unknown', {}, { 'a.py': 'x = 1\n' })).toBe('a.py: «x» = 1\n');
    expect(await resolved('anchor://a.py#"= 1"?v=git:unknown', {}, { 'a.py': 'x = 1\n' })).toBe('a.py: x «= 1»\n');
    expect(await resolved('a.py@L1:C1?v=git:unknown', {}, { 'a.py': 'x = 1\n' })).toBe('notFound');
  });

  test('of a file that is gone since an uncommitted version is still read from that version', async () => {
    const before = { 'a.py': `def price_of(price, amount, limit):\n${BODY}` };
    const after = { 'b.py': `def price_of(price, amount, limit):\n${BODY}` };
    expect(await resolved(`sym://a.py#price_of?v=sha256:${'0'.repeat(64)}`, before, after)).toBe(`b.py: def «price_of»(price, amount, limit):\n${BODY}`);
  });
});

describe('an anchor with only its own context', () => {
  const anchor = 'anchor://a.py#"close()"?ctx=8&pre=%0Ab()%0A&suf=%0Ac()';
  test.each<[string, Files, string]>([
    ['in its whole context', { 'a.py': 'close()\nb()\nclose()\nc()\n' }, 'a.py: close()\nb()\n«close()»\nc()\n'],
    ['alone, with one side of it', { 'a.py': 'b()\nclose()\nnew()\n' }, 'a.py: b()\n«close()»\nnew()\n'],
    ['alone, with neither side', { 'a.py': 'x()\nclose()\nnew()\n' }, 'notFound'],
    ['twice in the same context', { 'a.py': '\nb()\nclose()\nc()\n\nb()\nclose()\nc()\n' }, 'ambiguous'],
    ['one of two with half the context each', { 'a.py': 'b()\nclose()\nx()\nclose()\nc()\n' }, 'notFound'],
    ['in another file', { 'd.py': 'a()\nb()\nclose()\nc()\n' }, 'd.py: a()\nb()\n«close()»\nc()\n'],
    ['too short to be known once changed', { 'a.py': 'a()\nb()\nclose(1)\nc()\n' }, 'notFound'],
  ])('is found %s', async (_title, after, expected) => {
    expect(await resolved(anchor, {}, after)).toBe(expected);
  });
});

test('a changed text is found by its fingerprints within its whole context', async () => {
  const anchor = 'anchor://a.py#"connection.close(graceful)"?ctx=8&pre=%0Ab()%0A&suf=%0Ac()';
  expect(await resolved(anchor, {}, { 'a.py': 'a()\nb()\nconnection.close(graceful, now)\nc()\n' })).toBe('a.py: a()\nb()\n«connection.close(graceful, now)»\nc()\n');
  expect(await resolved(anchor, {}, { 'a.py': 'a()\nx()\nconnection.close(graceful, now)\nc()\n' })).toBe('notFound');
});
