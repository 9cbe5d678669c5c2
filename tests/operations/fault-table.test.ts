import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { FailureCode } from '../../src/base/failure.js';
import { bundleSchema } from '../../src/bundles/schema/bundle.js';
import { Engine } from '../../src/operations/engine.js';
import { fixtureServer } from '../lsp/fixture-server.js';
import { MarkedProcesses } from '../lsp/marked-processes.js';

/** Changes a.py, so that its diagnostics must be asked for. */
const PATCH = '--- a/a.py\n+++ b/a.py\n@@ -4 +4 @@\n-f(1)\n+f(2)\n';

/** Every command that asks a server something. */
const COMMANDS = [
  ['def', { selector: 'py://a#f' }],
  ['decl', { selector: 'py://a#f' }],
  ['typedef', { selector: 'py://a#f' }],
  ['impl', { selector: 'py://a#f' }],
  ['refs', { selector: 'py://a#f' }],
  ['highlights', { selector: 'py://a#f' }],
  ['hover', { selector: 'py://a#f' }],
  ['signature', { selector: 'a.py@L4:C3' }],
  ['completion', { selector: 'a.py@L4:C1' }],
  ['calls', { selector: 'py://a#f', in: true }],
  ['calls', { selector: 'py://a#f', out: true }],
  ['types', { selector: 'py://a#f', sub: true }],
  ['symbols', { path: 'a.py' }],
  ['symbols', { query: 'f' }],
  ['diag', { paths: ['a.py'] }],
  ['diag', {}],
  ['prepare-rename', { selector: 'py://a#f' }],
  ['rename', { selector: 'py://a#f', newName: 'g' }],
  ['actions', { selector: 'a.py@L4:C1' }],
  ['fix', { selector: 'a.py@L4:C1', action: 'mend' }],
  ['reward', { patch: PATCH }],
] as const;

/** Phase, fault, and the one code that every command gives. */
const FAULTS: readonly (readonly [string, string, FailureCode])[] = [
  ['start', 'die', 'E/LS_CRASH'],
  ['initialize', 'die', 'E/LS_CRASH'],
  ['initialize', 'mute', 'E/LS_TIMEOUT'],
  ['initialize', 'garbage-header', 'E/LS_CRASH'],
  ['initialize', 'no-capabilities', 'E/LS_CRASH'],
  ['initialized', 'exit-code', 'E/LS_CRASH'],
  ['initialized', 'never', 'E/LS_TIMEOUT'],
  ['question', 'die', 'E/LS_CRASH'],
  ['question', 'hang', 'E/LS_TIMEOUT'],
  ['question', 'mute', 'E/LS_TIMEOUT'],
  ['question', 'garbage-body', 'E/LS_CRASH'],
  ['question', 'half-frame', 'E/LS_TIMEOUT'],
  ['question', 'oversized', 'E/LS_CRASH'],
  ['question', 'refuse', 'E/LS_CRASH'],
  ['question', 'failed', 'E/LS_CRASH'],
  ['question', 'busy', 'E/REQUEST_CANCELLED'],
  ['question', 'cancelled', 'E/REQUEST_CANCELLED'],
  ['question', 'modified', 'E/CONTENT_MODIFIED'],
  ['question', 'unsupported', 'E/UNSUPPORTED_CAP'],
  ['question', 'nonsense', 'E/LS_CRASH'],
];

describe.skipIf(process.platform !== 'linux').concurrent('every command', { timeout: 300_000 }, () => {
  const top = mkdtempSync(join(tmpdir(), 'assay-fault-table-'));
  const git = (...args: string[]): void => void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: top });
  writeFileSync(join(top, 'a.py'), 'def f(x: int) -> int:\n    return x\n\nf(1)\n');
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '--no-verify', '-m', 'x');
  afterAll(() => {
    rmSync(top, { recursive: true });
  });

  test.each(FAULTS)('of a server that at %s does this: %s, fails with %s and without a fact', async (phase, fault, code) => {
    const marked = new MarkedProcesses();
    // A deadline that is not to be met is short; one that is to be met is not in the way.
    const timeoutMs = code === 'E/LS_TIMEOUT' ? 700 : 60_000;
    const engine = await Engine.open({ workspace: top, env: marked.env, indexUnit: 'codepoint', timeoutMs, servers: [fixtureServer('faulty-server.mjs', [phase, fault])] });
    const found: string[] = [];
    for (const [cmd, args] of COMMANDS) {
      const { status, error, facts } = bundleSchema.parse(await engine.run({ cmd, args: { ...args } }));
      found.push(`${cmd} ${JSON.stringify(args)}: ${status} ${error?.code ?? ''} ${Object.keys(facts).join()}`);
    }
    await engine.close();
    expect(found).toEqual(COMMANDS.map(([cmd, args]) => `${cmd} ${JSON.stringify(args)}: error ${code} `));
    expect(await marked.leftAfter(20_000)).toEqual([]);
  });
});
