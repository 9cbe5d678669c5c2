/**
 * Holds `assay reward` against the checkers' own command lines on the history of a real repository.
 *
 *   npm run check:real -- REPO [--commits N] [--exact N] [--mutations N] [--exact-mutations N] [--members | --types] [--moving] [--server ID] [--until REV] [--modules DIR]
 *
 * --members mutates methods instead of what lies at the top of a file, --types lines of Python that decide about types: what is returned,
 * declared, assigned, inherited.
 * --moving takes only commits that bring code files, take them away or move them.
 * --modules names an installed node_modules folder that both sides see; without type libraries tsc says nothing else.
 *
 * For each commit C that touches code, the command line runs cold on real checkouts of C~1 and C; the multiset difference
 * of (file, rule, line text), over the files that the bundle covers, must equal what the bundle introduces and fixes. What the
 * exact tier finds and the default tier of the same case does not is listed as missed. Projects whose settings the
 * command line refuses are left out: it says nothing of their files.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ProcessReward, RewardDiagnostic } from '../src/base/process-reward.js';
import { Engine } from '../src/operations/engine.js';
import { coldRun, type Checker } from './check-real/cold-checker.js';
import { Multiset } from './check-real/multiset.js';
import { makeMutations } from './check-real/mutations.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    commits: { type: 'string', default: '30' },
    exact: { type: 'string', default: '5' },
    mutations: { type: 'string', default: '0' },
    'exact-mutations': { type: 'string', default: '0' },
    server: { type: 'string' },
    until: { type: 'string', default: 'HEAD' },
    seed: { type: 'string', default: '1' },
    members: { type: 'boolean', default: false },
    types: { type: 'boolean', default: false },
    moving: { type: 'boolean', default: false },
    modules: { type: 'string' },
  },
});
const [repository] = positionals;
if (repository === undefined) throw new Error('usage: npm run check:real -- REPO [--commits N] [--exact N] [--mutations N] [--server ID] [--until REV]');

const scratch = mkdtempSync(join(tmpdir(), 'assay-check-real-'));
process.env['XDG_STATE_HOME'] = join(scratch, 'state');
const clone = join(scratch, 'clone');
const checkout = join(scratch, 'checkout');
const git = (folder: string, ...args: string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
execFileSync('git', ['clone', '-q', repository, clone]);
execFileSync('git', ['clone', '-q', clone, checkout]);
if (values.modules !== undefined) for (const folder of [clone, checkout]) execFileSync('cp', ['-al', values.modules, join(folder, 'node_modules')]);

interface Case {
  readonly name: string;
  readonly base: string;
  readonly head: string;
  readonly tier: 'dependents' | 'exact';
}

interface Side {
  readonly byPath: ReadonlyMap<string, readonly string[]>;
  readonly globalErrors: readonly string[];
  readonly silent: readonly string[];
}

const cold = new Map<string, Side>();
const globals = new Set<string>();
const pythonFiles = git(clone, 'ls-tree', '-r', '--name-only', values.until).split('\n').filter((path) => path.endsWith('.py')).length;
const checker: Checker = values.server === undefined ? (pythonFiles > 5 ? 'pyright' : 'typescript-language-server') : (values.server as Checker);
const suffixes = checker === 'pyright' ? ['*.py', '*.pyi'] : ['*.ts', '*.tsx', '*.mts', '*.cts'];

/** Per file, the `rule | line text` of every diagnostic of a cold run on a real checkout. */
function coldSide(revision: string, covered: ReadonlySet<string> | 'all'): Side {
  const key = checker === 'pyright' ? revision : `${revision} ${covered === 'all' ? 'all' : [...new Set([...covered].map((path) => dirname(path)))].sort().join()}`;
  const known = cold.get(key);
  if (known !== undefined) return known;
  git(checkout, 'fetch', '-q', clone, '+refs/*:refs/clone/*');
  git(checkout, 'checkout', '-q', '--force', revision);
  git(checkout, 'clean', '-qfdx', '-e', 'node_modules');
  const { diagnostics, globalErrors, silent } = coldRun(checker, checkout, covered);
  const byPath = new Map<string, string[]>();
  for (const { path, rule, line } of diagnostics) {
    const text = readFileSync(join(checkout, path), 'utf8').split(/\r\n|\r|\n/)[line] ?? '';
    byPath.set(path, [...(byPath.get(path) ?? []), `${rule} | ${text.trim()}`]);
  }
  const side = { byPath, globalErrors, silent };
  cold.set(key, side);
  return side;
}

function renames(base: string, head: string): Map<string, string> {
  const lines = git(clone, 'diff', '--name-status', '-M', '--diff-filter=R', base, head).split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split('\t').slice(1) as [string, string]));
}

/** Keys by the path after the step, so that a moved file is not a fix and a break. */
function keysOf(side: Side, paths: Iterable<string>, newName: (path: string) => string): Multiset {
  return Multiset.of([...paths].flatMap((path) => (side.byPath.get(path) ?? []).map((key) => `${newName(path)}: ${key}`)));
}

function bundleKeys(items: readonly RewardDiagnostic[], newName: (path: string) => string): Multiset {
  return Multiset.of(items.map((item) => `${newName(decodeURIComponent(item.uri))}: ${String(item.code)} | ${item.lineText}`));
}

