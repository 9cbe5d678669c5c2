import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { findWorkspace } from '../../src/workspace/workspace-root.js';
import { SourceFiles } from '../../src/operations/source-files.js';
import { takeSnapshot } from '../../src/workspace/snapshot.js';
import { python, typescript } from '../../scripts/check-fresh/languages.js';
import { runFresh } from '../../scripts/check-fresh/run.js';
import { PYTHON_SHIM, SERVER_FILES } from '../../scripts/check-fresh/servers.js';
import { fixtureServer } from '../lsp/fixture-server.js';
import { temporaryFolder, TemporaryRepository, writeFiles } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

// All kinds of changes, a thousand times: npm run check:fresh.
test.each([
  [python, 7],
  [typescript, 8],
])('no answer is stale, whatever changes: $name', async (language, seed) => {
  const root = join(temporaryFolder(), 'world');
  mkdirSync(root);
  const { wrong, questions } = await runFresh({ root, languages: [language], seed, operations: 10, env: process.env });
  expect(wrong).toEqual([]);
  expect(questions).toBe(10);
});

test('an error that a server came across before a change, while it looked at another file, is not repeated', async () => {
  const signer = (type: string): string => `class Signer:\n    def __init__(self, salt: ${type}) -> None:\n        self.salt = salt\n`;
  const repository = new TemporaryRepository({
    'signer.py': signer('str'),
    'maker.py': 'from signer import Signer\n\n\nclass Maker:\n    def make(self, salt: str | None):\n        return Signer(salt=salt)\n',
    'user.py': 'from maker import Maker\n\nmade = Maker().make(None)\n',
  });
  const engine = await openEngine(repository.top);
  const lines = async (...paths: string[]): Promise<number[] | undefined> => (await engine.run({ cmd: 'diag', args: { paths } })).facts.diagnostics?.map(({ range }) => range[0]);
  expect(await lines('maker.py')).toEqual([5]);
  for (let round = 0; round < 2; round += 1) {
    repository.write({ 'signer.py': signer('str | None') });
    expect(await lines('maker.py')).toEqual([]);
    repository.write({ 'signer.py': signer('str') });
    expect(await lines('user.py')).toEqual([]);
    repository.write({ 'signer.py': signer('str | None') });
    expect(await lines(...(round === 0 ? ['maker.py'] : []))).toEqual([]);
    repository.write({ 'signer.py': signer('str') });
    expect(await lines('maker.py')).toEqual([5]);
  }
});

test('.python-version chooses the Python of the next answer', async () => {
  const shims = temporaryFolder();
  writeFiles(shims, { python3: { exec: PYTHON_SHIM } });
  const repository = new TemporaryRepository({ ...SERVER_FILES, '.python-version': '3.11\n' });
  const engine = await openEngine(repository.top, { env: { ...process.env, PATH: `${shims}${delimiter}${process.env['PATH'] ?? ''}` } });
  const question = { cmd: 'diag', args: { paths: ['versioned.py'] } };
  for (const version of ['3.11', '3.13']) {
    repository.write({ '.python-version': `${version}\n` });
    const { environment, facts } = await engine.run(question);
    expect([environment.interpreter?.version, facts.diagnostics?.length]).toEqual([`${version}.0`, version === '3.13' ? 1 : 0]);
  }
  // Also when it changes while no server runs that would be replaced.
  repository.write({ 'assay.json': '{"servers": {"pyright": {"settings": {}}}}' });
  expect((await engine.run(question)).error?.code).toBe('E/FS_PERMISSIONS');
  repository.write({ '.python-version': '3.11\n' });
  expect((await engine.run(question)).error?.code).toBe('E/FS_PERMISSIONS');
  repository.write({ 'assay.json': '{}' });
  expect((await engine.run(question)).facts.diagnostics).toEqual([]);
});

test('a version that is chosen for all folders (pyenv global) chooses the Python of the next answer', async () => {
  const root = temporaryFolder();
  writeFiles(root, { 'shims/python3': { exec: PYTHON_SHIM.replace('.python-version', '"$PYENV_ROOT/version"') }, version: '3.11\n' });
  const repository = new TemporaryRepository(SERVER_FILES);
  const engine = await openEngine(repository.top, { env: { ...process.env, PYENV_ROOT: root, PATH: `${join(root, 'shims')}${delimiter}${process.env['PATH'] ?? ''}` } });
  for (const version of ['3.11', '3.13', '3.11']) {
    writeFiles(root, { version: `${version}\n` });
    const { environment, facts } = await engine.run({ cmd: 'diag', args: { paths: ['versioned.py'] } });
    expect([environment.interpreter?.version, facts.diagnostics?.length]).toEqual([`${version}.0`, version === '3.13' ? 1 : 0]);
  }
});

