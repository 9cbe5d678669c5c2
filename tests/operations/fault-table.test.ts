import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailureCode } from '../../src/base/failure.js';
import { bundleSchema } from '../../src/bundles/schema/bundle.js';
import type { JsonObject } from '../../src/bundles/json-shape.js';
import { Engine } from '../../src/operations/engine.js';
import type { OperationArguments, OperationName } from '../../src/operations/operations.js';
import type { ServerSpec } from '../../src/lsp/server-spec.js';
import { fixtureServer } from '../lsp/fixture-server.js';
import { MarkedProcesses } from '../lsp/marked-processes.js';

/** Changes a.py, so that its diagnostics must be asked for. */
const PATCH = '--- a/a.py\n+++ b/a.py\n@@ -4 +4 @@\n-f(1)\n+f(2)\n';
const at = { selector: 'py://a#f' };
const call = { selector: 'a.py@L4:C3' };

/** Requests of every operation there is. Those that write, or change what servers are started with, come last. */
const REQUESTS: { readonly [Name in OperationName]: readonly OperationArguments[Name][] } = {
  locate: [at],
  def: [at],
  decl: [at],
  typedef: [at],
  impl: [at],
  refs: [at],
  highlights: [at],
  hover: [at],
  signature: [call],
  completion: [{ selector: 'a.py@L4:C1' }],
  calls: [{ ...at, in: true }, { ...at, out: true }],
  types: [{ ...at, sub: true }, { ...at, super: true }],
  symbols: [{ path: 'a.py' }, { query: 'f' }],
  diag: [{ paths: ['a.py'] }, {}],
  prepareRename: [at],
  actions: [{ selector: 'a.py@L4:C1' }],
  servers: [{}],
  doctor: [{}],
  rename: [{ ...at, newName: 'g' }],
  fix: [{ selector: 'a.py@L4:C1', action: 'mend' }],
  reward: [{ patch: PATCH, model: false }],
  trajectory: [{ run: `${JSON.stringify({ patch: PATCH })}\n`, model: false }],
  apply: [{ patch: PATCH }],
  undo: [{}],
  recover: [{}],
  init: [{}],
};

type Outcome = FailureCode | 'ok';

/** What the commands answer that depend on no server, or say in their answer what a server did not do. */
const WITHOUT_SERVER: Partial<Record<OperationName, Outcome>> = { locate: 'ok', servers: 'ok', doctor: 'ok', apply: 'ok', undo: 'E/NOT_FOUND', recover: 'ok', init: 'ok' };

interface Row {
  readonly file: string;
  readonly args: readonly string[];
  readonly changes?: Partial<ServerSpec>;
  /** What every other command answers. */
  readonly usual: Outcome;
  readonly but?: Partial<Record<OperationName, Outcome>>;
}

const faulty = (phase: string, fault: string, usual: Outcome): Row => ({ file: 'faulty-server.mjs', args: [phase, fault], usual });
const server = (name: string, args: readonly string[], but: Partial<Record<OperationName, Outcome>>, changes: Partial<ServerSpec> = {}): Row => ({ file: `${name}-server.mjs`, args, usual: 'E/UNSUPPORTED_CAP', but, changes });
const diagnostics = (outcome: Outcome): Partial<Record<OperationName, Outcome>> => ({ diag: outcome, reward: outcome, trajectory: outcome });
/** What the offering server offers. */
const offered = (outcome: Outcome): Partial<Record<OperationName, Outcome>> => ({ def: outcome, decl: outcome, impl: outcome, highlights: outcome, signature: outcome, completion: outcome, calls: outcome, types: outcome });