function compare(reward: ProcessReward, base: string, head: string): { expected: Multiset; found: Multiset } {
  const moved = renames(base, head);
  const newName = (path: string): string => moved.get(path) ?? path;
  const covered = new Set([...reward.coverage.measured, ...[...moved].filter(([, to]) => reward.coverage.measured.includes(to)).map(([from]) => from)]);
  const wanted = reward.coverage.tier === 'exact' ? 'all' : covered;
  const [before, after] = [coldSide(base, wanted), coldSide(head, wanted)];
  for (const message of [...before.globalErrors, ...after.globalErrors]) globals.add(message);
  for (const folder of [...before.silent, ...after.silent]) globals.add(`the settings of ${folder === '' ? 'the root' : folder} are refused; nothing there is compared`);
  const everything = (side: Side): Iterable<string> => (reward.coverage.tier === 'exact' ? side.byPath.keys() : covered);
  const expected = keysOf(after, everything(after), (path) => path).minus(keysOf(before, everything(before), newName));
  const delta = reward.diagnostics;
  if (delta === null) throw new Error('the reward abstained');
  const gained = bundleKeys([...delta.introduced, ...delta.updated.map((pair) => pair.after)], (path) => path);
  const lost = bundleKeys([...delta.fixed, ...delta.removed, ...delta.updated.map((pair) => pair.before)], newName);
  const isHeard = (key: string): boolean => ![...before.silent, ...after.silent].some((folder) => key.startsWith(folder));
  return { expected: expected.only(isHeard), found: gained.minus(lost).only(isHeard) };
}

const log = git(clone, 'log', '--no-merges', '--min-parents=1', '--format=%H', ...(values.moving ? ['--diff-filter=ADR'] : []), values.until, '--', ...suffixes).split('\n').filter(Boolean);
/** Both tiers of a case in a row: they share what is known of the base. */
const inTiers = (steps: readonly Omit<Case, 'tier'>[], exact: number): Case[] => steps.flatMap((step, index): Case[] => [{ ...step, tier: 'dependents' }, ...(index < exact ? [{ ...step, tier: 'exact' as const }] : [])]);
const commits = log.slice(0, Number(values.commits)).map((commit) => ({ name: commit.slice(0, 8), base: git(clone, 'rev-parse', `${commit}~1`).trim(), head: commit }));
const mutations = await makeMutations(clone, values.until, { suffixes, count: Number(values.mutations), seed: Number(values.seed), of: values.types ? 'types' : values.members ? 'members' : 'top' });
const cases = [...inTiers(commits, Number(values.exact)), ...inTiers(mutations, Number(values['exact-mutations']))];

const engine = await Engine.open({ workspace: clone, env: process.env, timeoutMs: 3_600_000, indexUnit: 'codepoint', ...(values.server === undefined ? {} : { server: values.server }) });
let equal = 0;
let nonEmpty = 0;
/** What the default tier found, by case. */
const found = new Map<string, Multiset>();
const tally = { exact: 0, missed: 0, proved: 0, measured: 0, complete: 0 };

/** Counts what the exact tier finds and the default tier did not. */
function compareTiers(name: string, reward: ProcessReward): void {
  const keys = (items: readonly RewardDiagnostic[]): Multiset => bundleKeys(items, (path) => path);
  const changed = Multiset.of([...keys(reward.diagnostics?.introduced ?? []).counts.keys(), ...keys(reward.diagnostics?.fixed ?? []).counts.keys(), ...keys(reward.diagnostics?.removed ?? []).counts.keys()]);
  tally.proved += reward.coverage.proved.length;
  tally.measured += reward.coverage.measured.length;
  if (reward.coverage.complete) tally.complete += 1;
  if (reward.coverage.tier === 'dependents') {
    found.set(name, changed);
    return;
  }
  const known = found.get(name);
  if (known === undefined) return;
  tally.exact += changed.counts.size;
  for (const key of changed.counts.keys()) {
    if (known.counts.has(key)) continue;
    tally.missed += 1;
    console.log(`    missed by the default tier: ${key}`);
  }
}
try {
  for (const { name, base, head, tier } of cases) {
    const bundle = await engine.run({ cmd: 'reward', args: { base, head, exact: tier === 'exact' } });
    const reward = bundle.processReward;
    if (bundle.error !== undefined || reward === null) {
      console.log(`${name} ${tier} FAILED ${bundle.error?.code ?? ''} ${bundle.error?.message ?? ''}`);
      continue;
    }
    compareTiers(name, reward);
    const { expected, found: said } = compare(reward, base, head);
    const difference = said.minus(expected);
    if (difference.isEmpty) equal += 1;
    if (!expected.isEmpty) nonEmpty += 1;
    console.log(`${name} ${tier} ${difference.isEmpty ? 'equal' : 'DIFFERS'} ${String(expected.counts.size)} changed keys, ${String(reward.coverage.measured.length)} files, ${String(bundle.meta.durationMs)} ms`);
    for (const line of difference.lines().slice(0, 10)) console.log(`    ${line}`);
  }
} finally {
  await engine.close();
  rmSync(scratch, { recursive: true, force: true });
}
for (const message of globals) console.log(`the command line reports a global error: ${message}`);
console.log(`proved unchanged and not asked again: ${String(tally.proved)} of ${String(tally.measured)} measured files; ${String(tally.complete)} cases complete`);
console.log(`the default tier missed ${String(tally.missed)} of the ${String(tally.exact)} changed diagnostics that the exact tier found in the same cases`);
console.log(`${checker}: ${String(equal)} of ${String(cases.length)} equal, ${String(nonEmpty)} with a non-empty difference`);
if (equal < cases.length) process.exitCode = 1;
