import { expect, test } from 'vitest';
import { fixtureServer } from '../lsp/fixture-server.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const COUNT = 100_002;

test('an answer of more than 100,000 places goes on behind its cursor, as long as the files are the same', async () => {
  const repository = new TemporaryRepository({ 'a.py': 'x\n'.repeat(COUNT) });
  const engine = await openEngine(repository.top, { servers: [fixtureServer('many-places-server.mjs', [String(COUNT)])] });
  const args = { selector: 'a.py@L1:C1' };
  const first = await engine.run({ cmd: 'refs', args });
  expect(first.facts.references).toHaveLength(100_000);
  expect(first.facts.truncated).toBe(true);
  const cursor = first.facts.nextCursor ?? '';
  const second = await engine.run({ cmd: 'refs', args: { ...args, cursor } });
  expect(second.facts.references?.map(({ range }) => range[0])).toEqual([100_000, 100_001]);
  expect(second.facts).not.toHaveProperty('truncated');
  expect(second.request.args).toEqual({ declaration: true, cursor });
  expect(second.bundleId).not.toBe(first.bundleId);
  repository.write({ 'b.py': '' });
  expect(await engine.run({ cmd: 'refs', args: { ...args, cursor } })).toMatchObject({ status: 'error', error: { code: 'E/CONTENT_MODIFIED' }, facts: {} });
}, 300_000);

test.each([
  ['refs', { selector: 'a.py@L1:C1', cursor: 'nonsense' }],
  ['refs', { selector: 'a.py@L1:C1', cursor: {} }],
  ['hover', { selector: 'a.py@L1:C1', cursor: '0' }],
])('%s refuses %j', async (cmd, args) => {
  const repository = new TemporaryRepository({ 'a.py': 'x\n' });
  const engine = await openEngine(repository.top, { servers: [fixtureServer('many-places-server.mjs', ['1'])] });
  expect(await engine.run({ cmd, args })).toMatchObject({ status: 'error', error: { code: 'E/BAD_ARGUMENT' } });
});
