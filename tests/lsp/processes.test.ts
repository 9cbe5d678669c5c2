import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Failure } from '../../src/base/failure.js';
import { fileDiagnostics } from '../../src/lsp/diagnostics.js';
import { hover } from '../../src/lsp/navigation.js';
import { pyright } from '../../src/lsp/servers/pyright.js';
import type { ServerSpec } from '../../src/lsp/server-spec.js';
import { Session } from '../../src/lsp/session.js';
import { typescript, typescriptClassic } from '../../src/lsp/servers/typescript.js';
import { fixtureServer } from './fixture-server.js';
import { MarkedProcesses } from './marked-processes.js';
import { tempWorkspace } from './temp-workspace.js';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
/** Inside node_modules, where the bundle finds the servers as the sources do, and git does not look. */
const BUILT = join(REPOSITORY, 'node_modules/.assay-tests', String(process.pid));
const CLIENT = join(BUILT, 'lonely-client.mjs');
const GONE_MS = 10_000;

/** Enough work for the process to be killed in the midst of it. */
const BIG = {
  'big.py': Array.from({ length: 4000 }, (_, index) => `def f${String(index)}(a: int) -> str:\n    b = [a, "x", {a: f${String((index * 7) % 4000)}(a)}]\n    return b[0]\n`).join(''),
  'big.ts': Array.from({ length: 4000 }, (_, index) => `export function f${String(index)}(a: number): string {\n  const b = [a, "x", { c: f${String((index * 7) % 4000)}(a) }];\n  return b[0];\n}\n`).join(''),
};

async function start(spec: ServerSpec, env: NodeJS.ProcessEnv, files: Readonly<Record<string, string>> = { 'big.py': 'x = 1\n', 'big.ts': 'export const x = 1;\n' }): Promise<Session> {
  const session = await Session.start({ spec, root: tempWorkspace(files), aliases: [], env, interpreter: null, timeoutMs: 50_000 });
  onTestFinished(() => session.close());
  return session;
}

function failureOf(promise: Promise<unknown>): Promise<Failure | null> {
  return promise.then(
    () => null,
    (error: unknown) => error as Failure,
  );
}

describe.skipIf(process.platform !== 'linux')('when assay is killed, no process of a server is left', () => {
  beforeAll(async () => {
    await build({ entryPoints: [join(REPOSITORY, 'tests/lsp/lonely-client.ts')], outfile: CLIENT, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error', define: { 'import.meta.url': JSON.stringify(new URL('lonely-client.ts', import.meta.url).href) } });
  });
  afterAll(() => {
    rmSync(BUILT, { recursive: true, force: true });
  });

  function run(kind: string, moment: string, marked: MarkedProcesses): ChildProcess {
    const child = spawn(process.execPath, [CLIENT, kind, moment, tempWorkspace(BIG)], { env: marked.env, stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  async function says(child: ChildProcess, word: string): Promise<void> {
    for await (const chunk of child.stdout ?? []) if (String(chunk).includes(word)) return;
    throw new Error(`the client ended before it was ${word}`);
  }

  async function killed(child: ChildProcess, marked: MarkedProcesses): Promise<void> {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    expect(await marked.leftAfter(GONE_MS)).toEqual([]);
  }

  test.each(['pyright', 'typescript', 'classic', 'stubborn'])('while %s is idle', async (kind) => {
    const marked = new MarkedProcesses();
    const child = run(kind, 'idle', marked);
    await says(child, 'reached');
    expect(marked.pids().length).toBeGreaterThan(2);
    await killed(child, marked);
  });

  test.each(['pyright', 'typescript', 'classic', 'stubborn'])('while %s is busy', async (kind) => {
    const marked = new MarkedProcesses();
    const child = run(kind, 'busy', marked);
    await says(child, 'reached');
    await killed(child, marked);
  });

  test('while a server never returns to its event loop', async () => {
    const marked = new MarkedProcesses();
    const child = run('busy', 'idle', marked);
    await says(child, 'reached');
    await killed(child, marked);
  });

  test.each([0, 2, 5, 10, 20, 40, 80, 160])('%i ms after a server was spawned', async (delayMs) => {
    const marked = new MarkedProcesses();
    const child = run('stubborn', 'idle', marked);
    await says(child, 'starting');
    await marked.reached(2, 5000);
    await delay(delayMs);
    await killed(child, marked);
  });
});

describe.skipIf(process.platform !== 'linux')('a session that is closed', () => {
  test.each([
    ['pyright', pyright],
    ['typescript', typescript],
    ['typescript-language-server, with its tsserver and typings installer', typescriptClassic],
    ['a server that ignores exit, the end of its input and every signal', fixtureServer('stubborn-server.mjs')],
    ['a server that never returns to its event loop', fixtureServer('stubborn-server.mjs', ['busy'])],
  ])('leaves no process of %s, closed twice at once', async (_name, spec) => {
    const marked = new MarkedProcesses();
    const session = await start(spec, marked.env);
    if (spec === typescriptClassic) await fileDiagnostics(session, 'big.ts');
    expect(marked.pids().length).toBeGreaterThan(1);
    await Promise.all([session.close(), session.close()]);
    await session.close();
    expect(await marked.leftAfter(GONE_MS)).toEqual([]);
    expect(session.alive).toBe(false);
    expect(await failureOf(hover(session, 'big.ts', { line: 0, character: 0 }))).toMatchObject({ code: 'E/REQUEST_CANCELLED' });
  });

  test.each([
    ['pyright', pyright, 'big.py'],
    ['typescript', typescript, 'big.ts'],
    ['typescript-language-server', typescriptClassic, 'big.ts'],
  ])('while %s is at work ends its requests, and leaves no process', async (_name, spec, path) => {
    const marked = new MarkedProcesses();
    const session = await start(spec, marked.env, BIG);
    await session.sourcesFound();
    const asked = [fileDiagnostics(session, path), hover(session, path, { line: 0, character: 5 })].map(failureOf);
    await delay(50);
    await session.close();
    const codes = (await Promise.all(asked)).map((failure) => failure?.code ?? 'answered');
    for (const code of codes) expect(['answered', 'E/REQUEST_CANCELLED']).toContain(code);
    expect(await marked.leftAfter(GONE_MS)).toEqual([]);
  });

  test('leaves a server alone that another session runs', async () => {
    const marked = new MarkedProcesses();
    const one = await start(pyright, process.env);
    const two = await start(pyright, marked.env);
    await two.close();
    expect(await marked.leftAfter(GONE_MS)).toEqual([]);
    expect(await hover(one, 'big.py', { line: 0, character: 0 })).not.toBeNull();
  });
});
