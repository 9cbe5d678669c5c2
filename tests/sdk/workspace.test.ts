import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { expect, test } from 'vitest';
import { buildDemoRepository } from '../../scripts/demo-repository.js';
import { openWorkspace } from '../../src/index.js';
import { assayBundle } from '../cli/assay.js';
import { PrivateDaemons } from '../daemon/private-daemon.js';
import { MarkedProcesses } from '../lsp/marked-processes.js';
import { TemporaryRepository, temporaryFolder } from '../workspace/temporary-repository.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = readFileSync(join(ROOT, 'tests/sdk/readme-example.ts'), 'utf8');
const FILES = { 'a.py': 'def f(x: int) -> int:\n    return x\n\n\nf(1)\n' };

/** Writes a program that imports the built package by its name, as its users do. */
function programOf(source: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'assay'));
  writeFileSync(join(folder, 'program.mjs'), transformSync(source, { loader: 'ts', target: 'node20', format: 'esm' }).code);
  return join(folder, 'program.mjs');
}

function runProgram(source: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [programOf(source), ...args], { env }, (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }));
  });
}

test('the example of the README is this one, and does what it says', async () => {
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\`\`\`ts\n${EXAMPLE}\`\`\``);
  const shop = temporaryFolder();
  buildDemoRepository(join(ROOT, 'fixtures/demo'), shop);
  const marked = new MarkedProcesses();
  const { code, stdout, stderr } = await runProgram(EXAMPLE, [shop], marked.env);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.split('\n')[0]).toBe('shop/money.py 25 py://shop.money#format_price');
  expect(stdout).toMatch(/^shop\/report\.py 11 shop\/report\.py@L11:C\d+\?v=sha256:/m);
  expect(await marked.leftAfter(10_000)).toEqual([]);
});

test('a method gives the bundle of the command line, also where there is no answer', async () => {
  const { top } = new TemporaryRepository(FILES);
  await using workspace = await openWorkspace({ workspace: top });
  const bundle = await workspace.refs({ selector: 'py://a#f', declaration: false });
  expect(bundle.bundleId).toBe((await assayBundle(['refs', 'py://a#f', '--no-declaration'], { cwd: top })).bundleId);
  expect(await workspace.run({ cmd: 'references', args: { selector: 'py://a#f', declaration: false } })).toMatchObject({ bundleId: bundle.bundleId });
  expect(await workspace.locate({ selector: { kind: 'symbolic', scheme: 'py', module: 'a', qualname: ['f'], role: 'def', query: {} } })).toMatchObject({ status: 'ok', request: { selector: 'py://a#f' } });
  expect(await workspace.def({ selector: 'py://a#nope' })).toMatchObject({ status: 'error', error: { code: 'E/NOT_FOUND' } });
  expect(await workspace.prepareRename({ selector: 'py://a#f' })).toMatchObject({ status: 'ok', request: { cmd: 'prepare-rename' } });
  // @ts-expect-error: the arguments are typed.
  expect(await workspace.def({})).toMatchObject({ error: { code: 'E/BAD_ARGUMENT' } });
});

test('a signal cancels its request, and a deadline bounds it; the next one is answered', async () => {
  const { top } = new TemporaryRepository(FILES);
  await using workspace = await openWorkspace({ workspace: top });
  expect(await workspace.diag({}, { signal: AbortSignal.abort() })).toMatchObject({ error: { code: 'E/REQUEST_CANCELLED' } });
  const controller = new AbortController();
  const started = workspace.diag({}, { signal: controller.signal });
  controller.abort();
  expect(await started).toMatchObject({ error: { code: 'E/REQUEST_CANCELLED' } });
  expect(await workspace.diag({}, { timeoutMs: 1 })).toMatchObject({ error: { code: 'E/LS_TIMEOUT' } });
  expect(await workspace.diag({ paths: ['a.py'] })).toMatchObject({ status: 'ok' });
});

test('close cancels what is under way, leaves no process, and may be called again', async () => {
  const { top } = new TemporaryRepository(FILES);
  const marked = new MarkedProcesses();
  const workspace = await openWorkspace({ workspace: top, env: { ...process.env, ...marked.env } });
  expect(await workspace.hover({ selector: 'py://a#f' })).toMatchObject({ status: 'ok' });
  const underWay = workspace.diag();
  await Promise.all([workspace.close(), workspace[Symbol.asyncDispose]()]);
  expect(await underWay).toMatchObject({ error: { code: 'E/REQUEST_CANCELLED' } });
  expect(await marked.leftAfter(10_000)).toEqual([]);
  await expect(workspace.diag()).rejects.toThrow('closed');
});

test('a folder that is none is refused', async () => {
  await expect(openWorkspace({ workspace: join(temporaryFolder(), 'none') })).rejects.toMatchObject({ code: 'E/NOT_FOUND' });
});

test('through the daemon: the same bundles from the daemon of the command line, cancelled by hanging up, and replaced when it is gone', async () => {
  const { top } = new TemporaryRepository(FILES);
  const daemons = new PrivateDaemons();
  const program = `
    import { openWorkspace } from 'assay';
    const [top] = process.argv.slice(2);
    const say = ({ bundleId, error }: { bundleId: string; error?: { code: string } }) => console.log(error?.code ?? bundleId);
    await using workspace = await openWorkspace({ workspace: top, daemon: true });
    say(await workspace.refs({ selector: 'py://a#f' }));
    say(await workspace.def({ selector: 'py://a#nope' }));
    const controller = new AbortController();
    const cancelled = workspace.diag({}, { signal: controller.signal });
    controller.abort();
    say(await cancelled);
    await new Promise((resolve) => process.stdin.once('data', resolve));
    say(await workspace.refs({ selector: 'py://a#f' }));
    process.stdin.destroy();
  `;
  const said: string[] = [];
  let stderr = '';
  const child = execFile(process.execPath, [programOf(program), top], { env: daemons.env });
  child.stderr?.on('data', (text: string) => (stderr += text));
  const over = new Promise<number | null>((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (text: string) => {
      said.push(...text.trimEnd().split('\n'));
      if (said.length >= 3) resolve();
    });
    child.once('close', () => resolve());
  });
  expect(stderr).toBe('');
  const { bundleId } = await assayBundle(['refs', 'py://a#f'], { cwd: top });
  expect(said).toEqual([bundleId, 'E/NOT_FOUND', 'E/REQUEST_CANCELLED']);
  // The command line has the same daemon: there is one, and it stops at its word.
  expect(await daemons.status()).toMatchObject({ root: top });
  expect((await daemons.run(['daemon', 'stop'], top)).code).toBe(0);
  child.stdin?.write('go on\n');
  expect(await over).toBe(0);
  expect(said.at(-1)).toBe(bundleId);
  expect(await daemons.end()).toEqual([]);
}, 120_000);
