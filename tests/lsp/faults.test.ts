import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure, type FailureCode } from '../../src/base/failure.js';
import { fileDiagnostics } from '../../src/lsp/diagnostics.js';
import { hover, locations } from '../../src/lsp/navigation.js';
import type { ServerSpec } from '../../src/lsp/server-spec.js';
import { Session } from '../../src/lsp/session.js';
import { fixtureServer } from './fixture-server.js';
import { MarkedProcesses } from './marked-processes.js';
import { openSession } from './open-session.js';
import { put, tempWorkspace } from './temp-workspace.js';

const STARTING = ['start', 'initialize', 'initialized'];
const ASKING = ['diagnostic', 'definition', 'references', 'hover'];
const EVERYWHERE = [...STARTING, ...ASKING];

/** Fault → phases → the one code that its user sees, whichever question meets it. */
const TABLE: readonly (readonly [string, readonly string[], FailureCode])[] = [
  ['die', EVERYWHERE, 'E/LS_CRASH'],
  ['exit-code', EVERYWHERE, 'E/LS_CRASH'],
  ['close-output', EVERYWHERE, 'E/LS_CRASH'],
  ['oversized', EVERYWHERE, 'E/LS_CRASH'],
  ['garbage-header', EVERYWHERE, 'E/LS_CRASH'],
  ['garbage-body', EVERYWHERE, 'E/LS_CRASH'],
  ['hang', EVERYWHERE, 'E/LS_TIMEOUT'],
  ['mute', EVERYWHERE, 'E/LS_TIMEOUT'],
  ['half-frame', EVERYWHERE, 'E/LS_TIMEOUT'],
  ['refuse', ['start', 'initialize', ...ASKING], 'E/LS_CRASH'],
  ['refuse', ['initialized'], 'E/LS_TIMEOUT'],
  ['no-capabilities', ['initialize'], 'E/LS_CRASH'],
  ['nonsense', ['initialize', ...ASKING], 'E/LS_CRASH'],
  ['unsupported', ['initialize'], 'E/LS_CRASH'],
  ['unsupported', ASKING, 'E/UNSUPPORTED_CAP'],
  ['cancelled', ASKING, 'E/REQUEST_CANCELLED'],
  ['busy', ASKING, 'E/REQUEST_CANCELLED'],
  ['failed', ASKING, 'E/LS_CRASH'],
  ['modified', ASKING, 'E/CONTENT_MODIFIED'],
];

async function failureOf(run: () => Promise<unknown>): Promise<Failure> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it answered');
}

/** Asks one question of every kind, after one another. */
async function askEverything(spec: ServerSpec, root: string, env: NodeJS.ProcessEnv, timeoutMs: number): Promise<unknown[]> {
  const session = await Session.start({ spec, root, aliases: [], env, interpreter: null, timeoutMs });
  try {
    const position = { line: 0, character: 0 };
    return [
      await fileDiagnostics(session, 'a.py'),
      await locations(session, 'definition', 'a.py', position),
      await locations(session, 'references', 'a.py', position),
      await hover(session, 'a.py', position),
    ];
  } finally {
    await session.close();
  }
}

const SOUND = [
  { kind: 'measured', diagnostics: [{ uri: 'a.py', range: [0, 0, 0, 3], severity: 'error', code: 'wrong', message: 'wrong', source: 'fixture' }] },
  [{ uri: 'a.py', range: [0, 0, 0, 3] }],
  [{ uri: 'a.py', range: [0, 0, 0, 3] }],
  { contents: 'a hover', range: null },
];

describe.skipIf(process.platform !== 'linux')('a server that fails', () => {
  const cases = TABLE.flatMap(([fault, phases, code]) => phases.map((phase) => [fault, phase, code] as const));

  test.each(cases)('by %s at %s is %s, and no process is left', async (fault, phase, code) => {
    const marked = new MarkedProcesses();
    const root = tempWorkspace({ 'a.py': 'abc = 1\n' });
    const timeoutMs = code === 'E/LS_TIMEOUT' ? 1000 : 30_000;
    const failure = await failureOf(() => askEverything(fixtureServer('faulty-server.mjs', [phase, fault]), root, marked.env, timeoutMs));
    expect(failure.code).toBe(code);
    expect(failure.retryable || code === 'E/UNSUPPORTED_CAP').toBe(true);
    expect(`${failure.message}${failure.hint}${JSON.stringify(failure.details ?? null)}`).not.toContain(root);
    expect(await marked.leftAfter(5000)).toEqual([]);
  });

  const sound = ['none die', 'start slow', 'initialize slow', 'hover busy-once', 'definition modified-once', 'start flood-stderr', 'initialized flood-stderr', 'hover flood-stderr'];
  const whenLeaving = ['die', 'exit-code', 'hang', 'mute', 'refuse', 'close-output', 'garbage-header', 'half-frame'].map((fault) => `shutdown ${fault}`);

  test.each([...sound, ...whenLeaving])(
    'that is sound as long as it is asked (%s) answers all, and no process is left',
    async (args) => {
      const marked = new MarkedProcesses();
      const root = tempWorkspace({ 'a.py': 'abc = 1\n' });
      expect(await askEverything(fixtureServer('faulty-server.mjs', args.split(' ')), root, marked.env, 30_000)).toEqual(SOUND);
      expect(await marked.leftAfter(5000)).toEqual([]);
    },
  );
});

