import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { onBehalfOf } from '../../src/base/caller.js';
import { EngineHost, type HearAnswer } from '../../src/daemon/engine-host.js';
import { shareKey, WarmEngine } from '../../src/daemon/warm-engine.js';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import type { ServerSpec } from '../../src/lsp/server-spec.js';
import type { EngineOptions } from '../../src/operations/engine.js';
import { Memo } from '../../src/operations/memo.js';
import { operationNamed } from '../../src/operations/operations.js';
import { Pretended } from '../commands/pretended-caller.js';
import { fixtureServer } from '../lsp/fixture-server.js';
import { TemporaryRepository, temporaryFolder, writeFiles } from '../workspace/temporary-repository.js';

const FILES = { 'a.py': 'def f(x: int) -> int:\n    return x\n', 'b.py': 'from a import f\n\nf(1)\n' };
const HERE = new AbortController().signal;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

function warmEngine(workspace: string, servers: readonly ServerSpec[]): WarmEngine {
  const engine = new WarmEngine({ workspace, env: process.env, indexUnit: 'codepoint', servers }, () => new Memo());
  open.push(engine);
  return engine;
}

describe('what is shared and remembered', () => {
  const SELECTOR = { selector: 'py://a#f' };

  test.each(['def', 'decl', 'typedef', 'impl', 'refs', 'highlights', 'hover', 'signature', 'completion', 'calls', 'types', 'symbols', 'diag', 'locate'])('%s is both', (cmd) => {
    expect(operationNamed(cmd).isFunctionOfSnapshot).toBe(true);
    expect(shareKey({ cmd, args: SELECTOR }, {})).not.toBeNull();
  });

  // Whatever writes, or depends on more than the files, is neither: a new operation is not remembered unless it says so.
  test.each(['rename', 'prepare-rename', 'fix', 'actions', 'apply', 'undo', 'recover', 'init', 'servers', 'doctor', 'trajectory', 'nonsense'])('%s is neither', (cmd) => {
    expect(shareKey({ cmd, args: { ...SELECTOR, apply: true } }, {})).toBeNull();
    if (cmd !== 'nonsense') expect(operationNamed(cmd).isFunctionOfSnapshot).toBe(false);
  });

  test('a reward is shared by those who wait, unless it reads what only its caller has', () => {
    expect(operationNamed('reward').isFunctionOfSnapshot).toBe(false);
    const args = { base: 'HEAD', patch: null, patchFile: null, card: null };
    expect(shareKey({ cmd: 'reward', args }, {})).not.toBeNull();
    expect(shareKey({ cmd: 'reward', args: { ...args, patchFile: 'a.diff' } }, {})).toBeNull();
    expect(shareKey({ cmd: 'reward', args: { ...args, card: 'card.json' } }, {})).toBeNull();
  });

  test('what an answer looks like is part of the question, and what only its caller hears is not shared', () => {
    const key = (asked: Parameters<typeof shareKey>[1]): string | null => shareKey({ cmd: 'def', args: SELECTOR }, asked);
    expect(new Set([key({}), key({ indexUnit: 'utf-8' }), key({ server: 'pyright' }), key({ timeoutMs: 5 })]).size).toBe(4);
    expect(key({ env: { SOME_NOISE: '1' } })).toBe(key({}));
    expect([key({ onLog: () => undefined }), key({ verifyCache: true })]).toEqual([null, null]);
  });
});

describe('requests that wait for their turn', () => {
  const slow = [fixtureServer('faulty-server.mjs', ['hover', 'slow'])];
  const hover = (column: number): { cmd: string; args: { selector: string } } => ({ cmd: 'hover', args: { selector: `a.py@L1:C${String(column)}` } });

  test('identical ones have one answer; one whose askers have all left does not keep the next one from being answered', async () => {
    const { top } = new TemporaryRepository(FILES);
    const engine = warmEngine(top, slow);
    const leaving = new AbortController();
    const first = engine.run(hover(5), {}, HERE);
    const left = engine.run(hover(7), {}, leaving.signal);
    leaving.abort();
    const [again, same] = [engine.run(hover(7), {}, HERE), engine.run(hover(7), {}, HERE)];
    await expect(left).rejects.toMatchObject({ code: 'E/REQUEST_CANCELLED' });
    expect((await first).bundle.status).toBe('ok');
    expect(await again).toBe(await same);
    expect((await again).bundle.status).toBe('ok');
    expect(engine.shared).toBe(1);
  });

  test('a deadline counts from when it was asked', async () => {
    const { top } = new TemporaryRepository(FILES);
    const engine = warmEngine(top, [fixtureServer('faulty-server.mjs', ['hover', 'hang'])]);
    const leaving = new AbortController();
    const hanging = engine.run(hover(5), {}, leaving.signal).catch((error: unknown) => error);
    // It goes alone, and so waits for the one before.
    const late: unknown = await engine.run({ cmd: 'recover', args: {} }, { timeoutMs: 300 }, HERE).catch((error: unknown) => error);
    leaving.abort();
    await hanging;
    expect(late).toMatchObject({ code: 'E/LS_TIMEOUT', message: 'the request was not answered within 300 ms' });
    expect((await engine.run({ cmd: 'locate', args: { selector: 'py://a#f' } }, { timeoutMs: 60_000 }, HERE)).bundle.status).toBe('ok');
  });
});

