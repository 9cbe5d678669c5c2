import { expect, test } from 'vitest';
import { changedDeclarations, editedSymbols } from '../../src/reward/changed-declarations.js';
import { pairsOf, sideOf } from './fake-checker.js';

const PYTHON = 'import os\nfrom a import helper\n\nLIMIT = 3\n\n\nclass Box:\n    """A box."""\n\n    size: int = 1\n\n    def area(self, scale):\n        def inner():\n            return 1\n        return self.size * scale * inner()\n\n\ndef free(x):\n    return x + LIMIT\n';

async function changes(path: string, before: string | null, after: string | null): Promise<string[]> {
  const found = changedDeclarations(before === null ? null : await sideOf(path, before), after === null ? null : await sideOf(path, after));
  return found.map((item) => {
    const name = item.symbolBefore === null || item.symbolBefore === item.symbolAfter ? (item.symbolAfter ?? '') : `${item.symbolBefore}${item.symbolAfter === null ? '' : `>${item.symbolAfter}`}`;
    return `${item.change} ${name}${item.signatureChanged ? ' sig' : ''}`;
  });
}

test.each<[string, (text: string) => string, string[]]>([
  ['nothing', (text) => text, []],
  ['a comment and white space', (text) => text.replace('LIMIT = 3', 'LIMIT  =  3  # three'), []],
  ['a body', (text) => text.replace('x + LIMIT', 'x - LIMIT'), ['modified free']],
  ['a signature', (text) => text.replace('free(x)', 'free(x, y)'), ['modified free sig']],
  ['a decorator', (text) => text.replace('def free', '@cache\ndef free'), ['modified free sig']],
  ['a method alone', (text) => text.replace('* scale', '/ scale'), ['modified Box.area']],
  ['a nested function alone', (text) => text.replace('return 1', 'return 2'), ['modified Box.area.inner']],
  ['a field', (text) => text.replace('size: int = 1', 'size: int = 2'), ['modified Box.size']],
  ['a base class', (text) => text.replace('class Box', 'class Box(Base)'), ['modified Box sig']],
  ['a constant', (text) => text.replace('LIMIT = 3', 'LIMIT = 4'), ['modified LIMIT']],
  ['a new function', (text) => `${text}\n\ndef more():\n    return 2\n`, ['added more sig']],
  ['a removed function', (text) => text.slice(0, text.indexOf('def free')), ['removed free sig']],
  ['a renamed function', (text) => text.replace('def free', 'def bound'), ['renamed free>bound sig']],
  ['another order', (text) => `${text.slice(0, text.indexOf('class Box'))}${text.slice(text.indexOf('def free'))}\n\n${text.slice(text.indexOf('class Box'), text.indexOf('def free'))}`, []],
  ['a statement of the module', (text) => `${text}\nfree(1)\n`, ['modified <module> sig']],
  ['a changed import', (text) => text.replace('from a import', 'from b import'), ['modified <module> sig', 'modified helper sig']],
  ['a new import', (text) => text.replace('import os\n', 'import os\nimport sys\n'), ['modified <module> sig', 'added sys sig']],
])('of a Python file: %s', async (_name, mutate, expected) => expect(await changes('a.py', PYTHON, mutate(PYTHON))).toEqual(expected));

test('what belongs to a renamed declaration is carried along, unless it changed itself or went elsewhere', async () => {
  const carried = async (after: string): Promise<string[]> =>
    changedDeclarations(await sideOf('a.py', PYTHON), await sideOf('a.py', after)).filter(({ isCarried }) => isCarried).map(({ symbolAfter }) => symbolAfter ?? '');
  const renamed = PYTHON.replace('class Box', 'class Crate');
  expect(await carried(renamed)).toEqual(['Crate.size', 'Crate.area', 'Crate.area.inner']);
  expect(await carried(renamed.replace('size: int = 1', 'size: int = 2'))).toEqual(['Crate.area', 'Crate.area.inner']);
  expect(await carried(PYTHON.replace('    def area', 'class Other:\n    def area'))).toEqual(['Other.area.inner']);
});

test('of a TypeScript file', async () => {
  const before = "import { a, b as c } from './x';\nexport const f = (n: number) => n + 1;\nexport class K {\n  run(): void {\n    a();\n  }\n}\n";
  expect(await changes('a.ts', before, before.replace('n + 1', 'n + 2'))).toEqual(['modified f']);
  expect(await changes('a.ts', before, before.replace('a();', 'a(1);'))).toEqual(['modified K.run']);
  expect(await changes('a.ts', before, before.replace("'./x'", "'./y'"))).toEqual(['modified <module> sig', 'modified a sig', 'modified c sig']);
  expect(await changes('a.ts', before, before.replace('b as c', 'd as c'))).toEqual(['modified c sig']);
  expect(await changes('a.ts', before, before.replace('b as c', 'b as c, e'))).toEqual(['modified <module> sig', 'added e sig']);
});

test('of a created, a deleted and an unreadable file', async () => {
  expect(await changes('a.py', null, 'def f(): ...\n')).toEqual(['added <module> sig', 'added f sig']);
  expect(await changes('a.py', 'def f(): ...\n', null)).toEqual(['removed <module> sig', 'removed f sig']);
  expect(await changes('notes', 'a\n', 'b\n')).toEqual(['modified <module> sig']);
  expect(await changes('notes', 'a\n', 'a\n')).toEqual([]);
});

test('edited symbols: imports belong to their module, both names of a renamed one, sorted', async () => {
  const pairs = await pairsOf([
    ['b.py', PYTHON, PYTHON.replace('from a', 'from c').replace('def free', 'def bound')],
    ['a.py', PYTHON, PYTHON, 'z.py'],
    ['c.py', null, 'def f(): ...\n'],
  ]);
  expect(editedSymbols(pairs).map((item) => `${item.path} ${item.symbol}`)).toEqual(['b.py <module>', 'b.py bound', 'b.py free', 'c.py <module>', 'c.py f']);
});
