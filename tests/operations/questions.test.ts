import { describe, expect, test } from 'vitest';
import { bundleSchema, type Bundle } from '../../src/bundles/schema/bundle.js';
import type { Engine } from '../../src/operations/engine.js';
import { fixtureServer } from '../lsp/fixture-server.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const PYTHON = {
  'pkg/__init__.py': '',
  'pkg/shape.py': 'class Shape:\n    def area(self, scale: int, label: str = "") -> int:\n        return scale\n\n\ndef total(shapes: list[Shape]) -> int:\n    return sum(s.area(1) for s in shapes)\n',
  'pkg/square.py': 'from pkg.shape import Shape, total\n\n\nclass Square(Shape):\n    pass\n\n\ndef run() -> int:\n    e = "🙂"; q = Square(); q.area(2, "x")\n    return total([q])\n',
  'pkg/top.py': 'from pkg.shape import total\n\ntotal([])\n',
};
const TYPESCRIPT = {
  'tsconfig.json': '{"compilerOptions": {"strict": true, "module": "nodenext", "noEmit": true, "types": []}, "include": ["src"]}\n',
  'src/shape.ts':
    'export interface Shape {\n  area(scale: number, label?: string): number;\n}\nexport interface Round extends Shape {\n  radius: number;\n}\nexport function total(shapes: Shape[]): number {\n  return shapes.map((s) => s.area(1)).length;\n}\n',
  'src/square.ts':
    'import { type Shape, total } from "./shape.js";\nexport class Square implements Shape {\n  area(scale: number, label?: string): number {\n    return scale;\n  }\n}\nexport function run(): number {\n  const e = "🙂", q = new Square(); q.area(2, "x");\n  return total([q]);\n}\n',
  'src/top.ts': 'import { total } from "./shape.js";\ntotal([]);\n',
};
const CLASSIC = { ...TYPESCRIPT, 'package.json': '{"devDependencies": {"typescript": "^5.0.0"}}\n' };

async function run(engine: Engine, cmd: string, args: Record<string, unknown>): Promise<Bundle> {
  return bundleSchema.parse(await engine.run({ cmd, args: args as never }));
}

async function ask(engine: Engine, cmd: string, args: Record<string, unknown>): Promise<Bundle> {
  const bundle = await run(engine, cmd, args);
  expect(bundle.error).toBeUndefined();
  return bundle;
}

/** The usage of `q` on the line with the emoji; columns in selectors count code points. */
const PY = { files: PYTHON, at: 'pkg/square.py@L9', q: 28, shape: 'py://pkg.shape#Shape', area: 'py://pkg.shape#Shape.area', total: 'py://pkg.shape#total', square: 'py://pkg.square#Square', runs: 'py://pkg.square#run', usedIn: 'pkg/square.py', top: 'pkg/top.py', local: [[8, 14], [8, 28], [9, 18]], direct: 'py://pkg.shape#Shape.area' };
const TS = { files: TYPESCRIPT, at: 'src/square.ts@L8', q: 36, shape: 'sym://src/shape.ts#Shape', area: 'sym://src/shape.ts#Shape.area', total: 'sym://src/shape.ts#total', square: 'sym://src/square.ts#Square', runs: 'sym://src/square.ts#run', usedIn: 'src/square.ts', top: 'src/top.ts', local: [[7, 18], [7, 36], [8, 16]], direct: 'sym://src/square.ts#Square.area' };

