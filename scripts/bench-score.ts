/**
 * What pricing a patch costs, beside cold runs of the checker's own command line on the same patches in the same run.
 *
 *   npm run bench:score -- REPO [--rounds 6] [--patches 8] [--commits | --jsonl FILE] [--servers N] [--server ID] [--modules DIR]
 *   npm run bench:score -- --sizes 100,1000,5000 [--candidates 1,10,100]
 *
 * With REPO, signature mutations of its functions are priced, each of another declaration and each of which breaks something, or with --commits the
 * patches that take its last commits back, or with --jsonl candidates that others wrote, all for the commit of the file's first line: what the base holds of
 * the files that they share is known then before they are priced. In every round the default tier prices some of them, and again, when what is asked of the base is
 * known, as `score` does it: by as many servers as it takes for this machine (--servers N for another number); then once more by one pair of
 * servers. The exact tier prices them, the command line runs cold on the touched files of each, one after the other and as many at once as there are pairs of
 * servers, and, with one patch, on the whole repository, and a bare
 * server is told of each change and asked about the touched files and nothing else: what no way of asking one server can be faster than. Ratios are medians
 * over the rounds, so that other work on the machine falls on all. One cold run is counted for a price, though a price needs two, before and after.
 * With --sizes, generated repositories are priced from nothing, each number of candidates by an engine of its own; start, base and end included.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Turns } from '../src/base/turns.js';
import { Engine } from '../src/operations/engine.js';
import { usualLabs } from '../src/operations/score.js';
import { RawServer } from './bench/raw-server.js';
import { loadNow, Samples, tableOf } from './bench/rows.js';
import { candidates } from './bench-score/candidates.js';
import { parameterPatches, writeRepository, type NamedPatch } from './bench-score/generated.js';
import { reversals } from './bench-score/reversals.js';
import { coldRun, type Checker } from './check-real/cold-checker.js';
import { makeMutations } from './check-real/mutations.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '6' }, patches: { type: 'string', default: '8' }, server: { type: 'string' }, modules: { type: 'string' }, sizes: { type: 'string' }, candidates: { type: 'string', default: '1,10,100' }, commits: { type: 'boolean', default: false }, jsonl: { type: 'string' }, servers: { type: 'string' } },
});
const [rounds, perRound] = [values.rounds, values.patches].map(Number) as [number, number];
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'assay-bench-score-')));
process.env['XDG_STATE_HOME'] = join(scratch, 'state');
const checker: Checker = (values.server ?? 'pyright') as Checker;
const suffixes = checker === 'pyright' ? ['*.py'] : ['*.ts', '*.tsx'];
const mebibytes = (bytes: number): string => `${String(Math.round(bytes / 1024 / 1024))} MiB`;

const open = (workspace: string, labs = 1): Promise<Engine> => Engine.open({ workspace, env: process.env, timeoutMs: 3_600_000, indexUnit: 'codepoint', labs, ...(values.server === undefined ? {} : { server: values.server }) });
const serverBytes = (engine: Engine): number => engine.servers().reduce((sum, { residentBytes }) => sum + (residentBytes ?? 0), 0);

/** Prices one patch and returns how many files were measured. Throws when it was not priced: a time of nothing says nothing. */
async function price(engine: Engine, patch: string, exact: boolean): Promise<number> {
  const { error, processReward } = await engine.run({ cmd: 'reward', args: { base: 'HEAD', patch, exact, model: false } });
  if (processReward === null || processReward.abstain) throw new Error(`not priced: ${error?.message ?? processReward?.abstainReason ?? ''}`);
  return processReward.coverage.measured.length;
}

/** Prices patches as `score` does, and returns how many files were measured. */
async function priceAll(engine: Engine, patches: readonly NamedPatch[], exact: boolean, labs = 1): Promise<number> {
  const turns = new Turns(2 * labs);
  const measured = await Promise.all(patches.map(({ patch }) => turns.together(() => price(engine, patch, exact))));
  return measured.reduce((sum, count) => sum + count, 0);
}

