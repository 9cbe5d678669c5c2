import { test } from 'vitest';
import type { BundleDraft } from '../../src/bundles/build-bundle.js';
import type { RenderOptions } from '../../src/render/render-options.js';
import type { BundleSymbol } from '../../src/bundles/schema/location.js';
import { diagnostic, location } from '../bundles/sample-draft.js';
import { checkText } from './check-text.js';

type Facts = NonNullable<BundleDraft['facts']>;

const at = (uri: string, line: number, column: number, width: number) => ({ ...location(uri, line, column, width) });

function symbol(name: string, kind: string, range: BundleSymbol['range'], uri = 'app.py'): BundleSymbol {
  return { name, kind, uri, range, selectionRange: [range[0], range[1] + 4, range[0], range[1] + 4 + name.length], selector: `py://app#${name}` };
}

test.each<[string, Facts, readonly string[], Partial<RenderOptions>?]>([
  ['a definition', { definitions: [at('app.py', 0, 4, 4)] }, ['app.py:1:5 def load(path: str) -> int:']],
  ['no definition', { definitions: [] }, ['no definition']],
  ['references in order, with a decoded path', { references: [at('b%20c.py', 1, 6, 4), at('app.py', 4, 11, 4)] }, ['app.py:5:11 x = "😀" + load(1)', 'b c.py:2:7 app.load("a")']],
  ['columns in UTF-16 units', { references: [at('app.py', 4, 11, 4)] }, ['app.py:5:12 x = "😀" + load(1)'], { unit: 'utf-16' }],
  ['columns in bytes', { references: [at('app.py', 4, 11, 4)] }, ['app.py:5:14 x = "😀" + load(1)'], { unit: 'utf-8' }],
  ['a place outside the workspace', { definitions: [at('ext://typeshed@1/builtins.pyi', 9, 0, 1)] }, ['ext://typeshed@1/builtins.pyi:10:1']],
  ['a file that cannot be read', { implementations: [at('gone.py', 2, 3, 1)] }, ['gone.py:3:4']],
  ['a reference that does not decode', { implementations: [at('a%zz.py', 2, 3, 1)] }, ['a%zz.py:3:4']],
  ['code that would steer the terminal', { references: [at('esc.py', 0, 0, 5)] }, ['esc.py:1:1 print("\uFFFD[31m")']],
  ['a list that was cut', { references: [at('gone.py', 2, 3, 1)], truncated: true, nextCursor: '100000.abc' }, ['gone.py:3:4', 'truncated: more than 100000 places; --cursor 100000.abc goes on']],
  ['a hover', { hover: { contents: '(function) def load(\n  path: str\n) -> int\n', range: [0, 4, 0, 8] } }, ['(function) def load(', '  path: str', ') -> int']],
  ['no hover', { hover: null }, ['no hover information']],
  ['no symbols', { symbols: [] }, ['no symbols']],
  [
    'an outline',
    { symbols: [symbol('A', 'class', [0, 0, 9, 0]), symbol('m', 'method', [1, 2, 4, 0]), symbol('inner', 'function', [2, 4, 3, 0]), symbol('n', 'method', [5, 2, 6, 0]), symbol('f', 'function', [10, 0, 11, 0])] },
    [
      'app.py:1:5 class A py://app#A',
      'app.py:2:7   method m py://app#m',
      'app.py:3:9     function inner py://app#inner',
      'app.py:6:7   method n py://app#n',
      'app.py:11:5 function f py://app#f',
    ],
  ],
  [
    'symbols of several files',
    { symbols: [symbol('A', 'class', [0, 0, 9, 0], 'gone.py'), symbol('B', 'class', [1, 0, 2, 0], 'other.py')] },
    ['gone.py:1:5 class A py://app#A', 'other.py:2:5 class B py://app#B'],
  ],
  ['no types', { types: [] }, ['no types']],
  ['callees', { calls: [{ to: symbol('load', 'function', [0, 0, 9, 0]), ranges: [[1, 0, 1, 4]] }] }, ['app.py:1:5 function load py://app#load (1 call)']],
  ['callers', { calls: [{ from: symbol('main', 'function', [0, 0, 9, 0]), ranges: [[1, 0, 1, 4], [2, 0, 2, 4]] }] }, ['app.py:1:5 function main py://app#main (2 calls)']],
  ['no calls', { calls: [] }, ['no calls']],
  ['a signature', { signature: { signatures: [{ label: 'f(a)', documentation: null, parameters: [] }, { label: 'f(a, b)', documentation: null, parameters: [] }], activeSignature: 1, activeParameter: 0 } }, ['  f(a)', '> f(a, b)']],
  ['the parameter that a place is at', { signature: { signatures: [{ label: 'f(a, b)', documentation: null, parameters: [{ label: 'a' }, { label: 'b' }] }], activeSignature: 0, activeParameter: 1 } }, ['> f(a, b) [at b]']],
  ['no signature', { signature: null }, ['no signature']],
  ['actions', { actions: [{ id: 'a1', title: 'Import x', kind: 'quickfix', isPreferred: true, disabledReason: null, commandOnly: false }, { id: 'b2', title: 'Extract', kind: null, isPreferred: false, disabledReason: 'nothing selected', commandOnly: true }] }, ['a1 * Import x [quickfix]', 'b2 Extract (a command, never run) (disabled: nothing selected)']],
  ['a name that can be renamed', { prepareRename: { ...at('app.py', 0, 4, 4), placeholder: 'load' } }, ['app.py:1:5 load']],
  ['one that cannot', { prepareRename: null }, ['it cannot be renamed']],
  ['completions that were cut', { completions: [{ label: 'load', kind: null, detail: null, insertText: null }], truncated: true }, ['load', 'truncated: there are more; --limit N says how many are listed']],
  ['completions', { completions: [{ label: 'load', kind: 'function', detail: null, insertText: null }] }, ['load function']],
])('%s', (_name, facts, expected, options) => checkText({ facts }, expected, options));