describe.each([
  ['pyright', PY],
  ['typescript', TS],
  ['typescript-language-server', { ...TS, files: CLASSIC }],
] as const)('%s', (server, { files, at, q, area, total, square, runs, usedIn, top, local, direct }) => {
  const open = (): Promise<Engine> => openEngine(new TemporaryRepository(files).top);

  test('names the callers, in files never opened, and what is called', async () => {
    const engine = await open();
    const incoming = await ask(engine, 'calls', { selector: total, in: true });
    expect(incoming.environment.servers).toMatchObject([{ name: server }]);
    expect(incoming.request.args).toEqual({ in: true });
    expect(incoming.facts.calls).toMatchObject([
      { from: { uri: usedIn, name: 'run', kind: 'function', selector: runs, symbolId: expect.any(String) as string }, ranges: [[expect.any(Number), 11 - (server === 'pyright' ? 0 : 2), expect.any(Number), 16 - (server === 'pyright' ? 0 : 2)]] },
      { from: { uri: top, kind: 'module', name: server === 'pyright' ? 'top.py' : 'top.ts' } },
    ]);
    const outgoing = await ask(engine, 'calls', { selector: runs, out: true });
    expect(outgoing.facts.calls?.map((call) => 'to' in call && call.to.selector).sort()).toEqual([direct, square, total].sort());
    const method = await ask(engine, 'calls', { selector: area, in: true });
    expect(method.facts.calls).toMatchObject([{ from: { selector: total }, ranges: [expect.any(Array)] }, { from: { selector: runs }, ranges: [[local[1]?.[0], Number(local[1]?.[1]) + 2, local[1]?.[0], Number(local[1]?.[1]) + 6]] }]);
    expect(JSON.stringify(await ask(engine, 'calls', { selector: total, out: true }))).not.toContain('file:');
  });

  test('asks about the declaration when the selector is a usage elsewhere', async () => {
    const engine = await open();
    const { facts } = await ask(engine, 'calls', { selector: `anchor://${usedIn}#"total([q"`, out: true });
    expect(facts.calls?.map((call) => 'to' in call && call.to.selector)).toContain(area);
  });

  test('highlights behind a character outside the BMP', async () => {
    const { facts } = await ask(await open(), 'highlights', { selector: `${at}:C${String(q)}` });
    expect(facts.highlights?.map(({ range }) => [range[0], range[1]])).toEqual(local);
    expect(facts.highlights?.every((item) => item.uri === usedIn && item.selector !== '')).toBe(true);
  });

  test('knows the type of a value', async () => {
    const { facts } = await ask(await open(), 'typedef', { selector: `${at}:C${String(q)}` });
    expect(facts.typeDefinitions).toMatchObject([{ selector: square, symbolId: expect.any(String) as string }]);
  });

  test('says which parameter a place is at', async () => {
    const engine = await open();
    for (const [offset, parameter] of [[7, 0], [10, 1]] as const) {
      const { facts } = await ask(engine, 'signature', { selector: `${at}:C${String(q + offset)}` });
      expect(facts.signature).toMatchObject({ activeSignature: 0, activeParameter: parameter });
      expect(facts.signature?.signatures.at(0)?.parameters.at(parameter)?.label).toMatch(parameter === 0 ? /^scale: / : /^label/);
    }
    expect((await ask(engine, 'signature', { selector: `anchor://${usedIn}#"q.area("` })).facts.signature).toMatchObject({ activeParameter: 0 });
    expect((await ask(engine, 'signature', { selector: total })).facts.signature).toBeNull();
  });

  test('completes what was typed, the same from two servers', async () => {
    const repository = new TemporaryRepository({ ...files, 'src/far.ts': 'export const areaFar = 1;\n', 'pkg/far.py': 'area_far = 1\n' });
    const [first, second] = [await openEngine(repository.top), await openEngine(repository.top)];
    await ask(second, 'hover', { selector: total });
    const typed = `${at}:C${String(q + 4)}`;
    expect((await ask(first, 'completion', { selector: typed })).facts.completions).toEqual([{ label: 'area', kind: 'method', detail: null, insertText: null }]);
    const whole = { selector: `anchor://${usedIn}#"total("`, limit: 20 };
    const [left, right] = [await ask(first, 'completion', whole), await ask(second, 'completion', whole)];
    expect(left.facts.completions).toHaveLength(20);
    expect(left.facts.truncated).toBe(true);
    expect(right.bundleId).toBe(left.bundleId);
    expect(left.request.args).toEqual({ limit: 20 });
    const more = await ask(first, 'completion', { ...whole, limit: 10_000 });
    expect(more.facts.truncated).toBeUndefined();
    expect(more.facts.completions?.slice(0, 20)).toEqual(left.facts.completions);
    expect(more.facts.completions?.map((item) => item.label).filter((label) => label.startsWith('area'))).toEqual([]);
  });

  test('says so when it does not answer a question', async () => {
    const engine = await open();
    const unsupported = server === 'pyright' ? [['impl', {}], ['types', { sub: true }]] as const : [['decl', {}], ['types', { super: true }]] as const;
    for (const [cmd, args] of unsupported) {
      const bundle = await run(engine, cmd, { selector: square, ...args });
      expect(bundle).toMatchObject({ status: 'error', request: { cmd, args, selector: square }, facts: {}, error: { code: 'E/UNSUPPORTED_CAP' }, meta: { exitCode: 72 } });
      expect(bundle.error?.message).toContain(`${server} does not answer ${cmd}`);
      expect(bundle.error?.hint).toContain('answers def,');
      expect(bundle.environment.servers).toMatchObject([{ name: server }]);
    }
  });
});