/** The command line on some files alone, as a project of its own. */
async function coldFiles(checkout: string, paths: readonly string[]): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^PYTHON|^VIRTUAL_ENV$/u.test(name)));
  const program = checker === 'pyright' ? ['node_modules/pyright/index.js', '--outputjson', ...paths] : [checker === 'typescript' ? 'node_modules/typescript-native/bin/tsc' : 'node_modules/typescript/lib/tsc.js', '--noEmit', '--ignoreConfig', ...paths];
  const [script = '', ...args] = program;
  const child = spawn(process.execPath, [resolve(script), ...args], { cwd: checkout, env, stdio: 'ignore' });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status === null) throw new Error('the command line was killed');
}

function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
}

async function patchesOf(clone: string, suffixes: readonly string[], count: number): Promise<NamedPatch[]> {
  if (values.jsonl !== undefined) return candidates(clone, values.jsonl, suffixes, count);
  if (values.commits) return reversals(clone, suffixes, count);
  const mutations = await makeMutations(clone, 'HEAD', { suffixes, count, seed: 1 });
  return mutations.map(({ name, base, head }): NamedPatch => ({ name, paths: [git(clone, 'diff', '--name-only', base, head).trim()], patch: git(clone, 'diff', base, head) }));
}

async function beside(repository: string): Promise<void> {
  const labs = values.servers === undefined ? usualLabs(3 * 2 ** 30) : Number(values.servers);
  const clone = join(scratch, 'clone');
  const checkouts = Array.from({ length: labs }, (_, index) => join(scratch, `checkout-${String(index)}`));
  const [checkout = ''] = checkouts;
  for (const folder of [clone, ...checkouts]) execFileSync('git', ['clone', '-q', repository, folder]);
  if (values.modules !== undefined) for (const folder of [clone, ...checkouts]) execFileSync('cp', ['-al', values.modules, join(folder, 'node_modules')]);
  const count = rounds * perRound + perRound;
  const patches = await patchesOf(clone, suffixes, count);
  for (const folder of checkouts) git(folder, 'checkout', '-q', git(clone, 'rev-parse', 'HEAD').trim());
  const files = git(clone, 'ls-files', ...suffixes).split('\n').length - 1;
  const [engine, single] = [await open(clone, labs), labs > 1 ? await open(clone) : null];
  // One that is only told of changed files does not see those that are new.
  const raw = checker === 'pyright' && patches.every(({ paths }) => paths.every((path) => existsSync(join(checkout, path)))) ? await RawServer.start(checkout) : null;
  const samples = new Samples();
  const [touchedCold, wholeCold, first, again, exact, rawTouched] = ['cold, touched files', 'cold, whole repository', 'default tier', 'default tier, again', 'exact tier', 'raw server, touched files'] as const;
  const [coldTogether, againSingle] = [`cold, touched files, ${String(labs)} at once`, 'default tier, again, one pair of servers'];
  let [measured, peak] = [0, 0];
  const coldly = async (folder: string, patch: NamedPatch): Promise<void> => {
    await withPatch(folder, patch, () => coldFiles(folder, patch.paths));
  };
  try {
    await samples.time('first patches', async () => {
      await priceAll(engine, patches.slice(0, perRound), false, labs);
    });
    await price(engine, patches[0]?.patch ?? '', true);
    if (single !== null) await priceAll(single, patches.slice(0, perRound), false);
    const warm = { engine: process.memoryUsage().rss, servers: serverBytes(engine) };
    for (let round = 1; round <= rounds; round += 1) {
      const some = patches.slice(round * perRound, (round + 1) * perRound);
      const [one] = some;
      if (one === undefined) break;
      await samples.time(touchedCold, async () => {
        for (const patch of some) await coldly(checkout, patch);
      });
      if (labs > 1) {
        await samples.time(coldTogether, async () => {
          const left = [...some];
          await Promise.all(checkouts.map(async (folder) => {
            for (let patch = left.shift(); patch !== undefined; patch = left.shift()) await coldly(folder, patch);
          }));
        });
      }
      await samples.time(wholeCold, () => withPatch(checkout, one, () => Promise.resolve(void coldRun(checker, checkout, 'all'))));
      await samples.time(first, async () => {
        measured += await priceAll(engine, some, false, labs);
      });
      await samples.time(again, async () => {
        await priceAll(engine, some, false, labs);
      });
      if (single !== null) {
        await priceAll(single, some, false);
        await samples.time(againSingle, async () => {
          await priceAll(single, some, false);
        });
      }
      if (raw !== null) await samples.time(rawTouched, () => askRaw(raw, checkout, some));
      await samples.time(exact, async () => {
        await priceAll(engine, some, true, labs);
      });
      peak = Math.max(peak, serverBytes(engine));
      const times = (subject: string, of: string, scale = 1): string => (scale / (samples.row('', subject, of).ratio?.times ?? NaN)).toFixed(1);
      const together = (subject: string): string => (labs > 1 ? ` (${times(subject, coldTogether)} × ${String(labs)} at once)` : '');
      const alone = single === null ? '' : `, by one pair of servers ${times(againSingle, touchedCold)} and ${times(againSingle, wholeCold, perRound)}`;
      console.error(`round ${String(round)}: ${times(first, touchedCold)} × cold on touched files${together(first)}, ${times(first, wholeCold, perRound)} × cold on the whole; again ${times(again, touchedCold)}${together(again)} and ${times(again, wholeCold, perRound)}${alone}; exact ${times(exact, wholeCold, perRound)} × cold on the whole`);
    }
    console.log(tableOf([samples.row('per run', wholeCold), samples.row(`${String(perRound)} patches`, touchedCold), ...[...(labs > 1 ? [coldTogether] : []), first, again, ...(labs > 1 ? [againSingle] : []), exact, ...(raw === null ? [] : [rawTouched])].map((subject) => samples.row(`${String(perRound)} patches`, subject, touchedCold))]));
    console.log(`${String(files)} files, ${(measured / (samples.row('', first).samples * perRound)).toFixed(1)} measured per patch; memory warm: process ${mebibytes(warm.engine)}, servers ${mebibytes(warm.servers)}; at the end: process ${mebibytes(process.memoryUsage().rss)}, servers ${mebibytes(peak)}`);
  } finally {
    await engine.close();
    await single?.close();
    raw?.close();
  }
}

