import { Session as Inspector } from 'node:inspector/promises';
import { writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '../src/lsp/connection.js';
import { Engine } from '../src/operations/engine.js';
import { makeMutations } from './check-real/mutations.js';
const [repository = '', n = '12', exact = '', server] = process.argv.slice(2);
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'assay-zz-')));
process.env['XDG_STATE_HOME'] = join(scratch, 'state');
const clone = join(scratch, 'clone');
execFileSync('git', ['clone', '-q', repository, clone]);
const suffixes = server === undefined ? ['*.py'] : ['*.ts', '*.tsx'];
const log: [string, number, number, string][] = [];
let t0 = performance.now();
const proto = Connection.prototype as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
for (const name of ['request', 'notify']) {
  const old = proto[name]!;
  proto[name] = async function (this: unknown, ...args: unknown[]) {
    const start = performance.now();
    try { return await old.apply(this, args); } finally {
      const p = args[1] as { textDocument?: { uri: string }; changes?: unknown[] } | null;
      log.push([`${name === 'notify' ? '!' : ''}${String(args[0])} ${p?.textDocument?.uri.split('/').at(-1) ?? ''} ${p?.changes === undefined ? '' : JSON.stringify(p.changes).replace(/"file:[^"]*\//g, '')}`, start - t0, performance.now() - start, '']);
    }
  };
}
import cp from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
const oldSpawn = cp.spawn;
(cp as unknown as Record<string, unknown>)['spawn'] = function (...args: unknown[]) {
  const start = performance.now();
  const child = (oldSpawn as unknown as (...a: unknown[]) => cp.ChildProcess)(...args);
  const took = performance.now() - start;
  child.on('close', () => log.push([`SPAWN ${String(args[0])} ${(args[1] as string[]).slice(0, 4).join(' ').slice(0, 80)} (blocked ${took.toFixed(0)})`, start - t0, performance.now() - start, '']));
  return child;
};
syncBuiltinESMExports();
const engine = await Engine.open({ workspace: clone, env: process.env, timeoutMs: 3_600_000, indexUnit: 'codepoint', ...(server === undefined ? {} : { server }) });
const mutations = await makeMutations(clone, 'HEAD', suffixes, Number(n), 1);
const ins = new Inspector(); ins.connect(); await ins.post('Profiler.enable'); await ins.post('Profiler.setSamplingInterval', { interval: 200 });
let k = 0;
for (const { name, base, head } of mutations) {
  if (k++ === 10) await ins.post('Profiler.start');
  const patch = execFileSync('git', ['-C', clone, 'diff', base, head], { encoding: 'utf8' });
  log.length = 0; t0 = performance.now(); const c0 = process.cpuUsage();
  const { processReward: r, meta } = await engine.run({ cmd: 'reward', args: { base: 'HEAD', patch, exact: exact === 'exact', model: false } });
  const c = process.cpuUsage(c0);
  console.log(`== ${name} ${(performance.now() - t0).toFixed(0)} ms cpu ${String(Math.round((c.user + c.system) / 1000))} measured ${String(r?.coverage.measured.length)} ${JSON.stringify(meta.timings)}`);
  for (const [what, at, took] of log) console.log(`   ${at.toFixed(0).padStart(5)} +${took.toFixed(0)} ${what}`);
}
const { profile } = await ins.post('Profiler.stop'); writeFileSync('/tmp/founder/seven-scratch/p.cpuprofile', JSON.stringify(profile));
await engine.close();
