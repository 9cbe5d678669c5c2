import { describe, expect, test } from 'vitest';
import { renderBundle } from '../../src/render/render-bundle.js';
import { fixtureServer } from '../lsp/fixture-server.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const DIAG = { cmd: 'diag', args: { paths: ['a.py'] } };

async function engineOver(mode: string, timeoutMs?: number) {
  const repository = new TemporaryRepository({ 'a.py': 'right\n', 'b.py': 'x\n' });
  const engine = await openEngine(repository.top, { servers: [fixtureServer('publishing-server.mjs', [mode], { diagnostics: 'push' })], timeoutMs });
  return { repository, engine };
}

describe('a server that only publishes', () => {
  test('and says for which version, is waited for until it does: a list for an earlier one is none', async () => {
    const { repository, engine } = await engineOver('versioned');
    for (const [text, count] of [['right\n', 0], ['wrong\n', 1], ['right\n', 0], ['wrong\nwrong\n', 2]] as const) {
      repository.write({ 'a.py': text });
      const { facts } = await engine.run(DIAG);
      expect(facts.diagnostics).toHaveLength(count);
      expect(facts.coverage).toEqual({ measured: ['a.py'], unmeasured: [] });
    }
  });

  test('is asked anew about a file when another one has changed', async () => {
    const { repository, engine } = await engineOver('versioned');
    repository.write({ 'a.py': 'wrong\n' });
    expect((await engine.run(DIAG)).facts.diagnostics).toHaveLength(1);
    repository.write({ 'b.py': 'y\n' });
    const { facts, meta } = await engine.run(DIAG);
    expect(facts.diagnostics).toHaveLength(1);
    expect(meta.cache).toBe('warm');
  });

  test('and does not say for which version, leaves the file incomplete, never clean, also in the text', async () => {
    const { repository, engine } = await engineOver('unversioned');
    const incomplete = [{ path: 'a.py', reason: 'fixture does not say which content it speaks about' }];
    const clean = await engine.run(DIAG);
    expect(clean.facts).toEqual({ diagnostics: [], coverage: { measured: [], unmeasured: [], incomplete } });
    const text = renderBundle(clean, { color: false, unit: 'codepoint', readText: () => undefined });
    expect(text.split('\n')).toEqual(['no diagnostics so far', 'incomplete: a.py (fixture does not say which content it speaks about)']);
    repository.write({ 'a.py': 'wrong\n' });
    expect((await engine.run(DIAG)).facts).toMatchObject({ diagnostics: [{ code: 'wrong' }], coverage: { measured: [], incomplete } });
  });

  test('makes a reward unknown when it does not say for which version', async () => {
    const { repository, engine } = await engineOver('unversioned');
    repository.write({ 'a.py': 'wrong\n' });
    expect(await engine.run({ cmd: 'reward', args: {} })).toMatchObject({ error: { code: 'E/UNSUPPORTED_CAP' }, processReward: { r: null, abstain: true } });
  });

  test('and publishes nothing is late, not clean', async () => {
    const { engine } = await engineOver('silent', 2000);
    expect(await engine.run(DIAG)).toMatchObject({ status: 'error', error: { code: 'E/LS_TIMEOUT' }, facts: {} });
  });
});
