// Times `locate` as a warm batch sees it: node scripts/run.mjs scripts/bench-locate.ts REPO [FURTHER-REPO…] [-- COUNT COMMITS-BACK].
// REPO is cloned into a temporary folder; the files of the further ones are committed beside its own. Positions are drawn from
// the version COMMITS-BACK before HEAD, always the same ones, and asked for with and without that version.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Engine } from '../src/operations/engine.js';
import { languageOf } from '../src/selectors/languages.js';
import { randomNumbers } from './bench/questions.js';

const [repositories, [count = '400', back = '300']] = splitAtDashes(process.argv.slice(2));
const [first, ...further] = repositories;
if (first === undefined) {
  process.stderr.write('usage: node scripts/run.mjs scripts/bench-locate.ts REPO [FURTHER-REPO…] [-- COUNT COMMITS-BACK]\n');
  process.exitCode = 2;
} else {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  try {
    await bench(makeWorkspace(folder, first, further), Number(count), Number(back) + (further.length > 0 ? 1 : 0));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Sample {
  readonly kind: string;
  readonly total: number;
  readonly resolve: number;
}

async function bench(top: string, positions: number, commitsBack: number): Promise<void> {
  const commit = git(top, 'rev-parse', `HEAD~${String(commitsBack)}`).trim();
  const changed = git(top, 'diff', '--name-only', commit, 'HEAD').split('\n').length - 1;
  console.log(`${String(git(top, 'ls-files').split('\n').length - 1)} files, ${String(changed)} of them changed in ${String(commitsBack)} commits`);
  const engine = await Engine.open({ workspace: top, env: { ...process.env, XDG_STATE_HOME: join(dirname(top), 'state') }, timeoutMs: 60_000, indexUnit: 'codepoint' });
  const places = drawPlaces(top, commit, positions);
  try {
    const cold = await runAll(engine, places, commit);
    report('first time: each file is parsed, Git is asked', cold);
    report('warm', await runAll(engine, places, commit));
  } finally {
    await engine.close();
  }
  console.log(`resident ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB, heap ${(process.memoryUsage().heapUsed / 1e6).toFixed(0)} MB`);
}

async function runAll(engine: Engine, places: readonly Place[], commit: string): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const { path, line, column } of places) {
    const place = `${path.replace(/[:#?&=%"[\]() ]/g, encodeURIComponent)}@L${String(line)}:C${String(column)}`;
    for (const [version, selector] of [['in the present', place], ['with history', `${place}?v=git:${commit}`]] as const) {
      const started = performance.now();
      const bundle = await engine.run({ cmd: 'locate', args: { selector } });
      const total = performance.now() - started;
      const { resolve = 0 } = (bundle.meta['timings'] ?? {}) as { resolve?: number };
      const [best] = bundle.resolution?.candidates ?? [];
      const where = best === undefined ? 'gone' : best.how === 'exact' ? 'file unchanged' : best.uri === path ? 'in its file' : 'elsewhere';
      samples.push({ kind: version === 'in the present' ? version : `${version}, ${where}`, total, resolve });
    }
  }
  return samples;
}

function report(title: string, samples: readonly Sample[]): void {
  console.log(`\n${title.padEnd(50)}    n   resolution p50     p95   whole request p50     p95  (ms)`);
  const kinds = [...new Set(samples.map(({ kind }) => kind))].sort();
  for (const kind of [...kinds, 'with history']) {
    const group = samples.filter((sample) => sample.kind.startsWith(kind));
    const [resolve, total] = [group.map((sample) => sample.resolve), group.map((sample) => sample.total)];
    console.log(`${kind.padEnd(50)} ${String(group.length).padStart(4)} ${quantile(resolve, 0.5).padStart(16)} ${quantile(resolve, 0.95).padStart(7)} ${quantile(total, 0.5).padStart(19)} ${quantile(total, 0.95).padStart(7)}`);
  }
}

function quantile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2);
}

interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Draws identifiers from the files of a commit that have a grammar, two of three from files that have changed since. */
function drawPlaces(top: string, commit: string, count: number): Place[] {
  const changed = new Set(git(top, 'diff', '--name-only', '--no-renames', commit, 'HEAD').split('\n'));
  const paths = git(top, 'ls-tree', '-r', '--name-only', commit).split('\n').filter((path) => languageOf(path) !== null);
  const pools = [paths.filter((path) => changed.has(path)), paths.filter((path) => changed.has(path)), paths.filter((path) => !changed.has(path))];
  const random = randomNumbers(1);
  const places: Place[] = [];
  while (places.length < count) {
    const pool = pools[places.length % pools.length] ?? paths;
    const path = pool[random(pool.length)] ?? '';
    const lines = git(top, 'show', `${commit}:${path}`).split('\n');
    const line = random(lines.length);
    const column = (lines[line] ?? '').search(/[A-Za-z_]/);
    if (column !== -1) places.push({ path, line: line + 1, column: column + 1 });
  }
  return places;
}

function makeWorkspace(folder: string, repository: string, others: readonly string[]): string {
  const top = join(folder, 'workspace');
  execFileSync('git', ['clone', '-q', '--no-hardlinks', repository, top]);
  for (const other of others) {
    const into = join(top, 'further', basename(dirname(other)));
    mkdirSync(into, { recursive: true });
    execFileSync('tar', ['-x', '-C', into], { input: execFileSync('git', ['-C', other, 'archive', 'HEAD'], { maxBuffer: 1 << 30 }) });
  }
  if (others.length > 0) {
    git(top, 'add', '--all', '--force');
    git(top, '-c', 'user.name=bench', '-c', 'user.email=bench@example.com', 'commit', '-q', '-m', 'further files');
  }
  return top;
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { maxBuffer: 1 << 28 }).toString('utf8');
}

function splitAtDashes(args: readonly string[]): [string[], string[]] {
  const at = args.indexOf('--');
  return at === -1 ? [[...args], []] : [args.slice(0, at), args.slice(at + 1)];
}