describe('a session', () => {
  test('answers every request of a server', async () => {
    const root = tempWorkspace({ 'a.py': 'abc = 1\n' });
    const session = await openSession(fixtureServer('asking-server.mjs'), root);
    const answer = await hover(session, 'a.py', { line: 0, character: 0 });
    const heard = JSON.parse(answer?.contents ?? '') as Record<string, unknown>;
    expect(heard['workspace/configuration']).toEqual([{ section: 'python' }, { section: 'unknown' }, { section: '' }]);
    expect(heard['workspace/applyEdit']).toMatchObject({ applied: false });
    expect(heard).toHaveProperty(['x/aRequestThatNobodyKnows'], null);
    expect(Object.keys(heard)).toHaveLength(16);
  });

  test('refuses at once what the server does not offer', async () => {
    const root = tempWorkspace({ 'a.py': 'abc = 1\n' });
    const session = await openSession(fixtureServer('asking-server.mjs'), root);
    const failure = await failureOf(() => locations(session, 'implementation', 'a.py', { line: 0, character: 0 }));
    expect(failure.code).toBe('E/UNSUPPORTED_CAP');
  });

  test('after a crash gives the crash again for every later question', async () => {
    const root = tempWorkspace({ 'a.py': 'abc = 1\n' });
    const session = await openSession(fixtureServer('faulty-server.mjs', ['hover', 'die']), root);
    const first = await failureOf(() => hover(session, 'a.py', { line: 0, character: 0 }));
    expect(session.alive).toBe(false);
    expect(await failureOf(() => fileDiagnostics(session, 'a.py'))).toBe(first);
    expect(await failureOf(() => session.contentsChanged(['a.py']))).toBe(first);
    await session.close();
  });

  test('names a file that cannot be read', async () => {
    const root = tempWorkspace({ 'a.py': 'abc = 1\n', 'folder/b.py': '' });
    const session = await openSession(fixtureServer('faulty-server.mjs', ['none', 'die']), root);
    expect(await failureOf(() => hover(session, 'gone.py', { line: 0, character: 0 }))).toMatchObject({ code: 'E/NOT_FOUND', message: 'gone.py does not exist' });
    expect((await failureOf(() => hover(session, 'folder', { line: 0, character: 0 }))).code).toBe('E/BAD_ARGUMENT');
    expect(session.alive).toBe(true);
  });
});

describe('a server that cannot be started', () => {
  const missing = (executable: string): ServerSpec =>
    fixtureServer('', [], { locate: () => ({ command: { executable, args: [] }, packageName: 'missing', version: () => Promise.resolve('0'), integrity: () => Promise.resolve('sha256:0'), origin: 'assay' as const }) });

  test('because its program is not there, is told apart from one that exits with 127', async () => {
    const root = tempWorkspace();
    const failure = await failureOf(() => openSession(missing(join(root, 'no-such-server')), root));
    expect(failure).toMatchObject({ code: 'E/LS_CRASH', message: "the server's program no-such-server is missing or may not be executed" });
    expect(failure.hint).toContain('npm ci');
  });

  test('because its program is a text file or a folder', async () => {
    const root = tempWorkspace({ 'plain.txt': 'no program', 'folder/x': '' });
    expect((await failureOf(() => openSession(missing(join(root, 'plain.txt')), root))).message).toContain('may not be executed');
    expect((await failureOf(() => openSession(missing(join(root, 'folder')), root))).message).toContain('may not be executed');
  });

  test.skipIf(process.platform === 'win32')('because its program is no program after all', async () => {
    const root = tempWorkspace();
    put(root, 'broken', '#!/no/such/interpreter\n');
    chmodSync(join(root, 'broken'), 0o755);
    const failure = await failureOf(() => openSession(missing(join(root, 'broken')), root));
    expect(failure).toMatchObject({ code: 'E/LS_CRASH', message: 'fixture exited with code 127' });
  });

  test('because the workspace is not there', async () => {
    const failure = await failureOf(() => openSession(fixtureServer('asking-server.mjs'), join(tempWorkspace(), 'gone')));
    expect(failure.code).toBe('E/NOT_FOUND');
  });
});
