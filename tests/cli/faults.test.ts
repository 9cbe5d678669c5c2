import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { MarkedProcesses } from '../lsp/marked-processes.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { assay, assayBundle } from './assay.js';

const FAULTY = fileURLToPath(new URL('../../fixtures/servers/faulty-server.mjs', import.meta.url));

/** Server id → phase and fault; see faulty-server.mjs. All of them are asked by tests/operations/fault-table.test.ts. */
const SERVERS: Readonly<Record<string, readonly [string, string]>> = {
  'dead-at-start': ['initialize', 'die'],
  'mute-at-start': ['initialize', 'mute'],
  dead: ['question', 'die'],
  mute: ['question', 'mute'],
  odd: ['question', 'nonsense'],
  poor: ['question', 'unsupported'],
  busy: ['question', 'busy'],
  restless: ['question', 'modified'],
};

/** What a person types behind `--server ID`, and the exit code. */
const CASES: readonly (readonly [string, readonly string[], number, string])[] = [
  ['dead-at-start', ['symbols', 'a.py'], 65, 'E/LS_CRASH'],
  ['mute-at-start', ['diag'], 64, 'E/LS_TIMEOUT'],
  ['dead', ['rename', 'py://a#f', 'g'], 65, 'E/LS_CRASH'],
  ['mute', ['reward'], 64, 'E/LS_TIMEOUT'],
  ['odd', ['calls', 'py://a#f', '--in'], 65, 'E/LS_CRASH'],
  ['poor', ['fix', 'a.py@L4:C1', '--action', 'mend'], 72, 'E/UNSUPPORTED_CAP'],
  ['busy', ['def', 'py://a#f'], 73, 'E/REQUEST_CANCELLED'],
  ['restless', ['actions', 'a.py@L4:C1'], 74, 'E/CONTENT_MODIFIED'],
];

test.skipIf(process.platform !== 'linux')('a server that assay.json names fails as a known one does: its code, no fact, no process left', { timeout: 300_000 }, async () => {
  const entry = ([phase, fault]: readonly [string, string]): object => ({ command: [process.execPath, FAULTY, phase, fault], languages: { '.py': 'python' }, ready: { log: '^Found' } });
  const configuration = { version: 1, servers: Object.fromEntries(Object.entries(SERVERS).map(([id, faulty]) => [id, entry(faulty)])) };
  const code = 'def f(x: int) -> int:\n    return x\n\n';
  const repository = new TemporaryRepository({ 'a.py': `${code}f(1)\n`, 'assay.json': JSON.stringify(configuration) });
  repository.write({ 'a.py': `${code}f(2)\n` });
  const cwd = repository.top;
  const marked = new MarkedProcesses();
  const options = { cwd, env: marked.env };
  const [first = '', command = []] = CASES[0] ?? [];
  expect(await assayBundle([...command, '--server', first], options)).toMatchObject({ status: 'error', error: { code: 'E/FS_PERMISSIONS' } });
  expect((await assay(['init', '--trust'], options)).code).toBe(0);
  for (const [id, args, exitCode, expected] of CASES) {
    const { status, error, facts, meta } = await assayBundle([...args, '--server', id, ...(exitCode === 64 ? ['--timeout', '4000'] : [])], options);
    expect([id, status, error?.code, meta.exitCode, facts]).toEqual([id, 'error', expected, exitCode, {}]);
  }
  expect(await marked.leftAfter(20_000)).toEqual([]);
});
