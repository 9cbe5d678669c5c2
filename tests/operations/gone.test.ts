import { existsSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bundleSchema } from '../../src/bundles/schema/bundle.js';
import { fixtureServer } from '../lsp/fixture-server.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const PATCH = '--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-def f(): pass\n+def f(): return 1\n';
const at = { selector: 'py://a#f' };
const REQUESTS = [
  ['locate', at],
  ['def', at],
  ['refs', at],
  ['symbols', { query: 'f' }],
  ['diag', {}],
  ['rename', { ...at, newName: 'g' }],
  ['apply', { patch: PATCH }],
  ['apply', { patch: PATCH, apply: true }],
  ['reward', { base: 'HEAD~1', head: 'HEAD', model: false }],
  ['reward', { patch: PATCH, model: false }],
  ['trajectory', { run: `${JSON.stringify({ patch: PATCH })}\n`, model: false }],
  ['undo', {}],
  ['servers', {}],
  ['doctor', {}],
  ['init', {}],
] as const;

test('a workspace that is removed under a running engine is not found, and is answered for again when it is back', async () => {
  const repository = new TemporaryRepository({ 'a.py': 'def f(): pass\n' });
  repository.commit({ 'b.py': '' });
  const engine = await openEngine(repository.top, { server: 'fixture', servers: [fixtureServer('faulty-server.mjs', ['none'])] });
  const ask = async (cmd: string, args: object): Promise<string> => {
    const { status, error, meta, facts } = bundleSchema.parse(await engine.run({ cmd, args: { ...args } }));
    if (status === 'error') expect(facts).toEqual({});
    return `${error === undefined ? status : `${error.code} ${error.message}`} ${String(meta.exitCode)}`;
  };
  expect(await ask('def', at)).toBe('ok 0');
  renameSync(repository.top, `${repository.top}.gone`);
  const told: string[] = [];
  for (const [cmd, args] of REQUESTS) told.push(`${cmd}: ${await ask(cmd, args)}`);
  expect(existsSync(repository.top)).toBe(false);
  renameSync(`${repository.top}.gone`, repository.top);
  expect(told).toEqual(REQUESTS.map(([cmd]) => `${cmd}: E/NOT_FOUND the folder of the workspace is gone 3`));
  expect(await ask('def', at)).toBe('ok 0');
});
