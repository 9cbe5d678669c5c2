/**
 * Changes a small workspace of Python and TypeScript in the ways in which workspaces change, asks after each change, and counts answers
 * that are not true.
 *
 *   npm run check:fresh -- [--operations N] [--seed N] [--language python|typescript] [--verbose]
 *
 * With an odd seed the engine looks ahead, as the daemon's do. The truth is known without a server (scripts/check-fresh/world.ts); what differs from it is asked of a fresh engine as well. Then a
 * file is made wrong and right again, a hundred times per language. Exit code 1 when any answer was wrong.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { alternate } from './check-fresh/alternate.js';
import { python, typescript } from './check-fresh/languages.js';
import { runFresh, type WrongAnswer } from './check-fresh/run.js';

const { values } = parseArgs({ options: { operations: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' }, language: { type: 'string' }, verbose: { type: 'boolean', default: false } } });
const languages = [python, typescript].filter(({ name }) => values.language === undefined || name === values.language);
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'assay-check-fresh-')));
const env = { ...process.env, XDG_STATE_HOME: join(scratch, 'state') };
process.env['XDG_STATE_HOME'] = env.XDG_STATE_HOME;
const start = performance.now();
try {
  const root = join(scratch, 'world');
  mkdirSync(root);
  const onOperation = (count: number, what: string): void => {
    if (values.verbose) console.log(`${String(count)} ${what}`);
  };
  const onWrong = ({ operation, what, expected, found, fresh }: WrongAnswer): void => {
    console.log(`WRONG after ${String(operation)} (${what})\n  expected ${JSON.stringify(expected)}\n  found    ${JSON.stringify(found)}\n  fresh    ${JSON.stringify(fresh)}`);
  };
  const { questions, wrong, kinds } = await runFresh({ root, languages, seed: Number(values.seed), operations: Number(values.operations), env, onOperation, onWrong });
  for (const [kind, count] of [...kinds].sort()) console.log(`${String(count).padStart(5)}  ${kind}`);
  console.log(`seed ${values.seed}: ${String(questions)} operations, each with a question, ${String(wrong.length)} wrong answers, ${String(Math.round((performance.now() - start) / 1000))} s`);
  let wrongEdits = 0;
  for (const language of languages) {
    const right = await alternate(join(scratch, `alternate-${language.name}`), language, 100, env);
    wrongEdits += 100 - right;
    console.log(`${language.name}: ${String(right)} of 100 alternating edits with the right diagnostics`);
  }
  if (wrong.length + wrongEdits > 0) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