describe('what an answer depends on beside the files', () => {
  test('a server whose program is replaced is started anew, and what the old one said is not told again', async () => {
    const { top } = new TemporaryRepository(FILES);
    const folder = temporaryFolder();
    const script = join(folder, 'server.mjs');
    const install = (answer: string): void => {
      rmSync(script, { force: true });
      writeFileSync(script, `// ${answer}\n${SERVER.replace('ANSWER', answer)}`);
    };
    install('one');
    const spec = fixtureServer('faulty-server.mjs', [], {
      ready: null,
      locate: () => ({ command: { executable: process.execPath, args: [script] }, packageName: 'fixture', version: () => Promise.resolve('0'), integrity: () => Promise.resolve('sha256:0'), origin: 'assay' }),
    });
    const engine = warmEngine(top, [spec]);
    const ask = async (): Promise<[string, string | undefined]> => {
      const { bundle } = await engine.run({ cmd: 'hover', args: { selector: 'py://a#f' } }, {}, HERE);
      return [bundle.meta.cache, bundle.facts.hover?.contents];
    };
    await ask();
    await delay(150);
    await ask();
    await ask();
    expect(await ask()).toEqual(['memo', 'one']);
    install('other');
    expect(await ask()).toEqual(['cold', 'other']);
  });

  test('a pin, a setting and a user\'s own configuration hold from the next question on, also where Git ignores the file', { timeout: 120_000 }, async () => {
    const { top } = new TemporaryRepository({ ...FILES, 'wrong.py': 'x: int = ""\n', '.gitignore': 'assay.json\n' });
    const config = temporaryFolder();
    const host = new EngineHost(top);
    open.push(host);
    const env = { ...process.env, XDG_CONFIG_HOME: config };
    const diag = async (): Promise<Bundle> =>
      onBehalfOf(new Pretended(top), async () => (await host.open({ workspace: top, env, indexUnit: 'codepoint' }, () => undefined)).run({ cmd: 'diag', args: { paths: ['wrong.py'] } }));
    const configure = (folder: string, content: object): void => { writeFiles(folder, { 'assay.json': JSON.stringify({ version: 1, ...content }) }); };
    const first = await diag();
    expect(first.facts.diagnostics).toHaveLength(1);
    await delay(150);
    await diag();
    expect((await diag()).meta.cache).toBe('memo');
    configure(top, { pins: { pyright: { name: 'pyright', version: '1.1.400', integrity: {}, settings: `sha256:${'0'.repeat(64)}` } } });
    expect((await diag()).error?.code).toBe('E/VERSION_SKEW');
    rmSync(join(top, 'assay.json'));
    expect((await diag()).bundleId).toBe(first.bundleId);
    await delay(150);
    await diag();
    expect((await diag()).meta.cache).toBe('memo');
    // No file of the workspace changes with this one.
    configure(join(config, 'assay'), { servers: { pyright: { settings: { python: { analysis: { typeCheckingMode: 'off' } } } } } });
    const off = await diag();
    expect([off.error?.message, off.environment.configDigest === first.environment.configDigest]).toEqual([undefined, false]);
    rmSync(join(config, 'assay/assay.json'));
    expect((await diag()).bundleId).toBe(first.bundleId);
  });

  test('git init, and what it then ignores, is seen by the next question', async () => {
    const top = temporaryFolder();
    writeFiles(top, { ...FILES, 'gone.py': 'def gone() -> None: ...\n', '.gitignore': 'gone.py\n' });
    const host = new EngineHost(top);
    open.push(host);
    const locate = async (): Promise<Bundle> =>
      onBehalfOf(new Pretended(top), async () => (await host.open({ workspace: top, env: process.env, indexUnit: 'codepoint' }, () => undefined)).run({ cmd: 'locate', args: { selector: 'py://gone#gone' } }));
    expect(await locate()).toMatchObject({ status: 'ok' });
    mkdirSync(join(top, '.git/objects'), { recursive: true });
    mkdirSync(join(top, '.git/refs'), { recursive: true });
    writeFileSync(join(top, '.git/HEAD'), 'ref: refs/heads/main\n');
    expect(await locate()).toMatchObject({ status: 'error', error: { code: 'E/NOT_FOUND' } });
    rmSync(join(top, '.git'), { recursive: true });
    expect(await locate()).toMatchObject({ status: 'ok' });
  });
});