/** Runs `work` while a checkout holds a patch. */
async function withPatch(checkout: string, { patch }: NamedPatch, work: () => Promise<void>): Promise<void> {
  execFileSync('git', ['-C', checkout, 'apply', '--whitespace=nowarn', '-'], { input: patch });
  try {
    await work();
  } finally {
    git(checkout, 'checkout', '-q', '--', '.');
    git(checkout, 'clean', '-fdq');
  }
}

/** Applies each patch, asks about its file, and takes it back. */
async function askRaw(raw: RawServer, checkout: string, patches: readonly NamedPatch[]): Promise<void> {
  for (const { paths, patch } of patches) {
    execFileSync('git', ['-C', checkout, 'apply', '--whitespace=nowarn', '-'], { input: patch });
    for (const path of paths) await raw.changed(path);
    for (const path of paths) await raw.errors(path);
    execFileSync('git', ['-C', checkout, 'apply', '-R', '--whitespace=nowarn', '-'], { input: patch });
    for (const path of paths) await raw.changed(path);
  }
}

async function bySize(sizes: readonly number[], candidates: readonly number[]): Promise<void> {
  console.log(`| files | candidates | ms per patch | files measured per patch | process | servers |\n| --: | --: | --: | --: | --: | --: |`);
  for (const size of sizes) {
    const folder = join(scratch, `generated-${String(size)}`);
    mkdirSync(folder);
    writeRepository(folder, size);
    for (const count of candidates) {
      const start = performance.now();
      const engine = await open(folder);
      let measured = 0;
      try {
        for (const { patch } of parameterPatches(size, count)) measured += await price(engine, patch, false);
        const cost = (performance.now() - start) / count;
        console.log(`| ${String(size)} | ${String(count)} | ${cost.toFixed(0)} | ${(measured / count).toFixed(1)} | ${mebibytes(process.memoryUsage().rss)} | ${mebibytes(serverBytes(engine))} |`);
      } finally {
        await engine.close();
      }
    }
  }
}

try {
  console.log(`${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${String(cpus().length)} × ${cpus()[0]?.model ?? ''}, load ${String(loadNow())}`);
  if (values.sizes !== undefined) await bySize(values.sizes.split(',').map(Number), values.candidates.split(',').map(Number));
  else if (positionals[0] !== undefined) await beside(positionals[0]);
  else throw new Error('usage: npm run bench:score -- REPO | --sizes 100,1000,5000');
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
