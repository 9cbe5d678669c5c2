import { expect, test, vi } from 'vitest';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import { fixtureServer } from '../lsp/fixture-server.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

vi.setConfig({ testTimeout: 240_000 });

const COUNT = 6;
const FILES = Object.fromEntries(Array.from({ length: COUNT }, (_, number) => [`m${String(number)}.py`, `def f${String(number)}(x: int) -> int:\n    return x\n\n\nf${String(number)}("")\n`]));
const QUESTIONS = Array.from({ length: COUNT }, (_, number) => [
  { cmd: 'refs', args: { selector: `py://m${String(number)}#f${String(number)}` } },
  { cmd: 'hover', args: { selector: `py://m${String(number)}#f${String(number)}` } },
  { cmd: 'diag', args: { paths: [`m${String(number)}.py`] } },
]).flat();

const CALLER = { 'caller.py': 'from m0 import f0\n\nf0(1)\n' };
/** Of other files and of the same one, one that breaks a caller, one that hides what is wrong, one that adds a file and one that does not apply. */
const PATCHES = [
  ...Object.keys(FILES).map((path) => diff(path, [[`def f${path[1] ?? ''}(x: int) -> int:`, `def f${path[1] ?? ''}(x: str) -> int:`]])),
  diff('m1.py', [['f1("")', 'f1("")  # type: ignore']]),
  diff('caller.py', [['f0(1)', 'f0(None)']]),
  '--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,2 @@\n+from m0 import f0\n+f0([])\n',
  diff('caller.py', [['nothing', 'like this']]),
];

const idOf = ({ bundleId }: Bundle): string => bundleId;

function diff(path: string, lines: readonly (readonly [string, string])[]): string {
  const old = ({ ...FILES, ...CALLER } as Record<string, string>)[path]?.split('\n') ?? [];
  const at = lines.map(([from]) => old.indexOf(from) + 1 || 1);
  return `--- a/${path}\n+++ b/${path}\n${lines.map(([from, to], index) => `@@ -${String(at[index])} +${String(at[index])} @@\n-${from}\n+${to}\n`).join('')}`;
}

test('questions that are asked together have the bundles of those that are asked one after the other', async () => {
  const { top } = new TemporaryRepository(FILES);
  const [one, other] = [await openEngine(top), await openEngine(top)];
  const alone: string[] = [];
  for (const question of QUESTIONS) alone.push((await one.run(question)).bundleId);
  expect((await Promise.all(QUESTIONS.map((question) => other.run(question)))).map(idOf)).toEqual(alone);
  expect(new Set(alone).size).toBe(QUESTIONS.length);
});

test('a change of the files between questions under way is in every answer that is asked for after it', async () => {
  const repository = new TemporaryRepository(FILES);
  const engine = await openEngine(repository.top);
  await engine.run({ cmd: 'diag', args: {} });
  for (const wrong of [false, true, false, true]) {
    const before = QUESTIONS.map((question) => engine.run(question));
    repository.write(Object.fromEntries(Object.entries(FILES).map(([path, text]) => [path, wrong ? text : text.replace('("")', '(1)')])));
    const counts = await Promise.all(Object.keys(FILES).map(async (path) => (await engine.run({ cmd: 'diag', args: { paths: [path] } })).facts.diagnostics?.length));
    expect(counts).toEqual(Object.keys(FILES).map(() => (wrong ? 1 : 0)));
    for (const bundle of await Promise.all(before)) expect(['ok', 'E/CONTENT_MODIFIED']).toContain(bundle.error?.code ?? 'ok');
  }
});

test('what writes waits for the questions before it, and the questions behind it see what it wrote', async () => {
  const { top } = new TemporaryRepository(FILES);
  const engine = await openEngine(top);
  const [before, renamed, after, gone] = await Promise.all([
    engine.run({ cmd: 'locate', args: { selector: 'py://m0#f0' } }),
    engine.run({ cmd: 'rename', args: { selector: 'py://m0#f0', newName: 'g', apply: true } }),
    engine.run({ cmd: 'locate', args: { selector: 'py://m0#g' } }),
    engine.run({ cmd: 'locate', args: { selector: 'py://m0#f0' } }),
  ]);
  expect([before, renamed, after, gone].map(({ error }) => error?.code ?? 'ok')).toEqual(['ok', 'ok', 'ok', 'E/NOT_FOUND']);
});

test('a request whose server is stopped for another that was late is asked again, and late by its own deadline alone', async () => {
  const { top } = new TemporaryRepository({ 'a.py': 'x = 1\n' });
  const engine = await openEngine(top, { servers: [fixtureServer('faulty-server.mjs', ['definition', 'hang'])] });
  const def = { cmd: 'def', args: { selector: 'a.py@L1:C1' } };
  await engine.run({ cmd: 'hover', args: { selector: 'a.py@L1:C1' } });
  const [soon, later] = await Promise.all([engine.run(def, { timeoutMs: 1500 }), engine.run(def, { timeoutMs: 12_000 })]);
  expect(soon).toMatchObject({ error: { code: 'E/LS_TIMEOUT', details: { timeoutMs: 1500 } } });
  expect(later).toMatchObject({ error: { code: 'E/LS_TIMEOUT', details: { timeoutMs: 12_000 } } });
});

test('one that is cancelled does not take the others with it', async () => {
  const { top } = new TemporaryRepository(FILES);
  const engine = await openEngine(top);
  const controllers = QUESTIONS.map(() => new AbortController());
  const answers = QUESTIONS.map((question, index) => engine.run(question, { signal: controllers[index]?.signal as AbortSignal }));
  for (const [index, controller] of controllers.entries()) if (index % 3 === 0) controller.abort();
  const codes = (await Promise.all(answers)).map(({ error }) => error?.code ?? 'ok');
  expect(codes).toEqual(QUESTIONS.map((_, index) => (index % 3 === 0 ? 'E/REQUEST_CANCELLED' : 'ok')));
});

test('rewards that are asked for together, with questions between them, are those that are asked for one after the other', async () => {
  const { top } = new TemporaryRepository({ ...FILES, ...CALLER });
  const requests = PATCHES.flatMap((patch, index) => [{ cmd: 'reward', args: { patch, model: false } }, ...QUESTIONS.slice(index, index + 1)]);
  const [one, other] = [await openEngine(top), await openEngine(top)];
  const alone: Bundle[] = [];
  for (const request of requests) alone.push(await one.run(request));
  const together = await Promise.all(requests.map((request) => other.run(request)));
  expect(together.map(idOf)).toEqual(alone.map(idOf));
  expect(together.map((bundle) => [...other.given(bundle).texts].sort())).toEqual(alone.map((bundle) => [...one.given(bundle).texts].sort()));
  expect(alone.filter(({ error }) => error !== undefined).map(({ error }) => error?.code)).toEqual(['E/APPLY_CONFLICT']);
  expect(alone.filter(({ processReward }) => (processReward?.diagnostics?.introduced.length ?? 0) > 0).length).toBeGreaterThan(COUNT);
});