test('whoever was given a remembered answer hears how it is known that it still holds', async () => {
  const { top } = new TemporaryRepository(FILES);
  const host = new EngineHost(top);
  open.push(host);
  const ask = async (cmd: string, more: Partial<EngineOptions> = {}): Promise<Parameters<HearAnswer>[0]> => {
    const heard: Parameters<HearAnswer>[0][] = [];
    const { status } = await onBehalfOf(new Pretended(top), async () => (await host.open({ workspace: top, env: process.env, indexUnit: 'codepoint', ...more }, (isStill) => heard.push(isStill))).run({ cmd, args: { selector: 'py://a#f' } }));
    expect([status, heard.length]).toEqual(['ok', 1]);
    return heard[0] ?? null;
  };
  /** The first answer is computed, and remembered when the next look finds what it was computed from. */
  const remembered = async (): Promise<() => Promise<boolean>> => {
    await delay(150);
    for (;;) {
      const isStill = await ask('locate');
      if (isStill !== null) return isStill;
    }
  };
  expect(await ask('locate')).toBeNull();
  const first = await remembered();
  expect([await first(), await first()]).toEqual([true, true]);
  expect(host.status().memo.hits).toBeGreaterThan(2);
  expect([await ask('locate', { verifyCache: true }), await ask('locate', { onLog: () => undefined })]).toEqual([null, null]);
  writeFileSync(join(top, 'b.py'), 'from a import f\n');
  expect(await first()).toBe(false);
  const second = await remembered();
  expect([await second(), await first()]).toEqual([true, false]);
  rmSync(join(top, '.git'), { recursive: true });
  expect(await second()).toBe(false);
  const third = await remembered();
  await host.close();
  expect(await third()).toBe(false);
});

/** Answers every hover with one word. */
const SERVER = `
let input = Buffer.alloc(0);
const send = (message) => { const body = JSON.stringify({ jsonrpc: '2.0', ...message }); process.stdout.write('Content-Length: ' + Buffer.byteLength(body) + '\\r\\n\\r\\n' + body); };
process.stdin.on('data', (chunk) => {
  input = Buffer.concat([input, chunk]);
  for (;;) {
    const end = input.indexOf('\\r\\n\\r\\n');
    const length = end < 0 ? 0 : Number(/Content-Length: (\\d+)/i.exec(input.subarray(0, end).toString())[1]);
    if (end < 0 || input.length < end + 4 + length) return;
    const { id, method } = JSON.parse(input.subarray(end + 4, end + 4 + length).toString());
    input = input.subarray(end + 4 + length);
    if (method === 'exit') process.exit(0);
    if (id !== undefined) send({ id, result: method === 'initialize' ? { capabilities: { hoverProvider: true } } : method === 'textDocument/hover' ? { contents: { kind: 'plaintext', value: 'ANSWER' } } : null });
  }
});
`;

describe('the memo', () => {
  test('counts a text that many answers hold once, and holds it no longer than they do', () => {
    const memo = new Memo();
    const bundle = { facts: {} } as unknown as Bundle;
    const text = 'x'.repeat(1000);
    memo.set('a', { bundle, texts: new Map([['a.py', text]]) });
    const { bytes: one } = memo.status();
    memo.set('b', { bundle, texts: new Map([['a.py', text]]) });
    expect(one).toBeGreaterThan(1000);
    expect(memo.status().bytes).toBeLessThan(one + 1000);
    memo.delete('a');
    expect(memo.status().bytes).toBe(one);
    memo.delete('b');
    expect(memo.status()).toMatchObject({ entries: 0, bytes: 0 });
  });

  test('drops what was used longest ago when texts take too much', () => {
    const memo = new Memo();
    const bundle = { facts: {} } as unknown as Bundle;
    for (let index = 0; index < 20; index += 1) memo.set(String(index), { bundle, texts: new Map([['a.py', String.fromCharCode(97 + index).repeat(8 * 1024 * 1024)]]) });
    expect(memo.status().bytes).toBeLessThan(80 * 1024 * 1024);
    expect([memo.get('0'), memo.get('19') === null]).toEqual([null, false]);
  });
});
