import { describe, expect, test } from 'vitest';
import { bundleSchema } from '../../src/bundles/schema/bundle.js';
import { fixtureServer } from '../lsp/fixture-server.js';
import { MarkedProcesses } from '../lsp/marked-processes.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const FILES = { 'a.py': 'def f(x: int) -> int:\n    return x\n', 'b.py': 'from a import f\n\nf(1)\n' };

/** Each phase that a reward passes, with what goes wrong there and the code that says so. */
const FAULTS = [
  ['initialize', 'die', 'E/LS_CRASH'],
  ['initialize', 'mute', 'E/LS_TIMEOUT'],
  ['initialize', 'garbage-header', 'E/LS_CRASH'],
  ['initialized', 'exit-code', 'E/LS_CRASH'],
] as const;

const LATER = [
  ['die', 'E/LS_CRASH'],
  ['hang', 'E/LS_TIMEOUT'],
  ['refuse', 'E/LS_CRASH'],
  ['garbage-body', 'E/LS_CRASH'],
] as const;

const CASES = [...FAULTS.map(([phase, fault, code]) => ({ phase, fault, code })), ...LATER.map(([fault, code]) => ({ phase: 'diagnostic', fault, code }))];

describe('a server that fails', () => {
  // What every command says: fault-table.test.ts.
  test.each(CASES)('$fault at $phase makes a reward unknown with $code, and nothing is left running', async ({ phase, fault, code }) => {
    const repository = new TemporaryRepository(FILES);
    repository.commit({ 'a.py': 'def f(x: str) -> str:\n    return x\n' });
    const marked = new MarkedProcesses();
    const engine = await openEngine(repository.top, { servers: [fixtureServer('faulty-server.mjs', [phase, fault])], timeoutMs: code === 'E/LS_TIMEOUT' ? 2000 : 60_000, env: marked.env });
    const bundle = bundleSchema.parse(await engine.run({ cmd: 'reward', args: { base: 'HEAD~1', head: 'HEAD' } }));
    expect(bundle).toMatchObject({ status: 'error', error: { code }, facts: {}, processReward: { r: null, abstain: true, coverage: { failed: [{ path: 'a.py' }] } } });
    await engine.close();
    expect(await marked.leftAfter(20_000)).toEqual([]);
  });

  test('makes an exact reward unknown, also where the step touches no file of its language', async () => {
    const repository = new TemporaryRepository({ ...FILES, 'README.md': 'one\n' });
    repository.write({ 'README.md': 'two\n' });
    const engine = await openEngine(repository.top, { servers: [fixtureServer('faulty-server.mjs', ['diagnostic', 'die'])], timeoutMs: 5000 });
    const bundle = await engine.run({ cmd: 'reward', args: { exact: true, failBelow: -1 } });
    expect(bundle).toMatchObject({ error: { code: 'E/LS_CRASH' }, meta: { exitCode: 65 }, processReward: { r: null, abstain: true, coverage: { failed: [{ path: 'a.py' }, { path: 'b.py' }] } } });
  });

  test('is replaced, so that the next request of a batch is answered', async () => {
    const repository = new TemporaryRepository(FILES);
    const engine = await openEngine(repository.top, { servers: [fixtureServer('faulty-server.mjs', ['definition', 'die'])], timeoutMs: 5000 });
    expect((await engine.run({ cmd: 'def', args: { selector: 'py://a#f' } })).error?.code).toBe('E/LS_CRASH');
    expect((await engine.run({ cmd: 'hover', args: { selector: 'py://a#f' } })).status).toBe('ok');
  });

  test('that is missing says how to mend it', async () => {
    const repository = new TemporaryRepository(FILES);
    const missing = fixtureServer('faulty-server.mjs', [], {
      locate: () => ({ command: { executable: '/no/such/server', args: [] }, packageName: 'gone', version: () => Promise.resolve('0'), integrity: () => Promise.resolve('sha256:0'), origin: 'assay' as const }),
    });
    const bundle = await (await openEngine(repository.top, { servers: [missing] })).run({ cmd: 'diag', args: { paths: [] } });
    expect(bundle.error?.code).toBe('E/LS_CRASH');
    expect(bundle.error?.hint).not.toBe('');
    expect(JSON.stringify(bundle)).not.toContain('/no/such');
  });
});
