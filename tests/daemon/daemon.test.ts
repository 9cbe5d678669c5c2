import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { assayBundle, startAssay } from '../cli/assay.js';
import { temporaryFolder, TemporaryRepository, writeFiles } from '../workspace/temporary-repository.js';
import { PrivateDaemons } from './private-daemon.js';

const BIN = fileURLToPath(new URL('../../bin/assay.cjs', import.meta.url));
const FILES = { 'a.py': 'def f(x: int) -> int:\n    return x\n', 'b.py': 'from a import f\n\nf(1)\n' };
const LOCATE = ['locate', 'py://a#f'];

let daemons: PrivateDaemons | null = null;
function privateDaemons(env: NodeJS.ProcessEnv = {}): PrivateDaemons {
  daemons = new PrivateDaemons(env);
  return daemons;
}

afterEach(async () => {
  const left = await daemons?.end();
  daemons = null;
  expect(left ?? []).toEqual([]);
});

/** Resolves when `check` holds; the test's own deadline bounds it. */
async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await delay(20);
}

const isServing = (socket: string): boolean => existsSync(socket);

test('the client that every call loads is small, and loads nothing but node:net and node:fs', () => {
  const text = readFileSync(BIN, 'utf8');
  expect(statSync(BIN).size).toBeLessThan(2048);
  expect([...text.matchAll(/require\('([^']+)'\)/g)].map((match) => match[1])).toEqual(['node:fs', 'node:net']);
});

describe('one daemon for a workspace', () => {
  test('is started by the first command, raced by many, and answers the next ones from any folder of the workspace', async () => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository({ ...FILES, 'sub/c.py': 'c = 1\n' });
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => all.run(LOCATE, top)));
    expect(new Set(outcomes.map(({ code, stdout, stderr }) => `${String(code)} ${stdout} ${stderr}`)).size).toBe(1);
    expect(outcomes[0]?.code).toBe(0);
    expect((await all.run(LOCATE, join(top, 'sub'))).stdout).toBe(outcomes[0]?.stdout);
    const status = await all.status();
    expect(status).toMatchObject({ root: top, requests: { served: 9, underWay: 0 } });
    expect(statSync(all.folder).mode & 0o777).toBe(0o700);
  });

  test('is one, however many processes start it at once', { timeout: 180_000 }, async () => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository(FILES);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => all.run(['daemon', 'start', '--json'], top)));
    const bundles = outcomes.map(({ code, stdout, stderr }) => ({ code, stderr, ...(JSON.parse(stdout) as { meta: { said: string; daemons: { pid: number }[] } }).meta }));
    expect(new Set(bundles.map(({ code, stderr }) => `${String(code)}${stderr}`))).toEqual(new Set(['0']));
    expect(new Set(bundles.flatMap(({ daemons: running }) => running.map(({ pid }) => pid))).size).toBe(1);
    expect(bundles.filter(({ said }) => said === 'started')).toHaveLength(1);
    expect(all.marked.pids()).toEqual([(await all.status()).pid]);
  });

  test('daemon start, status and stop say what they did', async () => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository(FILES);
    expect((await all.run(['daemon', 'status'], top)).stdout).toBe('none is running\n');
    expect((await all.run(['daemon', 'start'], top)).stdout).toMatch(/^started\n.* served 0; /s);
    expect((await all.run(['daemon', 'start'], top)).stdout).toMatch(/^was running\n/);
    const bundle = await assayBundle(['daemon', 'status'], { cwd: top, env: all.env });
    expect(bundle.meta).toMatchObject({ said: 'running', daemons: [{ root: top }] });
    expect((await all.run(['daemon', 'stop'], top)).stdout).toMatch(/^stopped\n/);
    await until(() => all.sockets().length === 0);
    expect((await all.run(['daemon', 'stop'], top)).stdout).toBe('none was running\n');
  });

  test.each([
    ['another version of the protocol asks', (all: PrivateDaemons) => all.send('{"v": 99}')],
    ['its workspace goes away', (_all: PrivateDaemons, top: string) => { renameSync(top, `${top}.gone`); rmSync(`${top}.gone`, { recursive: true }); }],
    ['its socket goes away', (all: PrivateDaemons): unknown => { rmSync(all.sockets()[0] ?? ''); return null; }],
    ['its state directory goes away', (all: PrivateDaemons) => { rmSync(all.home, { recursive: true }); }],
    ['it is told to by a signal', async (all: PrivateDaemons) => process.kill((await all.status()).pid, 'SIGTERM')],
  ])('leaves when %s', async (_why, act) => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository(FILES);
    await all.run(LOCATE, top);
    const { pid } = await all.status();
    await Promise.resolve(act(all, top));
    await until(() => !all.marked.pids().includes(pid));
  });

  test('leaves when nobody asks for long enough, and the next command starts another', async () => {
    const all = privateDaemons({ ASSAY_DAEMON_IDLE_SECONDS: '1' });
    const { top } = new TemporaryRepository(FILES);
    await all.run(LOCATE, top);
    const { pid } = await all.status();
    await until(() => !all.marked.pids().includes(pid));
    expect((await all.run(LOCATE, top)).code).toBe(0);
  });

  test('leaves when it holds too much memory', async () => {
    const all = privateDaemons({ ASSAY_DAEMON_MEMORY_MIB: '1' });
    const { top } = new TemporaryRepository(FILES);
    expect((await all.run(LOCATE, top)).code).toBe(0);
    await until(() => all.marked.pids().length === 0);
  });
});

