import { expect, test } from 'vitest';
import { bundleSchema, type Bundle } from '../../src/bundles/schema/bundle.js';
import type { Engine } from '../../src/operations/engine.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

/** What the settings leave out uses the function, once under another name: `pyproject.toml` of many projects names `src` alone. */
const PYTHON = {
  'pyrightconfig.json': '{"include": ["src"]}\n',
  'src/shape.py': 'class Shape:\n    pass\n\n\ndef total(count: int) -> int:\n    return count\n',
  'src/other.py': 'from shape import total as add\n\nadd(1)\n',
  'tests/test_shape.py': 'from src.shape import Shape, total\n\n\nclass Square(Shape):\n    pass\n\n\ndef test_total():\n    assert total(1)\n',
  'tests/unrelated.py': 'value = 1\n',
};

/** Each project is known once a file of it was opened; the third knows the function under another name alone. */
const TSCONFIG = '{"compilerOptions": {"strict": true, "module": "nodenext", "noEmit": true, "types": []}, "include": ["."]}\n';
const TYPESCRIPT = {
  'src/tsconfig.json': TSCONFIG,
  'src/shape.ts': 'export interface Shape {\n  area: number;\n}\nexport function total(count: number): number {\n  return count;\n}\nexport { total as add };\n',
  'tests/tsconfig.json': TSCONFIG,
  'tests/shape.ts': 'import { type Shape, total } from "../src/shape.js";\nclass Square implements Shape {\n  area = 1;\n}\nfunction testTotal() {\n  return total(new Square().area);\n}\n',
  'more/tsconfig.json': TSCONFIG,
  'more/adds.ts': 'import { add } from "../src/shape.js";\nadd(1);\n',
};
const CLASSIC = { ...TYPESCRIPT, 'package.json': '{"devDependencies": {"typescript": "^5.0.0"}}\n' };

async function ask(engine: Engine, cmd: string, args: Record<string, unknown>): Promise<Bundle> {
  const bundle = bundleSchema.parse(await engine.run({ cmd, args: args as never }));
  expect(bundle.error).toBeUndefined();
  return bundle;
}

test.each([
  ['pyright', PYTHON, { total: 'py://src.shape#total', shape: null, outside: ['tests/test_shape.py'], references: ['src/other.py', 'src/shape.py', 'tests/test_shape.py'], caller: 'test_total', like: 'ttotal' }],
  ['typescript', TYPESCRIPT, { total: 'sym://src/shape.ts#total', shape: 'sym://src/shape.ts#Shape', outside: ['tests/shape.ts', 'more/adds.ts'], references: ['more/adds.ts', 'src/shape.ts', 'tests/shape.ts'], caller: 'testTotal', like: 'testT' }],
  ['typescript-language-server', CLASSIC, { total: 'sym://src/shape.ts#total', shape: 'sym://src/shape.ts#Shape', outside: ['tests/shape.ts', 'more/adds.ts'], references: ['more/adds.ts', 'src/shape.ts', 'tests/shape.ts'], caller: 'testTotal', like: 'testT' }],
] as const)('%s: an answer about the workspace holds what no project that it loads by itself does, and is the same when more files are open', async (server, files, { total, shape, outside, references, caller, like }) => {
  const questions = [
    ['symbols', { query: like }],
    ['calls', { selector: total, in: true }],
    ['refs', { selector: total }],
    ...(shape === null ? [] : [['impl', { selector: shape }] as const]),
  ] as const;
  const repository = new TemporaryRepository(files);
  const warm = await openEngine(repository.top);
  for (const path of outside) await ask(warm, 'symbols', { path });
  const fresh = await openEngine(repository.top);
  const cold = new Map<string, Bundle>();
  for (const [cmd, args] of questions) {
    const [before, after] = [await ask(fresh, cmd, args), await ask(warm, cmd, args)];
    expect(before.facts).toEqual(after.facts);
    expect(before.bundleId).toBe(after.bundleId);
    cold.set(cmd, before);
  }
  expect([...new Set(cold.get('refs')?.facts.references?.map(({ uri }) => uri))]).toEqual(references);
  // tsserver answers those two for one project: then they are not given out as whole.
  const isOneProject = server === 'typescript-language-server';
  expect([cold.get('calls')?.facts.truncated, cold.get('impl')?.facts.truncated]).toEqual(isOneProject ? [true, true] : [undefined, undefined]);
  if (!isOneProject) expect(cold.get('calls')?.facts.calls?.map((call) => 'from' in call && call.from.name)).toContain(caller);
  expect(cold.get('symbols')?.facts.symbols?.map(({ name }) => name)).toEqual([caller]);
  if (shape !== null && !isOneProject) expect(cold.get('impl')?.facts.implementations?.map(({ uri }) => uri)).toEqual(['tests/shape.ts']);
});

test('pyright: references from a file that the settings leave out hold no use of a library that happens to be loaded', async () => {
  const files = { 'pyrightconfig.json': '{"include": ["src"]}\n', 'src/a.py': 'import logging\n\nlogging.shutdown()\n', 'tests/test_a.py': 'from json import JSONEncoder\n\nJSONEncoder()\n' };
  const engine = await openEngine(new TemporaryRepository(files).top);
  const { facts } = await ask(engine, 'refs', { selector: 'tests/test_a.py@L3:C1' });
  // typeshed's json/__init__.pyi uses it four times, and is loaded.
  expect(facts.references?.map(({ uri, range }) => `${uri} ${String(range[0])}`)).toEqual(['tests/test_a.py 0', 'tests/test_a.py 2']);
});

const CHANGED_TOTAL = '--- a/src/shape.ts\n+++ b/src/shape.ts\n@@ -2,5 +2,5 @@\n   area: number;\n }\n-export function total(count: number): number {\n-  return count;\n+export function total(count: string): number {\n+  return count.length;\n }\n';

test('a step is measured in the projects that nothing has loaded yet, and comes to the same when they are', async () => {
  const engine = await openEngine(new TemporaryRepository(TYPESCRIPT).top);
  const cold = await ask(engine, 'reward', { patch: CHANGED_TOTAL });
  expect(cold.processReward?.diagnostics?.introduced.map(({ uri, code }) => [uri, code])).toEqual([['more/adds.ts', 2345], ['tests/shape.ts', 2345]]);
  const warm = await openEngine(new TemporaryRepository(TYPESCRIPT).top);
  for (const selector of ['sym://src/shape.ts#total', 'sym://src/shape.ts#Shape']) await ask(warm, 'rename', { selector, newName: 'other' });
  expect((await ask(warm, 'reward', { patch: CHANGED_TOTAL })).processReward).toEqual(cold.processReward);
});
