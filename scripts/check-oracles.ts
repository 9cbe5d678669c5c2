/**
 * Asks `assay batch` questions whose answers others decided, and prints how many agree.
 *
 *   npm run check:oracles -- FILE… [--server ID] [--show N]
 *
 * A FILE is JSON Lines, gzipped or not; scripts/check-oracles/cases.ts describes a line. A case that differs is shown with what
 * was expected and found, --show of them per file (default 10). Exit code 1 when any differs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bundle } from '../src/bundles/schema/bundle.js';
import { readCases, type OracleCase } from './check-oracles/cases.js';
import { questionsOf } from './check-oracles/questions.js';
import { verdictOf, type Verdict } from './check-oracles/verdict.js';
import { CaseWorkspaces } from './check-oracles/workspaces.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { server: { type: 'string' }, show: { type: 'string', default: '10' } } });
if (positionals.length === 0) throw new Error('usage: npm run check:oracles -- FILE… [--server ID] [--show N]');

const scratch = mkdtempSync(join(tmpdir(), 'assay-check-oracles-'));
const workspaces = new CaseWorkspaces(join(scratch, 'workspaces'));

/** The bundles of all cases in one batch, by the number of their case, in the order of their questions. */
function ask(cases: readonly OracleCase[]): Map<number, Bundle[]> {
  const lines = cases.flatMap((item, id) => questionsOf(item).map((question) => ({ id, cmd: question.cmd, args: { ...question.args, workspace: workspaces.folderOf(item) } })));
  // Questions about one workspace follow each other, because a batch keeps only some of them warm.
  lines.sort((a, b) => (a.args.workspace < b.args.workspace ? -1 : a.args.workspace > b.args.workspace ? 1 : a.id - b.id));
  const flags = ['--index-io', 'utf-16', ...(values.server === undefined ? [] : ['--server', values.server])];
  const { stdout, stderr } = spawnSync(process.execPath, [join(process.cwd(), 'bin', 'assay.cjs'), 'batch', ...flags], {
    input: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: join(scratch, 'state') },
    maxBuffer: 1 << 30,
  });
  if (stderr !== '') console.log(stderr);
  const answers = stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { id: number; bundle: Bundle });
  const byCase = new Map<number, Bundle[]>();
  for (const { id, bundle } of answers) byCase.set(id, [...(byCase.get(id) ?? []), bundle]);
  return byCase;
}

type Tally = Record<Verdict['kind'], number>;

/** Prints what differs and returns the counts by kind of question. */
function judge(cases: readonly OracleCase[], bundles: ReadonlyMap<number, readonly Bundle[]>): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  let shown = 0;
  for (const [index, item] of cases.entries()) {
    const [question] = questionsOf(item);
    const [first, ...others] = bundles.get(index) ?? [];
    const verdict: Verdict = question === undefined ? { kind: 'skipped' } : first === undefined ? { kind: 'differs', expected: 'an answer', found: null } : verdictOf(question.cmd, [first, ...others], item.expect);
    const tally = tallies.get(item.request.kind) ?? { agrees: 0, differs: 0, skipped: 0 };
    tally[verdict.kind] += 1;
    tallies.set(item.request.kind, tally);
    if (verdict.kind !== 'differs' || shown === Number(values.show)) continue;
    shown += 1;
    console.log(`DIFFERS ${item.id}\n  expected ${JSON.stringify(verdict.expected)}\n  found    ${JSON.stringify(verdict.found)}`);
  }
  return tallies;
}

const rows: string[][] = [];
try {
  for (const file of positionals) {
    const cases = readCases(file);
    const tallies = judge(cases, ask(cases));
    for (const [kind, { agrees, differs, skipped }] of [...tallies].sort()) rows.push([basename(file), kind, String(agrees + differs), String(agrees), String(differs), String(skipped)]);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const table = [['file', 'question', 'asked', 'agree', 'differ', 'skipped'], ...rows];
const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
for (const row of table) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
if (rows.some((row) => row[4] !== '0')) process.exitCode = 1;
