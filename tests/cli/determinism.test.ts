import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder, TemporaryRepository } from '../workspace/temporary-repository.js';
import { assay, assayBundle } from './assay.js';
import { sandboxedAssay } from './sandbox.js';

const MOODY = resolve('fixtures', 'servers', 'moody-server.mjs');

test('doctor --determinism names what a server does not always say; later answers mark it, and what was recorded replays without a server', async () => {
  const repository = new TemporaryRepository({
    'assay.json': JSON.stringify({ version: 1, servers: { moody: { command: ['node', MOODY, 'order'], languages: { '.moo': 'moo' }, diagnostics: 'pull' } } }),
    'a.moo': 'x\n',
    'b.moo': 'moody\nwrong\n',
  });
  const options = { cwd: repository.top };
  expect((await assay(['init', '--trust'], options)).code).toBe(0);
  const trace = join(temporaryFolder(), 'trace.jsonl');
  const { stdout } = await assay(['doctor', '--determinism', '--questions', '20', '--seed', '2', '--trace-file', trace], options);
  expect(stdout).toContain('b.moo:1:1 unstable diag [moody] of ');
  expect(stdout).toContain(': 1 unstable fact\n');
  const bundle = await assayBundle(['diag', 'b.moo', 'a.moo', '--trace-file', trace], options);
  expect(bundle.facts.unstable).toMatchObject([{ cmd: 'diag', uri: 'b.moo', diagnostic: { code: 'moody' } }]);

  // The record is a look like every other: a replay reads it from the trace.
  const replayed = await sandboxedAssay(['trace', 'replay', trace], [trace]);
  expect([replayed.code, replayed.stderr]).toEqual([0, '']);
  expect(replayed.stdout).toMatch(/^#1 doctor same sha256:[0-9a-f]{64}\n#2 diag same sha256:/);

  const refused = await assay(['doctor', '--seed', '2'], options);
  expect([refused.code, refused.stdout + refused.stderr]).toEqual([2, expect.stringContaining('determinism')]);
}, 120_000);