describe('a command that no daemon answers', () => {
  test('runs in its own process where the state directory is not its own, and says so when asked', async () => {
    const all = privateDaemons();
    symlinkSync(temporaryFolder(), join(all.home, 'assay'));
    const { top } = new TemporaryRepository(FILES);
    expect(await all.run(LOCATE, top)).toMatchObject({ code: 0, stderr: '' });
    expect((await all.run([...LOCATE, '--verbose'], top)).stderr).toMatch(/^No daemon: /);
  });

  test.each([
    ['is open to others', (folder: string) => { chmodSync(folder, 0o777); }],
    ['is a symlink', (folder: string) => { renameSync(folder, `${folder}.real`); symlinkSync(`${folder}.real`, folder); }],
  ])('runs in its own process where the folder of sockets %s', async (_name, spoil) => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository(FILES);
    await all.run(LOCATE, top);
    const [socket = ''] = all.sockets();
    const { pid, requests } = await all.status();
    spoil(all.folder);
    expect((await all.run(LOCATE, top)).code).toBe(0);
    expect(requests.served).toBe(1);
    rmSync(all.folder, { recursive: true });
    expect(isServing(socket)).toBe(false);
    await until(() => !all.marked.pids().includes(pid));
  });

  test('does so without a home, and leaves nothing in the current folder', async () => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository(FILES);
    for (const name of ['HOME', 'USERPROFILE', 'XDG_STATE_HOME']) Reflect.deleteProperty(all.env, name);
    expect((await all.run(LOCATE, top)).code).toBe(0);
    expect((await all.run([...LOCATE, '--verbose'], top)).stderr).toMatch(/^No daemon: /);
    expect(readdirSync(top).sort()).toEqual(['.git', ...Object.keys(FILES)]);
    all.env['XDG_STATE_HOME'] = all.home;
  });

  test('does so with --no-daemon, and where a variable says so', async () => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository(FILES);
    expect((await all.run([...LOCATE, '--no-daemon'], top)).code).toBe(0);
    all.env['ASSAY_NO_DAEMON'] = '1';
    expect((await all.run(LOCATE, top)).code).toBe(0);
    all.env['ASSAY_NO_DAEMON'] = '';
    expect(existsSync(all.folder)).toBe(false);
  });
});

describe('what goes wrong on the way', () => {
  test('a daemon that is killed while it works is a server crash that may be tried again, and the next command works', async () => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository(FILES);
    await all.run(LOCATE, top);
    const { pid } = await all.status();
    const client = startAssay(['batch', '--json'], { cwd: top, env: all.env }, 'pipe');
    const ended = outcomeOf(client);
    await until(async () => (await all.status()).requests.underWay === 1);
    process.kill(pid, 'SIGKILL');
    const { code, stdout } = await ended;
    expect([code, JSON.parse(stdout)]).toMatchObject([65, { error: { code: 'E/LS_CRASH', retryable: true }, meta: { exitCode: 65 } }]);
    expect((await all.run(LOCATE, top)).code).toBe(0);
  });

  test('a client that is interrupted says so, and the daemon gives up what it asked for', async () => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository(FILES);
    await all.run(LOCATE, top);
    const client = startAssay(['batch'], { cwd: top, env: all.env }, 'pipe');
    const ended = outcomeOf(client);
    await until(async () => (await all.status()).requests.underWay === 1);
    client.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 73, signal: null });
    await until(async () => (await all.status()).requests.underWay === 0);
  });

  test('standard input is left to the next command of a loop by those that do not read it', async () => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository(FILES);
    const script = `while read -r selector; do "${process.execPath}" "${BIN}" locate "$selector"; done`;
    const { stdout } = await shell(script, top, all.env, 'py://a#f\npy://b#\n');
    expect(stdout.match(/^[ab]\.py:1:/gm)).toEqual(['a.py:1:', 'b.py:1:']);
  });

  test('output that is larger than a pipe arrives whole, and a reader that leaves ends nothing but the output', async () => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository({ 'big.py': `def text() -> None:\n${'    print("a line among many")\n'.repeat(10_000)}` });
    const args = ['locate', 'py://big#text:body', '--preview'];
    expect((await all.run(args, top)).stdout).toBe((await all.run([...args, '--no-daemon'], top)).stdout);
    const { stdout } = await shell(`"${process.execPath}" "${BIN}" locate 'py://big#text:body' --preview | head -c 6; echo " \${PIPESTATUS[0]}"`, top, all.env, '');
    expect(stdout).toBe('big.py 0\n');
  });
});