/** At once, as editors do: whoever looks meanwhile sees one text or the other, and never no file. */
function replace(repository: TemporaryRepository, path: string, text: string): void {
  writeFileSync(`${repository.top}.next`, text);
  renameSync(`${repository.top}.next`, join(repository.top, path));
}

describe('a file that changes while a question is answered', () => {
  test('and comes to rest is asked about again', async () => {
    const repository = new TemporaryRepository({ 'a.py': 'x = 1\n' });
    const engine = await openEngine(repository.top, { servers: [fixtureServer('faulty-server.mjs', ['hover', 'slow'])] });
    await engine.run({ cmd: 'hover', args: { selector: 'py://a#x' } });
    const asked = engine.run({ cmd: 'hover', args: { selector: 'py://a#x' } });
    await delay(150);
    repository.write({ 'a.py': 'x = 1\n\n' });
    const { digest } = await takeSnapshot(await findWorkspace(repository.top));
    expect(await asked).toMatchObject({ status: 'ok', environment: { snapshot: digest } });
  });

  test.each(['hover', 'diag', 'symbols'])('and does not come to rest is E/CONTENT_MODIFIED for %s, and nothing is claimed', async (cmd) => {
    const repository = new TemporaryRepository({ 'a.py': 'x = 1\n' });
    const phase = { hover: 'hover', diag: 'diagnostic', symbols: 'documentSymbol' }[cmd] ?? '';
    const engine = await openEngine(repository.top, { servers: [fixtureServer('faulty-server.mjs', [phase, 'slow'])] });
    let count = 0;
    const writer = setInterval(() => {
      count += 1;
      replace(repository, 'a.py', `x = ${String(count)}\n`);
    }, 5);
    const args = cmd === 'hover' ? { selector: 'a.py@L1:C1' } : cmd === 'diag' ? { paths: ['a.py'] } : { path: 'a.py' };
    const bundle = await engine.run({ cmd, args });
    clearInterval(writer);
    expect(bundle).toMatchObject({ status: 'error', error: { code: 'E/CONTENT_MODIFIED', retryable: true }, meta: { exitCode: 74 }, facts: {} });
  });

  test('and is gone when it is read is E/CONTENT_MODIFIED or not found, and no bug', async () => {
    const repository = new TemporaryRepository({ 'a.py': 'x = 1\n' });
    const sources = new SourceFiles(await findWorkspace(repository.top), () => undefined);
    const snapshot = await takeSnapshot(await findWorkspace(repository.top));
    repository.write({ 'a.py': null });
    await expect(sources.text(snapshot, 'a.py')).rejects.toMatchObject({ code: 'E/CONTENT_MODIFIED' });
    await sources.close();
  });

  test('is answered for in one of its states, by pyright too', async () => {
    const texts = { wrong: 'x: int = "a"\n', right: 'x: int = 123\n' };
    const repository = new TemporaryRepository({ 'a.py': texts.right });
    const digests = new Map<string, number>();
    for (const [name, text] of Object.entries(texts)) {
      repository.write({ 'a.py': text });
      digests.set((await takeSnapshot(await findWorkspace(repository.top))).digest, name === 'wrong' ? 1 : 0);
    }
    const engine = await openEngine(repository.top);
    let isWrong = false;
    const writer = setInterval(() => {
      isWrong = !isWrong;
      replace(repository, 'a.py', isWrong ? texts.wrong : texts.right);
    }, 180);
    for (let count = 0; count < 8; count += 1) {
      const { error, facts, environment } = await engine.run({ cmd: 'diag', args: { paths: ['a.py'] } });
      if (error === undefined) expect(facts.diagnostics).toHaveLength(digests.get(environment.snapshot ?? '') ?? -1);
      else expect(error.code).toBe('E/CONTENT_MODIFIED');
    }
    clearInterval(writer);
  });

  test('is of no matter when no server reads it', async () => {
    const repository = new TemporaryRepository({ 'a.py': 'x = 1\n', 'app.log': '' });
    const engine = await openEngine(repository.top, { servers: [fixtureServer('faulty-server.mjs', ['hover', 'slow'])] });
    const writer = setInterval(() => repository.write({ 'app.log': String(Math.random()) }), 5);
    const bundle = await engine.run({ cmd: 'hover', args: { selector: 'py://a#x' } });
    clearInterval(writer);
    expect(bundle.status).toBe('ok');
  });
});
