/**
 * Asks the same questions of real repositories, and for the rewards of patches that take their last commits back, in every way in which they can be asked, and compares the ids of the bundles: one after the
 * other and many at once, in another order, in another clone, in fresh processes, through the daemon, under other versions of Node, and
 * replayed from a trace. Every question must have one `bundleId`.
 *
 *   npm run check:determinism -- REPO… [--count 200] [--patches 20] [--cold 5] [--node /path/to/node22]… [--seed 1]
 *
 * REPO is a Git repository that can be cloned; where it has node_modules, the clones have them, too. Exit code 1 when an id differs; each
 * that does is printed with the ways that disagree.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { shuffled } from '../src/base/shuffled.js';
import type { JsonObject } from '../src/bundles/json-shape.js';
import type { Bundle } from '../src/bundles/schema/bundle.js';
import { reversals } from './bench-score/reversals.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '200' }, patches: { type: 'string', default: '20' }, cold: { type: 'string', default: '5' }, node: { type: 'string', multiple: true, default: [] }, seed: { type: 'string', default: '1' } },
});
const BIN = resolve('bin/assay.cjs');
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'assay-check-determinism-')));
const env: NodeJS.ProcessEnv = { ...process.env, XDG_STATE_HOME: join(scratch, 'state'), ASSAY_NO_DAEMON: '1' };

interface Request {
  readonly id: number;
  readonly cmd: string;
  readonly args: JsonObject;
}

type Ids = Map<number, string>;

function assay(args: readonly string[], cwd: string, input: string, { node = process.execPath, more = {} }: { node?: string; more?: NodeJS.ProcessEnv } = {}): Promise<string> {
  return new Promise((answer, fail) => {
    const child = spawn(node, [BIN, ...args], { cwd, env: { ...env, ...more }, stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', fail);
    child.once('close', () => answer(Buffer.concat(chunks).toString('utf8')));
    child.stdin.end(input);
  });
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

async function batch(requests: readonly Request[], cwd: string, flags: readonly string[] = [], how: Parameters<typeof assay>[3] = {}): Promise<Ids> {
  const output = await assay(['batch', '-', ...flags], cwd, requests.map((request) => `${JSON.stringify(request)}\n`).join(''), how);
  return new Map(linesOf(output).map((line) => JSON.parse(line) as { id: number; bundle: Bundle }).map(({ id, bundle }) => [id, bundle.bundleId]));
}

/** Questions at declarations that are spread over the files: as many of each kind. */
async function questions(cwd: string, count: number): Promise<Request[]> {
  const files = execFileSync('git', ['ls-files', '*.py', '*.ts'], { cwd, encoding: 'utf8' }).split('\n').filter((path) => path !== '' && !path.endsWith('.d.ts'));
  const listed = await assay(['batch', '-'], cwd, files.map((path, id) => `${JSON.stringify({ id, cmd: 'symbols', args: { path } })}\n`).join(''));
  const selectors = linesOf(listed).flatMap((line) => ((JSON.parse(line) as { bundle: Bundle }).bundle.facts.symbols ?? []).map(({ selector }) => selector));
  const kinds = ['def', 'refs', 'hover', 'typedef', 'highlights', 'signature', 'locate', 'calls', 'diag', 'symbols'];
  return Array.from({ length: count }, (_, id) => {
    const cmd = kinds[id % kinds.length] ?? 'def';
    const path = files[Math.floor((id * files.length) / count)] ?? '';
    const selector = selectors[Math.floor((id * selectors.length) / count)] ?? '';
    if (cmd === 'diag') return { id, cmd, args: { paths: [path] } };
    if (cmd === 'symbols') return { id, cmd, args: { path } };
    return { id, cmd, args: cmd === 'calls' ? { selector, in: true } : { selector } };
  });
}

async function ways(repository: string, name: string): Promise<{ requests: Request[]; ids: Map<string, Ids> }> {
  const [one, other] = [join(scratch, 'one', name), join(scratch, 'a second place', `${name}-again`)];
  for (const folder of [one, other]) {
    mkdirSync(dirname(folder), { recursive: true });
    execFileSync('git', ['clone', '--quiet', repository, folder]);
    const modules = join(repository, 'node_modules');
    if (existsSync(modules)) execFileSync('cp', ['-R', '-l', modules, folder]);
  }
  const asked = await questions(one, Number(values.count));
  const rewards = reversals(one, ['*.py', '*.ts', '*.tsx'], Number(values.patches)).map(({ patch }, index): Request => ({ id: asked.length + index, cmd: 'reward', args: { patch } }));
  const requests = [...asked, ...rewards];
  const ids = new Map<string, Ids>();
  const add = async (way: string, answer: () => Promise<Ids>): Promise<void> => {
    const start = performance.now();
    ids.set(way, await answer());
    console.log(`${name}: ${way}, ${String(ids.get(way)?.size ?? 0)} answers, ${String(Math.round((performance.now() - start) / 1000))} s`);
  };
  const trace = join(scratch, `${name}.trace`);
  await add('one after the other', () => batch(requests, one, ['--concurrency', '1']));
  await add('many at once', () => batch(requests, one, ['--concurrency', '16']));
  await add('shuffled', () => batch(shuffled(requests, Number(values.seed)), one));
  await add('another clone', () => batch(requests, other));
  await add('through the daemon', () => batch(requests, one, [], { more: { ASSAY_NO_DAEMON: '' } }));
  await add('the daemon again', () => batch(requests, one, [], { more: { ASSAY_NO_DAEMON: '' } }));
  await assay(['daemon', 'stop', '--all'], one, '');
  await add('recorded', () => batch(requests, one, ['--trace-file', trace]));
  await add('replayed', async () => new Map(linesOf(await assay(['trace', 'replay', trace, '--json'], scratch, '')).map((line, id) => [id, (JSON.parse(line) as Bundle).bundleId])));
  await add('cold', async () => {
    const cold = new Map<number, string>();
    const step = Math.max(1, Math.floor(requests.length / Math.max(1, Number(values.cold))));
    for (const request of requests.filter(({ id }) => id % step === 0)) for (const [id, bundleId] of await batch([request], one)) cold.set(id, bundleId);
    return cold;
  });
  for (const node of values.node) await add(execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(), () => batch(requests, one, [], { node }));
  return { requests, ids };
}

function compare(name: string, requests: readonly Request[], ids: ReadonlyMap<string, Ids>): number {
  let different = 0;
  for (const { id, cmd, args } of requests) {
    const byId = new Map<string, string[]>();
    for (const [way, answered] of ids) {
      const bundleId = answered.get(id);
      // A sample of cold answers is no other answer.
      if (bundleId !== undefined || way !== 'cold') byId.set(bundleId ?? 'none', [...(byId.get(bundleId ?? 'none') ?? []), way]);
    }
    if (byId.size === 1) continue;
    different += 1;
    console.log(`DIFFERS ${name} ${cmd} ${JSON.stringify(args).slice(0, 400)}: ${[...byId.values()].map((each) => each.join(', ')).join(' | ')}`);
  }
  console.log(`${name}: ${String(requests.length)} questions, ${String(ids.size)} ways, ${String(different)} with more than one bundleId`);
  return different;
}

try {
  let different = 0;
  for (const repository of positionals) {
    const name = resolve(repository).split(sep).slice(-2).join('+');
    const { requests, ids } = await ways(repository, name);
    different += compare(name, requests, ids);
  }
  if (different > 0 || positionals.length === 0) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
