import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { bundleSchema } from '../../src/bundles/schema/bundle.js';
import { MarkedProcesses } from '../lsp/marked-processes.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { assayBundle, startAssay } from './assay.js';

/** Enough work for a checker to be interrupted in the midst of it. */
const BIG = Array.from({ length: 4000 }, (_, index) => `def f${String(index)}(a: int) -> str:\n    b = [a, "x", {a: f${String((index * 7) % 4000)}(a)}]\n    return b[0]\n`).join('');

test.skipIf(process.platform !== 'linux')('Ctrl-C ends a question with 73, and every process of it', async () => {
  const { top } = new TemporaryRepository({ 'big.py': BIG });
  const marked = new MarkedProcesses();
  const child = startAssay(['diag', '--json', '--no-daemon'], { cwd: top, env: marked.env });
  if (child.stdout === null) throw new Error('BUG: no pipe');
  const printed = text(child.stdout);
  await marked.reached(3, 20_000);
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(73);
  expect(bundleSchema.parse(JSON.parse(await printed))).toMatchObject({ error: { code: 'E/REQUEST_CANCELLED' }, facts: {}, meta: { exitCode: 73 } });
  expect(await marked.leftAfter(20_000)).toEqual([]);
});

test('a deadline that is over says so with 64, in a bundle without facts', async () => {
  const { top } = new TemporaryRepository({ 'big.py': BIG });
  expect(await assayBundle(['diag', '--timeout', '700', '--no-daemon'], { cwd: top })).toMatchObject({ error: { code: 'E/LS_TIMEOUT' }, facts: {}, meta: { exitCode: 64 } });
});
