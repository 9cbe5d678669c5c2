/**
 * Renames things of real repositories, and holds what assay said of each against what came of it.
 *
 *   npm run check:renames -- REPO… [--count N] [--seed N] [--server ID] [--modules DIR] [--until REV] [--overrides] [--skip N]
 *
 * N declarations and parameters of each repository are chosen by the seed, as many of each kind as there are. Each is previewed, and unless it is
 * refused applied in a clone with what the preview showed as the condition; then no file may parse worse, the diagnostics of the whole
 * workspace may not grow, and undo must give back every byte. --modules names an installed node_modules folder that the servers see;
 * --overrides renames what a Python method overrides, and what overrides it, too; --skip goes on after the first ones.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bundle } from '../src/bundles/schema/bundle.js';
import { Engine } from '../src/operations/engine.js';
import { parseStructure } from '../src/selectors/structure.js';
import { chooseTargets, type RenameTarget } from './check-renames/targets.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' }, server: { type: 'string' }, modules: { type: 'string' }, until: { type: 'string', default: 'HEAD' }, overrides: { type: 'boolean', default: false }, skip: { type: 'string', default: '0' } },
});
if (positionals.length === 0) throw new Error('usage: npm run check:renames -- REPO… [--count N] [--seed N] [--server ID] [--modules DIR]');

interface Outcome {
  readonly target: RenameTarget;
  readonly verdict: string;
  /** What went wrong, '' when all went as the verdict says. */
  readonly problem: string;
  /** True when diagnostics grew and the verdict had been `risky`. */
  readonly wasWarned: boolean;
}

const failures: string[] = [];
console.log('| repository | kind | tried | safe | risky | refused | applied | diagnostics grew (foretold) | parse worse | undone to the byte |');
console.log('| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |');
for (const repository of positionals) await checkRepository(repository);
for (const failure of failures) console.log(failure);

async function checkRepository(repository: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'assay-check-renames-'));
  process.env['XDG_STATE_HOME'] = join(scratch, 'state');
  const clone = join(scratch, basename(repository));
  execFileSync('git', ['clone', '-q', repository, clone]);
  execFileSync('git', ['-C', clone, 'checkout', '-q', values.until]);
  if (values.modules !== undefined) execFileSync('cp', ['-al', values.modules, join(clone, 'node_modules')]);
  const engine = await Engine.open({ workspace: clone, env: process.env, timeoutMs: 600_000, indexUnit: 'utf-16', ...(values.server === undefined ? {} : { server: values.server }) });
  const outcomes: Outcome[] = [];
  try {
    const before = await diagnosticCount(engine);
    for (const target of (await chooseTargets(clone, Number(values.count), Number(values.seed))).slice(Number(values.skip))) {
      const start = performance.now();
      const outcome = await tryRename(engine, clone, target, before);
      outcomes.push(outcome);
      const line = `${((performance.now() - start) / 1000).toFixed(1)}s ${basename(clone)} ${target.kind} ${target.selector} ${target.name} → ${target.newName}: ${outcome.verdict}${outcome.problem === '' ? '' : `: ${outcome.problem}`}`;
      console.error(line);
      if (outcome.problem !== '') failures.push(`- ${line}`);
    }
  } finally {
    await engine.close();
    rmSync(scratch, { recursive: true, force: true });
  }
  report(basename(repository), outcomes);
}

async function tryRename(engine: Engine, clone: string, target: RenameTarget, before: ReadonlyMap<string, number>): Promise<Outcome> {
  const args = { selector: target.selector, newName: target.newName, overrides: values.overrides };
  const preview = await engine.run({ cmd: 'rename', args });
  const verdict = preview.edits?.safety.verdict ?? preview.error?.code ?? 'none';
  const done = (problem: string, wasWarned = false): Outcome => ({ target, verdict, problem, wasWarned });
  if (preview.error !== undefined) return done(preview.error.message);
  if (verdict === 'refused') return done(`refused: ${preview.edits?.safety.why.slice(0, 300) ?? ''}`);
  const applied = await engine.run({ cmd: 'rename', args: { ...args, apply: true, expect: preview.bundleId } });
  if (applied.error !== undefined) return done(`not applied: ${applied.error.message}`);
  const broken = await parsedWorse(clone, applied);
  const grown = grownBy(before, await diagnosticCount(engine));
  const undone = await engine.run({ cmd: 'undo', args: {} });
  const left = execFileSync('git', ['-C', clone, 'status', '--porcelain'], { encoding: 'utf8' });
  if (undone.error !== undefined || left !== '') {
    execFileSync('git', ['-C', clone, 'checkout', '-q', '--force', '.']);
    return done(`not undone: ${undone.error?.message ?? left}`);
  }
  if (broken.length > 0) return done(`parse worse: ${broken.join(', ')}`);
  const isForetold = verdict === 'risky';
  return grown.length === 0 ? done('') : done(`diagnostics grew${isForetold ? ' (foretold)' : ''}: ${grown.slice(0, 4).join('; ')}`, isForetold);
}

/** Counts by file and rule; the text of a diagnostic may name what was renamed. */
async function diagnosticCount(engine: Engine): Promise<Map<string, number>> {
  const bundle = await engine.run({ cmd: 'diag', args: {} });
  if (bundle.error !== undefined) throw new Error(bundle.error.message);
  const counts = new Map<string, number>();
  for (const { uri, code } of bundle.facts.diagnostics ?? []) counts.set(`${uri} ${String(code)}`, (counts.get(`${uri} ${String(code)}`) ?? 0) + 1);
  return counts;
}

function grownBy(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] {
  return [...after].filter(([key, count]) => count > (before.get(key) ?? 0)).map(([key, count]) => `${key} ${String(before.get(key) ?? 0)} → ${String(count)}`);
}

async function parsedWorse(clone: string, { edits }: Bundle): Promise<string[]> {
  const broken: string[] = [];
  for (const { path } of edits?.files ?? []) {
    const was = execFileSync('git', ['-C', clone, 'show', `HEAD:${path}`], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const errors = async (text: string): Promise<number> => (await parseStructure(path, text))?.syntaxErrors.length ?? 0;
    if ((await errors(readFileSync(join(clone, path), 'utf8'))) > (await errors(was))) broken.push(path);
  }
  return broken;
}

function report(repository: string, outcomes: readonly Outcome[]): void {
  for (const kind of [...new Set(outcomes.map(({ target }) => target.kind))].sort()) {
    const own = outcomes.filter(({ target }) => target.kind === kind);
    const count = (test: (outcome: Outcome) => boolean): string => String(own.filter(test).length);
    const wasApplied = ({ verdict, problem }: Outcome): boolean => (verdict === 'safe' || verdict === 'risky') && !problem.startsWith('not applied');
    const grew = own.filter(({ problem }) => problem.startsWith('diagnostics grew'));
    const cells = [
      count(() => true),
      ...['safe', 'risky', 'refused'].map((verdict) => count((outcome) => outcome.verdict === verdict)),
      count(wasApplied),
      `${String(grew.length)} (${String(grew.filter(({ wasWarned }) => wasWarned).length)})`,
      count(({ problem }) => problem.startsWith('parse worse')),
      count((outcome) => wasApplied(outcome) && !outcome.problem.startsWith('not undone')),
    ];
    console.log(`| ${repository} | ${kind} | ${cells.join(' | ')} |`);
  }
}
