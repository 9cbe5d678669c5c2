import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { fixtureServer } from '../lsp/fixture-server.js';
import { MarkedProcesses } from '../lsp/marked-processes.js';
import { temporaryFolder, TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const FILES = { 'a.py': 'def f(x: int) -> int:\n    return x\n' };
const HOVER = { cmd: 'hover', args: { selector: 'py://a#f' } };
const DEF = { cmd: 'def', args: { selector: 'py://a#f' } };

async function engineWith(phase: string, fault: string, options: Parameters<typeof openEngine>[1] = {}) {
  const marked = new MarkedProcesses();
  const repository = new TemporaryRepository(FILES);
  const servers = [fixtureServer('faulty-server.mjs', [phase, fault, join(temporaryFolder(), 'died')])];
  const engine = await openEngine(repository.top, { servers, env: marked.env, ...options });
  return { engine, marked };
}

describe('a server that dies', () => {
  test.each(['initialize', 'initialized', 'hover'])('once at %s is replaced within the request', async (phase) => {
    const { engine, marked } = await engineWith(phase, 'die-once');
    expect(await engine.run(HOVER)).toMatchObject({ status: 'ok', facts: { hover: { contents: 'a hover' } } });
    await engine.close();
    expect(await marked.leftAfter(20_000)).toEqual([]);
  });

  test('after each answer costs nothing but time', async () => {
    const { engine } = await engineWith('hover', 'die-after');
    for (let count = 0; count < 3; count += 1) {
      expect((await engine.run(HOVER)).status).toBe('ok');
      await vi.waitFor(() => { expect(engine.servers()).toEqual([]); }, 20_000);
    }
  });

  test('every time is given up after three, and says so', async () => {
    const { engine } = await engineWith('hover', 'die');
    expect((await engine.run(HOVER)).error).toMatchObject({ code: 'E/LS_CRASH', message: 'fixture was ended by SIGKILL; so did the 2 before it', details: { server: 'fixture', attempts: 3 } });
    expect((await engine.run(DEF)).status).toBe('ok');
  });
});

describe.skipIf(process.platform !== 'linux')('a server that eats memory', () => {
  test('is stopped, replaced once, and then named with what it held', async () => {
    const { engine, marked } = await engineWith('hover', 'grow', { memoryMaxBytes: 300 * 1024 * 1024 });
    const { error } = await engine.run(HOVER);
    expect(error).toMatchObject({ code: 'E/LS_CRASH', details: { memoryMaxMiB: 300, attempts: 2 } });
    expect(error?.message).toMatch(/^fixture held \d+ MiB of memory, more than the 300 MiB that it may, and was stopped; so did the one before it$/);
    expect((await engine.run(DEF)).status).toBe('ok');
    await engine.close();
    expect(await marked.leftAfter(20_000)).toEqual([]);
  });
});

describe('the deadline of a request', () => {
  test('is one for all that it asks: every file of a slow server together', async () => {
    const repository = new TemporaryRepository(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f${String(index)}.py`, ''])));
    const engine = await openEngine(repository.top, { servers: [fixtureServer('faulty-server.mjs', ['diagnostic', 'slow'])], timeoutMs: 3000 });
    // Forty times 300 ms; no single question is late.
    expect(await engine.run({ cmd: 'diag', args: {} })).toMatchObject({ error: { code: 'E/LS_TIMEOUT', details: { timeoutMs: 3000 } }, facts: {} });
  });

  test('does not end a server that is still starting: the next request finds it further on', async () => {
    const { engine } = await engineWith('initialize', 'slow');
    expect((await engine.run(HOVER, { timeoutMs: 100 })).error?.code).toBe('E/LS_TIMEOUT');
    expect((await engine.run(HOVER)).status).toBe('ok');
  });
});

describe('a request that is cancelled', () => {
  test.each(['initialize', 'hover'])('while the server is silent at %s ends, and leaves no process behind a close', async (phase) => {
    const { engine, marked } = await engineWith(phase, 'mute');
    const controller = new AbortController();
    const asked = engine.run(HOVER, { signal: controller.signal });
    await marked.reached(1, 20_000);
    setTimeout(() => controller.abort(), 500);
    expect(await asked).toMatchObject({ status: 'error', error: { code: 'E/REQUEST_CANCELLED', retryable: true }, meta: { exitCode: 73 }, facts: {} });
    await engine.close();
    expect(await marked.leftAfter(20_000)).toEqual([]);
  });

  test('is cancelled at the server too, which goes on answering', async () => {
    const repository = new TemporaryRepository(FILES);
    const controller = new AbortController();
    const onLog = (line: string): void => {
      if (line.endsWith('asked')) controller.abort();
    };
    const engine = await openEngine(repository.top, { servers: [fixtureServer('cancellable-server.mjs')], onLog });
    expect((await engine.run(DEF, { signal: controller.signal })).error?.code).toBe('E/REQUEST_CANCELLED');
    const hover = await engine.run(HOVER);
    expect(hover.facts.hover?.contents).toBe('1 cancelled');
    expect(hover.meta.cache).toBe('warm');
  });

  test('before it began is not begun', async () => {
    const { engine, marked } = await engineWith('none', 'die');
    expect((await engine.run(HOVER, { signal: AbortSignal.abort() })).error?.code).toBe('E/REQUEST_CANCELLED');
    expect(marked.pids()).toEqual([]);
  });
});
