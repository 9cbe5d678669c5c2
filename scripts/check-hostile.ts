import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Bundle } from '../src/bundles/schema/bundle.js';
import { Engine } from '../src/operations/engine.js';
import { fixtureServer } from '../tests/lsp/fixture-server.js';
import { HostileLayout, layoutAttacks, problemOf as layoutProblemOf } from '../tests/operations/hostile-layout.js';
import { fingerprint } from '../tests/workspace/fingerprint.js';
import { attacksOf, type Attack, type HostileCase } from './check-hostile/attack.js';

/**
 * Hands every hostile path of a JSONL file (.gz or plain; by default our own, after which every path of a hostile layout follows) in at each of its
 * entry points, in a real workspace with a real neighbour. `npm run check:hostile [-- FILE]`. Fails when anything outside the workspace differs afterwards, when what should be refused is not, when a
 * refusal is a bug of ours or takes more than the time named, or when a refused request changed the workspace.
 */
const SLOW_MS = 5_000;
const LITERAL = /literal/;
const OWN = join('fixtures', 'hostile', 'paths.jsonl');

/** What a name that is taken literally may be answered with. */
const ABSENT: ReadonlySet<string> = new Set(['E/NOT_FOUND', 'E/APPLY_CONFLICT', 'E/BAD_SELECTOR_SYNTAX', 'E/BAD_ARGUMENT', 'E/FS_PERMISSIONS']);

async function main(): Promise<void> {
  const [file = OWN] = process.argv.slice(2);
  const bytes = readFileSync(file);
  const cases = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as HostileCase);
  const sandbox = realpathSync(mkdtempSync(join(tmpdir(), 'assay-hostile-')));
  process.env['XDG_STATE_HOME'] = realpathSync(mkdtempSync(join(tmpdir(), 'assay-hostile-state-')));
  const problems: string[] = [];
  let attacks = 0;
  try {
    for (const hostile of cases) {
      for (const attack of attacksOf(hostile, sandbox)) {
        attacks += 1;
        const problem = await problemOf(sandbox, hostile, attack);
        if (problem === null) continue;
        problems.push(`${hostile.id} ${attack.entry}: ${attack.what}: ${problem}`);
        process.stdout.write(`${problems.at(-1) ?? ''}\n`);
      }
    }
    if (file === OWN) {
      const found = await layoutProblems();
      attacks += layoutAttacks().length;
      problems.push(...found);
    }
  } finally {
    await closeEngine();
    rmSync(sandbox, { recursive: true, force: true });
    rmSync(process.env['XDG_STATE_HOME'], { recursive: true, force: true });
  }
  process.stdout.write(`${String(cases.length)} cases, ${String(attacks)} attacks, ${String(problems.length)} problems\n`);
  process.exitCode = problems.length === 0 && attacks > 0 ? 0 : 1;
}

async function layoutProblems(): Promise<string[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'assay-layout-')));
  const layout = new HostileLayout(folder);
  const open = await Engine.open({ workspace: layout.workspace, env: process.env, timeoutMs: 60_000, indexUnit: 'codepoint' });
  const problems: string[] = [];
  try {
    for (const attack of layoutAttacks()) {
      const problem = await layoutProblemOf(open, layout, attack);
      if (problem === null) continue;
      problems.push(`${attack.what}: ${problem}`);
      process.stdout.write(`${problems.at(-1) ?? ''}\n`);
    }
    return problems;
  } finally {
    await open.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

let engine: { readonly open: Engine; readonly pristine: string } | null = null;

async function closeEngine(): Promise<void> {
  await engine?.open.close();
  engine = null;
}

function lay(sandbox: string): void {
  for (const folder of ['ws', 'outside', 'ws2', 'wsx']) rmSync(join(sandbox, folder), { recursive: true, force: true });
  mkdirSync(join(sandbox, 'ws', 'src'), { recursive: true });
  for (const folder of ['outside', 'ws2', 'wsx']) mkdirSync(join(sandbox, folder));
  writeFileSync(join(sandbox, 'ws', 'src', 'app.py'), 'x = 1\n');
  writeFileSync(join(sandbox, 'outside', 'secret.txt'), 'secret\n');
  for (const folder of ['ws2', 'wsx']) writeFileSync(join(sandbox, folder, 'file.py'), 'secret\n');
  const git = (...args: string[]): void => void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: join(sandbox, 'ws'), stdio: 'ignore' });
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'start');
}

/** Null when the answer is as it should be. */
async function problemOf(sandbox: string, hostile: HostileCase, attack: Attack): Promise<string | null> {
  if (engine === null || attack.server !== undefined) {
    await closeEngine();
    lay(sandbox);
    engine = { open: await Engine.open({ workspace: join(sandbox, 'ws'), env: process.env, timeoutMs: 20_000, indexUnit: 'codepoint', ...(attack.server === undefined ? {} : { servers: [fixtureServer('lying-server.mjs', [attack.server, ...(attack.lie === undefined ? [] : [attack.lie])])] }) }), pristine: JSON.stringify(fingerprint(sandbox, { skip: ['ws/.git'] })) };
  }
  const start = performance.now();
  const bundle = await engine.open.run(attack.request);
  const tookMs = performance.now() - start;
  const outside = fingerprint(sandbox, { skip: ['ws'] });
  const isPristine = JSON.stringify(fingerprint(sandbox, { skip: ['ws/.git'] })) === engine.pristine;
  const touched = JSON.stringify(outside) !== JSON.stringify({ 'outside/secret.txt': outside['outside/secret.txt'], 'ws2/file.py': outside['ws2/file.py'], 'wsx/file.py': outside['wsx/file.py'] }) || readFileSync(join(sandbox, 'outside', 'secret.txt'), 'utf8') !== 'secret\n';
  if (!isPristine || attack.server !== undefined) await closeEngine();
  if (touched) return 'something outside the workspace was touched';
  const slow = tookMs > SLOW_MS && attack.server === undefined ? `took ${String(Math.round(tookMs))} ms` : null;
  return verdictOf(hostile, attack, bundle, isPristine) ?? slow;
}

function verdictOf(hostile: HostileCase, attack: Attack, bundle: Bundle, isPristine: boolean): string | null {
  const code = bundle.error?.code;
  if (code === 'E/INTERNAL') return `a bug of ours: ${bundle.error?.message ?? ''}`;
  // A place that a server names is never read for its content; outside it has a URI that is no path, and what is no URI of a file is its own text, encoded.
  if (attack.entry === 'lsp_location') return code === undefined && /"uri":"(?!ext:\/\/server@0\/[^"/]*")(?:file:|\/|[^"]*\.\.)/.test(JSON.stringify(bundle.facts)) ? 'a path outside is handed on' : null;
  if (LITERAL.test(hostile.expect) && hostile.form !== 'selector') return code === undefined ? (/^apply (?:creates|renames to|in the form|says one)/.test(attack.what) ? null : 'answered') : ABSENT.has(code) && isPristine ? null : `${code}, or the workspace changed`;
  if (code === undefined && !/literally|clamp/.test(hostile.expect)) return 'not refused';
  return isPristine ? null : 'refused, but the workspace changed';
}

await main();
