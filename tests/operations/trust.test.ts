import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import { TemporaryRepository, temporaryFolder, writeFiles, type FileSpec } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const FIXTURE = fileURLToPath(new URL('../../fixtures/servers/faulty-server.mjs', import.meta.url));

/** A workspace in which everything that could be executed leaves a mark, and where the marks are left. */
function hostileWorkspace(): { readonly top: string; readonly env: NodeJS.ProcessEnv; readonly marks: () => string[] } {
  const marks = temporaryFolder();
  const mark = (name: string): FileSpec => ({ exec: `#!/bin/sh\ntouch ${join(marks, name)}\ncase "$1" in *version) echo v1.2.3; exit ;; esac\nexec ${process.execPath} ${FIXTURE} none none\n` });
  const script = (name: string): string => `require('node:fs').writeFileSync(${JSON.stringify(join(marks, name))}, '');\nmodule.exports = () => ({ create: (info) => info.languageService });\n`;
  const repository = new TemporaryRepository({
    'assay.json': JSON.stringify({ version: 1, servers: { evil: { command: ['./evil.sh'], languages: { '.evil': 'evil' } } } }),
    'evil.sh': mark('command'),
    'a.evil': 'x\n',
    'a.py': 'value: int = "text"\n',
    'a.go': 'package a\n',
    'a.ts': 'export const value: number = "text";\n',
    'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, plugins: [{ name: 'evil-plugin' }] }, include: ['a.ts'] }),
    'package.json': JSON.stringify({ devDependencies: { typescript: '5.9.9' } }),
    '.gitignore': '.venv\nnode_modules\n',
  });
  writeFiles(repository.top, {
    '.venv/pyvenv.cfg': 'home = /nowhere\nversion = 3.11.7\n',
    '.venv/bin/python': mark('python'),
    '.venv/bin/ruff': mark('ruff'),
    'node_modules/.bin/gopls': mark('gopls'),
    'node_modules/typescript/package.json': JSON.stringify({ name: 'typescript', version: '5.9.9' }),
    'node_modules/typescript/lib/tsserver.js': script('typescript'),
    'node_modules/typescript/lib/typescript.js': script('typescript'),
    'node_modules/evil-plugin/package.json': JSON.stringify({ name: 'evil-plugin', version: '1.0.0', main: 'index.js' }),
    'node_modules/evil-plugin/index.js': script('plugin'),
    'fsmonitor.sh': mark('git'),
  });
  repository.git('config', 'core.fsmonitor', './fsmonitor.sh');
  const home = temporaryFolder();
  const folders = [join(repository.top, 'node_modules/.bin'), join(repository.top, '.venv/bin'), '/usr/bin', '/bin'];
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), PATH: folders.join(':') };
  const names = ['command', 'python', 'ruff', 'gopls', 'typescript', 'plugin', 'git'];
  return { top: repository.top, env, marks: () => names.filter((name) => existsSync(join(marks, name))) };
}

function codeOf({ error }: Bundle): string | undefined {
  return error?.code;
}

test('nothing that a workspace names or holds is executed before it is trusted, and what it names runs after', async () => {
  const { top, env, marks } = hostileWorkspace();
  const engine = await openEngine(top, { env });
  const diag = (path: string): Promise<Bundle> => engine.run({ cmd: 'diag', args: { paths: [path] } });

  expect((await diag('a.py')).facts.diagnostics).toHaveLength(1);
  expect((await diag('a.ts')).facts.diagnostics).toHaveLength(1);
  expect((await diag('a.go')).error).toMatchObject({ code: 'E/UNSUPPORTED_CAP', message: expect.stringContaining('gopls is not installed') as string });
  const refused = await diag('a.evil');
  expect(refused.error).toMatchObject({ code: 'E/FS_PERMISSIONS', hint: expect.stringContaining('assay init --trust') as string });
  expect((await engine.run({ cmd: 'servers', args: {} })).error).toBeUndefined();
  expect(codeOf(await engine.run({ cmd: 'init', args: {} }))).toBe('E/FS_PERMISSIONS');
  expect(marks()).toEqual([]);

  const trusted = await engine.run({ cmd: 'init', args: { trust: true } });
  expect(trusted.status).toBe('ok');
  const what = trusted.facts.setup?.executables.map((executable) => executable.what) ?? [];
  expect(what).toEqual([
    'server evil of assay.json: command ["./evil.sh"]',
    'node_modules/typescript 5.9.9 with the plugins evil-plugin',
    'node_modules/.bin/gopls',
    '.venv/bin/ruff',
    'the python of .venv',
  ]);
  expect((await diag('a.evil')).status).toBe('ok');
  expect(marks()).toContain('command');
  expect(marks()).not.toContain('git');
  await engine.close();

  // Another content of what is named needs trust again.
  writeFileSync(join(top, 'evil.sh'), `${readFileSync(join(top, 'evil.sh'), 'utf8')}# more\n`, { mode: 0o755 });
  expect(codeOf(await (await openEngine(top, { env })).run({ cmd: 'diag', args: { paths: ['a.evil'] } }))).toBe('E/FS_PERMISSIONS');
});

test('a scored patch cannot bring the program that a trusted entry names', async () => {
  const { top, env } = hostileWorkspace();
  const stolen = join(temporaryFolder(), 'stolen');
  const engine = await openEngine(top, { env });
  await engine.run({ cmd: 'init', args: { trust: true } });
  const [first = '', ...rest] = readFileSync(join(top, 'evil.sh'), 'utf8').trimEnd().split('\n');
  const bring = [`@@ -1,${String(rest.length + 1)} +1,${String(rest.length + 2)} @@`, ` ${first}`, `+touch ${stolen}`, ...rest.map((line) => ` ${line}`)];
  const patch = ['--- a/a.evil', '+++ b/a.evil', '@@ -1 +1 @@', '-x', '+y', '--- a/evil.sh', '+++ b/evil.sh', ...bring, ''].join('\n');
  const bundle = await engine.run({ cmd: 'reward', args: { patch } });
  expect(existsSync(stolen)).toBe(false);
  expect(bundle.error).toMatchObject({ code: 'E/FS_PERMISSIONS', message: expect.stringContaining('with the files that this step brings') as string });
  expect(bundle.processReward?.r ?? null).toBeNull();
});
