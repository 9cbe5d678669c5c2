import { describe, expect, test } from 'vitest';
import { bundleSchema, type Bundle } from '../../src/bundles/schema/bundle.js';
import type { Engine } from '../../src/operations/engine.js';
import { fingerprint, TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const PYTHON = {
  'pkg/__init__.py': 'from pkg.shape import Shape, total\n__all__ = ["Shape", "total"]\n',
  'pkg/shape.py':
    'import json\n\n\n# total is a name\nclass Shape:\n    def area(self, scale: int) -> int:\n        return scale\n\n\nclass Square(Shape):\n    def area(self, scale: int) -> int:\n        return super().area(scale)\n\n    def edge(self) -> int:\n        return 1\n\n\nclass Encoder(json.JSONEncoder):\n    def default(self, o: object) -> int:\n        return 1\n\n\ndef total(shapes: list[Shape]) -> int:\n    return sum(s.area(scale=1) for s in shapes)\n\n\ndef grand(shapes: list[Shape]) -> int:\n    inner = total(shapes)\n    return inner + total([]) + len("x")\n',
  'tests/test_use.py': 'from pkg import *\nfrom pkg.shape import Square as S, total as t\n\nt([])\ntotal([S()])\nS().area(2)\n',
  'dyn.py': 'def dyn(x):\n    return x.area(1) + getattr(x, "area")(1)\n',
};
const TYPESCRIPT = {
  'tsconfig.json': '{"compilerOptions": {"strict": true, "module": "nodenext", "noEmit": true, "types": []}, "include": ["src"]}\n',
  'src/a.ts':
    'export function total(x: number): number { return x; }\nexport interface Opt { label: string }\nconst value = 1;\nexport { value };\nexport default class Widget { #priv = 1; go() { return this.#priv; } }\n/** @param label the label */\nexport function make(label: string): Opt { return { label }; }\nexport interface Shape { area(): number }\nexport class Square implements Shape { area(): number { return 1; } edge(): number { return 2; } }\nexport class Row extends Array<number> { override join(): string { return ""; } }\n',
  'src/b.ts':
    'import W, { total, value, make as mk, type Opt } from "./a.js";\nexport const o = { total, value };\nconst { label } = mk("x");\nexport const p: Opt = { label };\nexport function inner(): number { const grand = 1; return total(grand) + new W().go(); }\n',
};
const CLASSIC = { ...TYPESCRIPT, 'package.json': '{"devDependencies": {"typescript": "^5.0.0"}}\n' };

async function preview(engine: Engine, selector: string, newName: string, more: { overrides?: boolean } = {}): Promise<Bundle> {
  return bundleSchema.parse(await engine.run({ cmd: 'rename', args: { selector, newName, ...more } }));
}

function editsOf(bundle: Bundle): string[] {
  const changes = bundle.edits?.workspaceEdit?.documentChanges ?? [];
  return changes.flatMap((change) => ('kind' in change ? [change.kind] : change.edits.map(({ range, newText }) => `${change.textDocument.uri}:${String(range.start.line)}:${String(range.start.character)} ${newText}`)));
}

function failedChecks(bundle: Bundle): string[] {
  return bundle.edits?.safety.checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name) ?? [];
}

