import { describe, expect, test } from 'vitest';
import { TOOL } from '../../src/base/tool.js';
import { bundleSchema, type Bundle } from '../../src/bundles/schema/bundle.js';
import type { Engine } from '../../src/operations/engine.js';
import manifest from '../../package.json' with { type: 'json' };
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const PYTHON = {
  'pkg/__init__.py': '',
  'pkg/shapes.py': 'class Square:\n    """Four equal sides."""\n\n    def __init__(self, side: int) -> None:\n        self.side = side\n\n    def area(self) -> int:\n        return self.side**2\n',
  'pkg/use.py': 'from pkg.shapes import Square\n\n𝒶 = "𝒶"; s = Square(2)\nprint(s.area())\n',
};
const TYPESCRIPT = {
  'tsconfig.json': '{"compilerOptions": {"strict": true, "module": "nodenext", "noEmit": true, "types": []}, "include": ["src"]}\n',
  'src/shapes.ts': 'export class Square {\n  constructor(readonly side: number) {}\n  area(): number {\n    return this.side ** 2;\n  }\n}\n',
  'src/use.ts': 'import { Square } from "./shapes.js";\nexport const emoji = "🙂", size: string = new Square(2).area();\n',
};

async function ask(engine: Engine, cmd: string, args: Record<string, unknown>): Promise<Bundle> {
  const bundle: Bundle = bundleSchema.parse(await engine.run({ cmd, args: args as never }));
  expect(bundle.error).toBeUndefined();
  return bundle;
}

describe.each([
  ['pyright', PYTHON, 'py://pkg.shapes#Square.area', 'pkg/shapes.py', 'pkg/use.py', [6, 8, 6, 12]],
  ['typescript', TYPESCRIPT, 'sym://src/shapes.ts#Square.area', 'src/shapes.ts', 'src/use.ts', [2, 2, 2, 6]],
] as const)('%s', (server, files, selector, declared, used, range) => {
  test('finds a definition, all references in files never opened, and the hover', async () => {
    const engine = await openEngine(new TemporaryRepository(files).top);
    const references = await ask(engine, 'refs', { selector });
    expect(references.facts.references?.map((item) => item.uri).sort()).toEqual([declared, used]);
    const usage = references.facts.references?.find((item) => item.uri === used);
    const definition = await ask(engine, 'def', { selector: usage?.selector });
    expect(definition.facts.definitions).toMatchObject([{ uri: declared, range, selector, symbolId: expect.stringContaining('Square.area') as string }]);
    const hover = await ask(engine, 'hover', { selector });
    expect(hover.facts.hover?.contents).toContain('area');
    expect(hover.environment.servers).toMatchObject([{ name: server }]);
    const without = await ask(engine, 'refs', { selector, declaration: false });
    expect(without.facts.references?.map((item) => item.uri)).toEqual([used]);
  });

  test('lists the symbols of a file and of the workspace, each with a selector that leads back', async () => {
    const engine = await openEngine(new TemporaryRepository(files).top);
    for (const args of [{ path: declared }, { query: 'area' }]) {
      const { facts } = await ask(engine, 'symbols', args);
      const area = facts.symbols?.find((symbol) => symbol.name === 'area');
      expect(area?.selector).toBe(selector);
      const located = await ask(engine, 'locate', { selector: area?.selector });
      expect(located.resolution?.resolved).toMatchObject({ uri: declared, range });
    }
  });
});

test('the same question has the same bundle from a cold and a warm server, and another only where the files differ', async () => {
  const repository = new TemporaryRepository({ ...PYTHON, ...TYPESCRIPT });
  const cold = await ask(await openEngine(repository.top), 'diag', {});
  const engine = await openEngine(repository.top);
  await ask(engine, 'hover', { selector: 'py://pkg.shapes#Square' });
  const warm = await ask(engine, 'diag', {});
  expect(warm.bundleId).toBe(cold.bundleId);
  expect(warm.facts.diagnostics).toMatchObject([{ uri: 'src/use.ts', range: [1, 27, 1, 31], code: 2322 }]);
  repository.write({ 'pkg/use.py': 'from pkg.shapes import Square\n\nSquare("")\n' });
  const edited = await ask(engine, 'diag', {});
  expect(edited.facts.diagnostics?.map((item) => item.uri)).toEqual(['pkg/use.py', 'src/use.ts']);
  repository.write({ 'pkg/new.py': 'n: int = ""\n', 'src/shapes.ts': 'export {};\n' });
  const created = await ask(engine, 'diag', {});
  expect(created.facts.diagnostics?.map((item) => item.uri)).toEqual(['pkg/new.py', 'pkg/use.py', 'src/use.ts']);
  expect(created.bundleId).not.toBe(edited.bundleId);
});

test('columns in selectors count code points where nothing else is said', async () => {
  const repository = new TemporaryRepository(PYTHON);
  for (const [unit, column] of [['codepoint', 14], ['utf-16', 16], ['utf-8', 20]] as const) {
    const engine = await openEngine(repository.top, { indexUnit: unit });
    const { resolution } = await ask(engine, 'locate', { selector: `pkg/use.py@L3:C${String(column)}` });
    expect(resolution?.resolved?.range).toEqual([2, 15, 2, 21]);
  }
});

test('an ambiguous selector names its candidates, each of which resolves', async () => {
  const repository = new TemporaryRepository({ 'a.py': 'if 1:\n    def f() -> int: return 1\nelse:\n    def f() -> int: return 2\n' });
  const engine = await openEngine(repository.top);
  const bundle = await engine.run({ cmd: 'locate', args: { selector: 'py://a#f' } });
  expect(bundle.error?.code).toBe('E/AMBIGUOUS');
  expect(bundle.resolution?.candidates).toHaveLength(2);
  for (const candidate of bundle.resolution?.candidates ?? []) {
    expect((await ask(engine, 'locate', { selector: candidate.selector })).resolution?.resolved?.range).toEqual(candidate.range);
  }
});

test('no path of this machine gets into a bundle', async () => {
  const repository = new TemporaryRepository({ ...PYTHON, ...TYPESCRIPT });
  const engine = await openEngine(repository.top);
  for (const [cmd, args] of [['def', { selector: 'src/use.ts@L2:C50' }], ['hover', { selector: 'py://pkg.use#s' }], ['diag', {}], ['def', { selector: 'py://pkg.shapes#Square.area:sig' }]] as const) {
    const text = JSON.stringify(await engine.run({ cmd, args: { ...args } }));
    expect(text).not.toContain(repository.top);
    expect(text).not.toContain(process.env['HOME'] ?? 'HOME');
  }
});

test('the version that bundles name is the one of the package', () => {
  expect(TOOL).toEqual({ name: manifest.name, version: manifest.version });
});