test.each([['typescript', TYPESCRIPT], ['typescript-language-server', CLASSIC]])('%s finds what implements an interface and its method', async (server, files) => {
  const engine = await openEngine(new TemporaryRepository(files).top);
  const { facts, environment } = await ask(engine, 'implementation', { selector: TS.shape });
  expect(environment.servers).toMatchObject([{ name: server }]);
  expect(facts.implementations?.map((item) => item.selector)).toEqual(['sym://src/shape.ts#Round', TS.square]);
  const method = await ask(engine, 'impl', { selector: TS.area });
  expect(method.facts.implementations?.map((item) => item.selector)).toEqual([TS.direct]);
});

test('pyright tells a declaration from a definition', async () => {
  const engine = await openEngine(new TemporaryRepository({ 'a.py': 'def f() -> int:\n    return 1\n', 'b.py': 'from a import f\n\nf()\n' }).top);
  const { facts, request } = await ask(engine, 'declaration', { selector: 'b.py@L3:C1' });
  expect(request.cmd).toBe('decl');
  expect(facts.declarations).toMatchObject([{ uri: 'a.py', selector: 'py://a#f' }]);
});

test.each([
  ['calls', {}, 'give --in'],
  ['calls', { in: true, out: true }, 'give --in'],
  ['types', {}, 'give --sub'],
  ['completion', { limit: 0 }, 'limit'],
])('%s with %j is a bad argument', async (cmd, args, message) => {
  const bundle = await run(await openEngine(new TemporaryRepository(PYTHON).top), cmd, { selector: PY.total, ...args });
  expect(bundle).toMatchObject({ error: { code: 'E/BAD_ARGUMENT', message: expect.stringContaining(message) as string }, meta: { exitCode: 2 } });
});

describe('a server that offers everything', () => {
  const ASKED = [
    ['highlights', {}],
    ['signature', {}],
    ['completion', {}],
    ['calls', { in: true }],
    ['calls', { out: true }],
    ['types', { sub: true }],
    ['types', { super: true }],
    ['decl', {}],
    ['impl', {}],
  ] as const;
  const open = (...args: string[]): Promise<Engine> =>
    openEngine(new TemporaryRepository({ 'a.py': 'class A: ...\nclass B(A): ...\n' }).top, { servers: [fixtureServer('offering-server.mjs', args)], timeoutMs: 5000 });

  test.each(ASKED)('and answers %s %j with nonsense has failed, and found nothing out', async (cmd, args) => {
    for (const nonsense of ['fields', 'number', 'items']) {
      const bundle = await run(await open(nonsense), cmd, { selector: 'py://a#A', ...args });
      expect(bundle).toMatchObject({ status: 'error', facts: {}, error: { code: 'E/LS_CRASH', message: expect.stringContaining('something else than LSP says') as string } });
    }
  });

  test('lists the types below and above, each with its selector', async () => {
    const engine = await open();
    const below = await ask(engine, 'types', { selector: 'py://a#A', sub: true });
    expect(below.request.args).toEqual({ sub: true });
    expect(below.facts.types).toMatchObject([{ name: 'B', kind: 'class', selector: 'py://a#B', symbolId: expect.any(String) as string, range: [1, 0, 1, 15], selectionRange: [1, 6, 1, 7] }]);
    const above = await ask(engine, 'typeHierarchy', { selector: 'py://a#B', super: true });
    expect(above.facts.types).toMatchObject([{ name: 'A', selector: 'py://a#A' }]);
  });

  test("is understood in LSP's rarer forms", async () => {
    const engine = await openEngine(new TemporaryRepository({ 'a.py': 'x.a\n' }).top, { servers: [fixtureServer('offering-server.mjs')] });
    const { facts } = await ask(engine, 'completion', { selector: 'a.py@L1:C4' });
    expect(facts.completions).toEqual([
      { label: 'aside', kind: 'function', detail: 'no', insertText: null },
      { label: 'AREA', kind: null, detail: null, insertText: null },
      { label: 'area()', kind: null, detail: null, insertText: 'area' },
    ]);
    expect((await ask(engine, 'signature', { selector: 'a.py@L1:C4' })).facts.signature).toEqual({
      signatures: [
        { label: 'f(a)', documentation: null, parameters: [] },
        { label: 'f(a, b)', documentation: '*Sums.*', parameters: [{ label: 'a' }, { label: 'b' }] },
      ],
      activeSignature: 1,
      activeParameter: null,
    });
  });

  test('may say null to everything', async () => {
    const engine = await open('null');
    for (const [cmd, args] of ASKED) {
      const [fact] = Object.values((await ask(engine, cmd, { selector: 'py://a#A', ...args })).facts);
      expect(fact).toEqual(cmd === 'signature' ? null : []);
    }
  });
});
