import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TemporaryRepository, temporaryFolder, writeFiles } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const PYTHON = { 'a.py': 'value: int = "text"\n' };

/** Nothing of the user's own configuration, and no server on PATH. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const home = temporaryFolder();
  return { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), PATH: '/usr/bin:/bin' };
}

describe('assay init', () => {
  test('pins what answers here, keeps what else the file says, and refuses another version later', async () => {
    const { top } = new TemporaryRepository({ ...PYTHON, 'assay.json': '{\n  // ours\n  "version": 1,\n}\n' });
    const env = bareEnvironment();
    const engine = await openEngine(top, { env });
    const bundle = await engine.run({ cmd: 'init', args: {} });
    expect(bundle.facts.setup).toMatchObject({ file: 'assay.json', change: 'updated', pins: { pyright: { name: 'pyright', version: '1.1.414' } }, executables: [] });
    expect((await engine.run({ cmd: 'init', args: {} })).facts.setup?.change).toBe('unchanged');
    expect((await engine.run({ cmd: 'diag', args: {} })).facts.diagnostics).toHaveLength(1);
    const text = readFileSync(join(top, 'assay.json'), 'utf8');
    expect(text).toContain('// ours');

    writeFiles(top, { 'assay.json': text.replace('1.1.414', '1.1.400') });
    const skewed = await engine.run({ cmd: 'diag', args: {} });
    expect(skewed.meta.exitCode).toBe(10);
    expect(skewed.error).toMatchObject({ code: 'E/VERSION_SKEW', message: expect.stringContaining('version 1.1.400 is pinned, 1.1.414 is there') as string, hint: expect.stringContaining('assay init') as string });
    const repinned = await engine.run({ cmd: 'init', args: {} });
    expect(repinned.facts.setup?.replaced['pyright']?.version).toBe('1.1.400');
  });

  test('writes no file through a symbolic link', async () => {
    const { top } = new TemporaryRepository(PYTHON);
    const elsewhere = join(top, 'elsewhere.json');
    writeFiles(top, { 'elsewhere.json': '{"version": 1}' });
    rmSync(join(top, 'assay.json'), { force: true });
    symlinkSync('elsewhere.json', join(top, 'assay.json'));
    const bundle = await (await openEngine(top, { env: bareEnvironment() })).run({ cmd: 'init', args: {} });
    expect(bundle.error?.code).toBe('E/FS_PERMISSIONS');
    expect(readFileSync(elsewhere, 'utf8')).toBe('{"version": 1}');
  });
});

describe('a configuration', () => {
  test.each([
    ['{', 'assay.json:1:2: '],
    ['{"version": 2}', 'assay.json: version: '],
    ['{"version": 1, "sevrers": {}}', 'assay.json: unknown key sevrers'],
    ['{"version": 1, "servers": {"gopls": {"command": "gopls"}}}', 'assay.json: servers.gopls.command: '],
    ['{"version": 1, "servers": {"mine": {"languages": {"py": "python"}}}}', 'assay.json: servers.mine.languages.py: '],
    ['{"version": 1, "servers": {"mine": {"command": ["x"]}}}', 'assay.json: servers.mine.languages is missing'],
    ['{"version": 1, "use": {"python": "nobody"}}', 'assay.json: use.python: there is no server "nobody"'],
  ])('%s is refused, with the key and what was expected', async (text, message) => {
    const { top } = new TemporaryRepository({ ...PYTHON, 'assay.json': text });
    const bundle = await (await openEngine(top, { env: bareEnvironment() })).run({ cmd: 'diag', args: {} });
    expect(bundle.meta.exitCode).toBe(2);
    expect(bundle.error).toMatchObject({ code: 'E/BAD_ARGUMENT', message: expect.stringContaining(message) as string });
  });

  test('of the user needs no trust, because no workspace wrote it', async () => {
    const { top } = new TemporaryRepository(PYTHON);
    const env = bareEnvironment();
    writeFiles(env['XDG_CONFIG_HOME'] ?? '', { 'assay/assay.json': JSON.stringify({ version: 1, servers: { pyright: { settings: { python: { analysis: { typeCheckingMode: 'off' } } } } } }) });
    const bundle = await (await openEngine(top, { env })).run({ cmd: 'diag', args: {} });
    expect(bundle.facts.diagnostics).toEqual([]);
  });
});

test('assay servers tells which servers there are, and where each comes from', async () => {
  const { top } = new TemporaryRepository(PYTHON);
  const bin = temporaryFolder();
  writeFiles(bin, { gopls: { exec: '#!/bin/sh\necho "golang.org/x/tools/gopls v0.99.1"\n' } });
  const env = { ...bareEnvironment(), PATH: `${bin}:/usr/bin:/bin` };
  const bundle = await (await openEngine(top, { env })).run({ cmd: 'servers', args: {} });
  const byId = new Map((bundle.facts.servers ?? []).map((server) => [server.id, server]));
  expect(byId.get('pyright')).toMatchObject({ installed: true, from: 'assay', version: '1.1.414', files: 1 });
  expect(byId.get('gopls')).toMatchObject({ installed: true, from: 'PATH', version: '0.99.1', files: 0, pin: null });
  expect(byId.get('jdtls')).toMatchObject({ installed: false, version: null });
  expect(JSON.stringify({ ...bundle, meta: null })).not.toContain(bin);
});

test('assay doctor probes the server in a scratch copy and leaves the workspace alone', async () => {
  const { top } = new TemporaryRepository({
    'shop/prices.py': 'def total_of_prices(prices: list[int]) -> int:\n    return sum(prices)\n',
    'shop/report.py': 'from shop.prices import total_of_prices\n\nprint(total_of_prices([1, 2]))\n',
    'shop/receipt.py': 'from shop.prices import total_of_prices\n\nprint(total_of_prices([3]))\n',
    'shop/__init__.py': '',
  });
  const bundle = await (await openEngine(top, { env: bareEnvironment() })).run({ cmd: 'doctor', args: {} });
  const checks = new Map((bundle.facts.checks ?? []).map(({ check, status, says }) => [check, `${status} ${says}`]));
  expect(bundle.meta.exitCode).toBe(0);
  expect(checks.get('definition')).toBe('ok function total_of_prices of shop/prices.py is found from 4 of 4 places where its name stands in other files');
  expect(checks.get('references')).toBe('ok function total_of_prices of shop/prices.py has 5 references in 3 files');
  expect(checks.get('rename')).toBe('ok renaming function total_of_prices of shop/prices.py changes 5 places, every reference among them');
  expect(checks.get('freshness')).toMatch(/^ok /);
  expect(checks.get('diagnostics')).toMatch(/^ok /);
  expect(checks.get('untouched')).toMatch(/^ok /);
  expect(existsSync(join(top, 'assay.json'))).toBe(false);
});