test('a hover says where it is when the selector was resolved', () => {
  checkText(
    {
      facts: { hover: { contents: 'int', range: null } },
      resolution: { original: 'app.py@L5:C1', resolved: { uri: 'app.py', range: [4, 0, 4, 1] }, alphaConf: 1, candidates: [], weights: {} },
    },
    ['app.py:5:1', 'int'],
  );
});

const COVERED = { measured: ['a.py', 'app.py'], unmeasured: [] };

test.each<[string, Facts, readonly string[]]>([
  ['none in what was checked', { diagnostics: [], coverage: COVERED }, ['no diagnostics (2 files checked)']],
  ['none in one file', { diagnostics: [], coverage: { measured: ['a.py'], unmeasured: [] } }, ['no diagnostics (1 file checked)']],
  ['nothing measured is not the same', { diagnostics: [], coverage: { measured: [], unmeasured: [{ path: 'a.go', reason: 'no server for Go' }] } }, ['nothing was measured', 'not measured: a.go (no server for Go)']],
  ['no files at all', { diagnostics: [], coverage: { measured: [], unmeasured: [] } }, ['no files to check']],
  ['no word on coverage', { diagnostics: [] }, ['no diagnostics']],
  [
    'each with its rule, further lines indented, and a summary',
    {
      diagnostics: [
        diagnostic('app.py', 1, { message: 'Type "str" is not assignable\n  "str" is not "int"\n' }),
        diagnostic('app.py', 2, { severity: 'warning', code: 2322, source: 'ts', message: 'm' }),
        diagnostic('app.py', 3, { severity: 'information', code: null, message: 'n' }),
      ],
      coverage: COVERED,
    },
    [
      'app.py:2:1 error Type "str" is not assignable [reportArgumentType]',
      '    "str" is not "int"',
      'app.py:3:1 warning m [ts 2322]',
      'app.py:4:1 information n',
      '1 error, 1 warning, 1 note (2 files checked)',
    ],
  ],
  [
    'what was not measured, by reason',
    {
      diagnostics: [],
      coverage: {
        measured: ['a.py'],
        unmeasured: [
          { path: 'a.md', reason: 'no server' },
          { path: 'b.py', reason: 'not UTF-8' },
          { path: 'c.md', reason: 'no server' },
          { path: 'd.md', reason: 'no server' },
          { path: 'e.md', reason: 'no server' },
        ],
      },
    },
    ['no diagnostics (1 file checked)', 'not measured: a.md, c.md, d.md and 1 more (no server)', 'not measured: b.py (not UTF-8)'],
  ],
])('diagnostics: %s', (_name, facts, expected) => checkText({ facts }, expected));

test('colour only when it is wanted', () => {
  checkText({ facts: { diagnostics: [diagnostic('gone.py', 0)] } }, ['gone.py:1:1 \u001b[31merror\u001b[39m no such thing [reportArgumentType]', '1 error'], { color: true });
});