/** Every server of fixtures/servers, and what every command says of it. */
const ROWS: readonly Row[] = [
  faulty('start', 'die', 'E/LS_CRASH'),
  faulty('initialize', 'die', 'E/LS_CRASH'),
  faulty('initialize', 'mute', 'E/LS_TIMEOUT'),
  faulty('initialize', 'garbage-header', 'E/LS_CRASH'),
  faulty('initialize', 'no-capabilities', 'E/LS_CRASH'),
  faulty('initialized', 'exit-code', 'E/LS_CRASH'),
  faulty('initialized', 'never', 'E/LS_TIMEOUT'),
  faulty('question', 'die', 'E/LS_CRASH'),
  faulty('question', 'hang', 'E/LS_TIMEOUT'),
  faulty('question', 'mute', 'E/LS_TIMEOUT'),
  faulty('question', 'garbage-body', 'E/LS_CRASH'),
  faulty('question', 'half-frame', 'E/LS_TIMEOUT'),
  faulty('question', 'oversized', 'E/LS_CRASH'),
  faulty('question', 'refuse', 'E/LS_CRASH'),
  faulty('question', 'failed', 'E/LS_CRASH'),
  faulty('question', 'busy', 'E/REQUEST_CANCELLED'),
  faulty('question', 'cancelled', 'E/REQUEST_CANCELLED'),
  faulty('question', 'modified', 'E/CONTENT_MODIFIED'),
  faulty('question', 'unsupported', 'E/UNSUPPORTED_CAP'),
  faulty('question', 'nonsense', 'E/LS_CRASH'),
  server('asking', [], { hover: 'ok' }),
  server('cancellable', [], { def: 'E/LS_TIMEOUT', hover: 'ok' }),
  server('lying', ['file:///etc/passwd'], { def: 'ok', refs: 'ok', prepareRename: 'ok', rename: 'ok', actions: 'E/LS_CRASH', fix: 'E/LS_CRASH', ...diagnostics('E/LS_CRASH') }),
  server('many-places', ['3'], { refs: 'ok' }),
  server('moody', ['none'], { def: 'ok', refs: 'ok', hover: 'ok', ...diagnostics('ok') }),
  server('offering', [], { ...offered('ok'), completion: 'E/LS_CRASH', ...diagnostics('E/LS_CRASH') }),
  server('offering', ['null'], { ...offered('ok'), ...diagnostics('E/LS_CRASH') }),
  server('offering', ['items'], { ...offered('E/LS_CRASH'), ...diagnostics('E/LS_CRASH') }),
  server('publishing', ['versioned'], diagnostics('ok'), { diagnostics: 'push' }),
  server('publishing', ['unversioned'], { diag: 'ok' }, { diagnostics: 'push' }),
  server('publishing', ['silent'], diagnostics('E/LS_TIMEOUT'), { diagnostics: 'push' }),
  server('stubborn', [], { hover: 'E/LS_TIMEOUT' }),
  server('stubborn', ['busy'], { hover: 'E/LS_TIMEOUT', ...diagnostics('E/LS_TIMEOUT') }),
];

/** A deadline that is not to be met is short; one that is to be met is not in the way. What says in its answer that a server was late has to be told so in time. */
function deadlineOf(name: OperationName, outcome: Outcome, isLate: boolean): number {
  if (outcome === 'E/LS_TIMEOUT') return 400;
  return isLate && (name === 'apply' || name === 'doctor') ? 5000 : 60_000;
}

test('every server of fixtures/servers has a row', () => {
  expect([...new Set(ROWS.map(({ file }) => file))].sort()).toEqual(readdirSync('fixtures/servers').sort());
});

describe.skipIf(process.platform !== 'linux').concurrent('every command', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-fault-table-'));
  const repository = join(folder, 'repository');
  beforeAll(() => {
    execFileSync('git', ['init', '-q', repository]);
    writeFileSync(join(repository, 'a.py'), 'def f(x: int) -> int:\n    return x\n\nf(1)\n');
    execFileSync('git', ['-C', repository, 'add', '-A']);
    execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--no-verify', '-m', 'x']);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test.each(ROWS)('of $file $args says the documented thing, and without a fact when it fails: $usual', async ({ file, args, changes = {}, usual, but = {} }) => {
    const marked = new MarkedProcesses();
    const top = mkdtempSync(join(folder, 'row-'));
    cpSync(repository, top, { recursive: true });
    const engine = await Engine.open({ workspace: top, env: marked.env, indexUnit: 'codepoint', server: 'fixture', servers: [fixtureServer(file, args, changes)] });
    const isLate = usual === 'E/LS_TIMEOUT' || Object.values(but).includes('E/LS_TIMEOUT');
    const ask = async ([name, request]: readonly [OperationName, object]): Promise<{ readonly found: string; readonly expected: string }> => {
      const outcome = WITHOUT_SERVER[name] ?? but[name] ?? usual;
      const { status, error, facts } = bundleSchema.parse(await engine.run({ cmd: name, args: request as JsonObject }, { timeoutMs: deadlineOf(name, outcome, isLate) }));
      const what = `${name} ${JSON.stringify(request)}`;
      return { found: `${what}: ${error?.code ?? status} ${status === 'error' ? Object.keys(facts).join() : ''}`, expected: `${what}: ${outcome} ` };
    };
    const requests = (Object.keys(REQUESTS) as OperationName[]).flatMap((name) => REQUESTS[name].map((request) => [name, request] as const));
    // A server that is late is stopped under whoever asked it meanwhile; of every other one all is asked at once, but for what writes.
    const together = isLate ? [] : requests.slice(0, requests.findIndex(([name]) => name === 'apply'));
    const answers = await Promise.all(together.map(ask));
    for (const request of requests.slice(together.length)) answers.push(await ask(request));
    await engine.close();
    expect(answers.map(({ found }) => found)).toEqual(answers.map(({ expected }) => expected));
    expect(await marked.leftAfter(20_000)).toEqual([]);
  });
});