describe('pyright', () => {
  test('previews a rename in files never opened, counts it, measures it, and writes nothing', async () => {
    const repository = new TemporaryRepository(PYTHON);
    const before = fingerprint(repository.top);
    const bundle = await preview(await openEngine(repository.top), 'py://pkg.shape#total', 'sum_all');
    expect(bundle).toMatchObject({ status: 'ok', request: { args: { newName: 'sum_all' } }, meta: { exitCode: 0 } });
    expect(bundle.edits).toMatchObject({ safety: { verdict: 'safe', why: '', counts: { code: 5, test: 2, comment: 0 }, mentions: { comments: 1, strings: 0, texts: 0, places: [{ kind: 'comment', uri: 'pkg/shape.py', range: [3, 2, 3, 7] }] } }, delta: { introduced: [] } });
    expect(editsOf(bundle)).toEqual(['pkg/__init__.py:0:29 sum_all', 'pkg/__init__.py:1:21 sum_all', 'pkg/shape.py:22:4 sum_all', 'pkg/shape.py:27:12 sum_all', 'pkg/shape.py:28:19 sum_all', 'tests/test_use.py:1:35 sum_all', 'tests/test_use.py:4:0 sum_all'].sort());
    expect(bundle.edits?.symbolIds).toContainEqual({ uri: 'pkg/shape.py', before: 'py:function:total', after: 'py:function:sum_all' });
    expect(bundle.edits?.files.map(({ path }) => path)).toEqual(['pkg/__init__.py', 'pkg/shape.py', 'tests/test_use.py']);
    expect(fingerprint(repository.top)).toEqual(before);
    const usage = await preview(await openEngine(repository.top), 'pkg/shape.py@L28:C13', 'sum_all');
    expect(editsOf(usage)).toEqual(editsOf(bundle));
  }, 180_000);

  test('renames one method as the server does and names what overrides it; renames these with it when asked; names the uses that nobody can resolve', async () => {
    const engine = await openEngine(new TemporaryRepository(PYTHON).top);
    const alone = await preview(engine, 'py://pkg.shape#Square.area', 'surface');
    expect(editsOf(alone)).toEqual(['pkg/shape.py:10:8 surface', 'tests/test_use.py:5:4 surface']);
    expect(alone).toMatchObject({ request: { args: { overrides: false } }, edits: { safety: { verdict: 'risky' } }, meta: { exitCode: 0 } });
    expect(failedChecks(alone)).toEqual(expect.arrayContaining(['overrides', 'unresolved-uses', 'dynamic-uses']));
    expect(alone.edits?.safety.why).toContain('overrides: --overrides renames these, too; pkg/shape.py:6:9 is not renamed with it');
    const whole = await preview(engine, 'py://pkg.shape#Square.area', 'surface', { overrides: true });
    expect(editsOf(whole)).toEqual(['pkg/shape.py:5:8 surface', 'pkg/shape.py:10:8 surface', 'pkg/shape.py:11:23 surface', 'pkg/shape.py:23:17 surface', 'tests/test_use.py:5:4 surface']);
    expect(whole).toMatchObject({ request: { args: { overrides: true } }, edits: { safety: { verdict: 'risky' } } });
    expect(failedChecks(whole)).toEqual(['unresolved-uses', 'dynamic-uses']);
    expect(whole.edits?.safety.why).toContain('dyn.py:2:14');
  });

  test('a class inside a function stands in the way only when it may have a member of either name', async () => {
    const story = (top: string, body: string, more = ''): string => `class ${top}:\n    def area(self) -> int:\n        return 1\n\n\ndef make${top}() -> ${top}:\n    class Inner(${top}${more}):\n        ${body}\n\n    return Inner()\n\n\n`;
    const engine = await openEngine(new TemporaryRepository({ 'm.py': story('Quiet', 'colour = 1') + story('Mixed', 'colour = 1', ', dict') + story('Loud', 'area = 1') }).top);
    for (const [top, isRefused] of [['Quiet', false], ['Mixed', true], ['Loud', true]] as const) {
      const [alone, whole] = [await preview(engine, `py://m#${top}.area`, 'surface'), await preview(engine, `py://m#${top}.area`, 'surface', { overrides: true })];
      expect([top, failedChecks(alone).includes('overrides'), alone.edits?.safety.verdict]).toEqual([top, isRefused, isRefused ? 'risky' : 'safe']);
      expect([top, failedChecks(whole).includes('overrides'), whole.edits?.safety.verdict]).toEqual([top, isRefused, isRefused ? 'refused' : 'safe']);
    }
  }, 180_000);

  test('is checked for what a name would hide, be hidden by or override', async () => {
    const engine = await openEngine(new TemporaryRepository(PYTHON).top);
    const cases = [
      ['py://pkg.shape#Encoder.default', 'fallback', ['declared-here']],
      ['py://pkg.shape#total', 'inner', ['resolution', 'diagnostics']],
      ['py://pkg.shape#total', 'len', ['capture', 'diagnostics']],
      ['py://pkg.shape#total', 'grand', ['collision', 'capture']],
      ['py://pkg.shape#Shape.area', 'edge', ['collision', 'overrides']],
      ['py://pkg.shape#Shape', '__shape__', ['special-name']],
      ['pkg/shape.py@L11:C20', 'scale2', ['diagnostics']],
    ] as const;
    for (const [selector, newName, expected] of cases) {
      const bundle = await preview(engine, selector, newName);
      expect([selector, newName, failedChecks(bundle)]).toEqual([selector, newName, expect.arrayContaining([...expected])]);
      const isRefused = expected.some((name) => name !== 'diagnostics');
      expect(bundle).toMatchObject({ status: 'ok', edits: { safety: { verdict: isRefused ? 'refused' : 'risky' } }, meta: { exitCode: isRefused ? 1 : 0 } });
    }
  }, 180_000);

  test('is written when that is asked for, only as the expected preview showed it, and can be taken back', async () => {
    const repository = new TemporaryRepository(PYTHON);
    const before = fingerprint(repository.top, { skip: ['.git'] });
    const engine = await openEngine(repository.top);
    const shown = await preview(engine, 'py://pkg.shape#total', 'sum_all');
    const rename = (newName: string, expect: string): Promise<Bundle> => engine.run({ cmd: 'rename', args: { selector: 'py://pkg.shape#total', newName, apply: true, expect } });
    expect(await rename('sum_both', shown.bundleId)).toMatchObject({ error: { code: 'E/CONTENT_MODIFIED' } });
    expect(await engine.run({ cmd: 'rename', args: { selector: 'py://pkg.shape#total', newName: 'grand', apply: true } })).toMatchObject({ error: { code: 'E/APPLY_CONFLICT' }, edits: { safety: { verdict: 'refused' } }, meta: { exitCode: 70 } });
    expect(fingerprint(repository.top, { skip: ['.git'] })).toEqual(before);
    const written = await rename('sum_all', shown.bundleId);
    expect(written).toMatchObject({ status: 'ok', edits: { transaction: expect.stringMatching(/^txn-/) as string, diff: shown.edits?.diff } });
    expect(repository.git('diff', '--stat')).toContain('3 files changed, 7 insertions(+), 7 deletions(-)');
    expect((await engine.run({ cmd: 'refs', args: { selector: 'py://pkg.shape#sum_all' } })).facts.references).toHaveLength(7);
    repository.write({ 'dyn.py': 'from pkg.shape import sum_all\n' });
    const dirty = await engine.run({ cmd: 'rename', args: { selector: 'py://pkg.shape#sum_all', newName: 'again', apply: true } });
    expect(dirty).toMatchObject({ error: { code: 'E/FS_PERMISSIONS' } });
    repository.git('checkout', '-q', '--', 'dyn.py');
    expect(await engine.run({ cmd: 'undo', args: {} })).toMatchObject({ status: 'ok' });
    expect(fingerprint(repository.top, { skip: ['.git'] })).toEqual(before);
  });

  test('a name that is none, or the old one, is a bad argument; a thing that cannot be renamed is refused', async () => {
    const engine = await openEngine(new TemporaryRepository(PYTHON).top);
    for (const newName of ['class', '1a', '', 'a b']) {
      const bundle = await preview(engine, 'py://pkg.shape#total', newName);
      expect(bundle).toMatchObject({ error: { code: 'E/BAD_ARGUMENT' }, edits: { safety: { verdict: 'refused' }, workspaceEdit: { documentChanges: [] } }, meta: { exitCode: 2 } });
    }
    expect(await preview(engine, 'py://pkg.shape#total', 'total')).toMatchObject({ error: { code: 'E/BAD_ARGUMENT' } });
    const builtin = await preview(engine, 'anchor://pkg/shape.py#"len("', 'length');
    expect(failedChecks(builtin)).toEqual(['renamable']);
    expect(await engine.run({ cmd: 'prepare-rename', args: { selector: 'anchor://pkg/shape.py#"len("' } })).toMatchObject({ facts: { prepareRename: null } });
    expect(await engine.run({ cmd: 'prepareRename', args: { selector: 'py://pkg.shape#total' } })).toMatchObject({ facts: { prepareRename: { uri: 'pkg/shape.py', range: [22, 4, 22, 9], selector: 'py://pkg.shape#total', placeholder: 'total' } } });
  });
});