describe('what the daemon remembers', () => {
  test('is answered again while nothing changes, is the same bundle, and can be proven right', async () => {
    const all = privateDaemons();
    const repository = new TemporaryRepository(FILES);
    const ask = async (...more: string[]): Promise<[string, string]> => {
      const { bundleId, meta } = await assayBundle(['refs', 'py://a#f', ...more], { cwd: repository.top, env: all.env });
      return [meta.cache, bundleId];
    };
    const [cold, id] = await ask();
    expect(cold).toBe('cold');
    await delay(150);
    const later = [await ask(), await ask(), await ask()];
    expect(later.map(([, each]) => each)).toEqual([id, id, id]);
    expect(later.at(-1)?.[0]).toBe('memo');
    const texts = [await all.run(['refs', 'py://a#f'], repository.top), await all.run(['refs', 'py://a#f'], repository.top), await all.run(['refs', 'py://a#f'], repository.top)];
    expect(texts).toEqual(texts.map(() => texts[0]));
    expect(await ask('--verify-cache')).toEqual(['warm', id]);
    const alone = await assayBundle(['refs', 'py://a#f', '--no-daemon'], { cwd: repository.top, env: all.env });
    expect(alone.bundleId).toBe(id);
    repository.write({ 'b.py': 'from a import f\n\nf(1)\nf(2)\n' });
    const [cache, changed] = await ask();
    expect([cache, changed === id]).toEqual(['warm', false]);
    expect(await assayBundle(['refs', 'py://a#f', '--no-daemon'], { cwd: repository.top, env: all.env })).toMatchObject({ bundleId: changed });
    expect((await all.status()).memo.hits).toBeGreaterThan(1);
  });

  test('is nobody else\'s name: a commit is its caller\'s, whoever asked before', async () => {
    const all = privateDaemons();
    const repository = new TemporaryRepository(FILES);
    const rename = async (from: string, to: string, who: string): Promise<string> => {
      for (const role of ['AUTHOR', 'COMMITTER']) Object.assign(all.env, { [`GIT_${role}_NAME`]: who, [`GIT_${role}_EMAIL`]: `${who}@example.com` });
      expect(await all.run(['rename', `py://a#${from}`, to, '--apply', '--commit', `Rename ${from}`], repository.top)).toMatchObject({ code: 0 });
      return repository.git('log', '-1', '--format=%an %ce').trim();
    };
    expect(await rename('f', 'g', 'ann')).toBe('ann ann@example.com');
    expect(await rename('g', 'h', 'bob')).toBe('bob bob@example.com');
    expect((await all.status()).servers.filter(({ purpose }) => purpose === 'navigation')).toHaveLength(1);
  });

  test('is kept apart for callers whose environment differs where it matters', async () => {
    const all = privateDaemons();
    const { top } = new TemporaryRepository({ ...FILES, 'needs.py': 'import special\n\nspecial.x\n' });
    const venv = temporaryFolder();
    writeFiles(venv, { 'pyvenv.cfg': 'home = /usr/bin\nversion = 3.11.2\n', 'lib/python3.11/site-packages/special.py': 'x = 1\n' });
    const codes = async (): Promise<(string | number | null)[]> => {
      const { facts } = await assayBundle(['diag', 'needs.py'], { cwd: top, env: all.env });
      return (facts.diagnostics ?? []).map(({ code }) => code);
    };
    expect(await codes()).toContain('reportMissingImports');
    all.env['VIRTUAL_ENV'] = venv;
    all.env['SOME_NOISE'] = '1';
    expect(await codes()).not.toContain('reportMissingImports');
    Reflect.deleteProperty(all.env, 'VIRTUAL_ENV');
    expect(await codes()).toContain('reportMissingImports');
    expect((await all.status()).servers).toHaveLength(2);
  });
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
}

function outcomeOf(child: ReturnType<typeof startAssay>): Promise<Ended> {
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stdin?.on('error', () => undefined);
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, stdout })));
}

function shell(script: string, cwd: string, env: NodeJS.ProcessEnv, input: string): Promise<{ stdout: string }> {
  return new Promise((resolve) => {
    const child = execFile('/bin/bash', ['-c', script], { cwd, env, maxBuffer: 1 << 28 }, (_error, stdout) => resolve({ stdout }));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