test.each([['typescript', TYPESCRIPT], ['typescript-language-server', CLASSIC]])('%s keeps what shorthands and exports are called for others', async (server, files) => {
  const engine = await openEngine(new TemporaryRepository(files).top);
  const bundle = await preview(engine, 'sym://src/a.ts#value', 'val');
  expect(bundle).toMatchObject({ environment: { servers: [{ name: server }] }, edits: { safety: { verdict: 'safe' }, delta: { introduced: [] } } });
  expect(editsOf(bundle)).toEqual(['src/a.ts:2:6 val', 'src/a.ts:3:9 val as value']);
  expect(await engine.run({ cmd: 'prepare-rename', args: { selector: 'src/a.ts@L4:C1' } })).toMatchObject({ status: 'ok', facts: { prepareRename: null } });
});

describe('typescript', () => {
  test('renames properties through shorthands, JSDoc with its parameter, an import by an alias, a private name with its #', async () => {
    const engine = await openEngine(new TemporaryRepository(TYPESCRIPT).top);
    expect(editsOf(await preview(engine, 'sym://src/a.ts#Opt.label', 'title'))).toEqual(['src/a.ts:1:23 title', 'src/a.ts:6:52 title: label', 'src/b.ts:2:8 title: label', 'src/b.ts:3:24 title: label']);
    const parameter = await preview(engine, 'anchor://src/a.ts#"label: string): Opt"', 'title');
    expect(parameter.edits?.safety).toMatchObject({ verdict: 'safe', counts: { code: 2, test: 0, comment: 1 } });
    const alias = await preview(engine, 'src/b.ts@L1:C13', 'sum');
    expect(editsOf(alias)).toEqual(['src/b.ts:0:12 total as sum', 'src/b.ts:1:19 total: sum', 'src/b.ts:4:58 sum']);
    expect(await engine.run({ cmd: 'prepare-rename', args: { selector: 'anchor://src/a.ts#"#priv = 1"' } })).toMatchObject({ facts: { prepareRename: { placeholder: '#priv' } } });
    expect(editsOf(await preview(engine, 'anchor://src/a.ts#"#priv = 1"', '#own'))).toEqual(['src/a.ts:4:30 #own', 'src/a.ts:4:60 #own']);
    const opened = await preview(engine, 'anchor://src/a.ts#"#priv = 1"', 'own');
    expect([opened.edits?.safety.verdict, failedChecks(opened), editsOf(opened)]).toEqual(['risky', ['readable-name'], ['src/a.ts:4:30 own', 'src/a.ts:4:60 own']]);
  });

  test('types are compared by the names of their members: a name in a type, and what uses another type of that name, is looked at', async () => {
    const engine = await openEngine(
      new TemporaryRepository({
        'tsconfig.json': TYPESCRIPT['tsconfig.json'],
        'src/opt.ts': 'export interface Opt { label: string; size: number }\nexport function show(o: Omit<Opt, "label">): number { return o.size; }\n',
        'src/like.ts': 'import { take } from "./take.js";\nconst like = { label: "", size: 1 };\ntake(like);\n',
        'src/take.ts': 'import type { Opt } from "./opt.js";\nexport function take(o: Opt): void { void o; }\n',
      }).top,
    );
    const bundle = await preview(engine, 'sym://src/opt.ts#Opt.label', 'title');
    expect(failedChecks(bundle)).toEqual(['dynamic-uses', 'diagnostics']);
    expect(bundle.edits?.safety.why).toContain('src/opt.ts:2:36 "label"');
    expect(bundle.edits?.delta?.introduced.map(({ uri, code }) => [uri, code])).toEqual([['src/like.ts', 2741]]);
  }, 180_000);

  test('is checked for what a name would hide or be hidden by', async () => {
    const engine = await openEngine(new TemporaryRepository(TYPESCRIPT).top);
    const cases = [
      ['sym://src/a.ts#total', 'grand', ['resolution']],
      ['sym://src/a.ts#total', 'Number', []],
      ['sym://src/a.ts#Square.area', 'edge', ['collision', 'capture']],
      ['sym://src/a.ts#Shape', 'Opt', ['collision', 'capture']],
      ['sym://src/a.ts#Row.join', 'glue', ['edits-inside']],
      ['anchor://src/b.ts#"./a.js"', 'c', ['renamable']],
    ] as const;
    for (const [selector, newName, expected] of cases) {
      const bundle = await preview(engine, selector, newName);
      expect([selector, newName, failedChecks(bundle)]).toEqual([selector, newName, expect.arrayContaining([...expected])]);
      expect(bundle.edits?.safety.verdict).toBe(expected.length === 0 ? 'safe' : 'refused');
    }
  }, 180_000);
});

test('a generated file is named, and a file that the settings leave out is renamed, too', async () => {
  const repository = new TemporaryRepository({ 'a.py': 'def one() -> int:\n    return 1\n', 'generated/b.py': 'from a import one\n\none()\n', 'pyrightconfig.json': '{"include": ["a.py", "generated"]}\n', 'tests/test_a.py': 'from a import one\n\none()\n' });
  const bundle = await preview(await openEngine(repository.top), 'py://a#one', 'two');
  expect(editsOf(bundle)).toEqual(['a.py:0:4 two', 'generated/b.py:0:14 two', 'generated/b.py:2:0 two', 'tests/test_a.py:0:14 two', 'tests/test_a.py:2:0 two']);
  expect(failedChecks(bundle)).toEqual(['owned-files']);
  expect(bundle.edits?.safety).toMatchObject({ verdict: 'risky', why: 'owned-files: generated/b.py is generated, by its path' });
});
