/**
 * Asks `assay batch` and a bare client over the same server about random places of repositories, and prints how many answers agree.
 *
 *   npm run check:raw -- FOLDER… [--count N] [--seed N] [--server pyright|typescript|typescript-language-server] [--commands LIST] [--show N] [--under PATH]
 *
 * N places are chosen in each folder by the seed: of three, two are names, and one is any token, at any of its characters. A server that does
 * not answer all of the workspace unless its files are open is asked a second time with all of them open before an answer counts as different.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bundle } from '../src/bundles/schema/bundle.js';
import { foundBy } from './check-raw/answers.js';
import { choosePlaces, sourceFiles, type RandomPlace } from './check-raw/places.js';
import { RawClient } from './check-raw/raw-client.js';

const COMMANDS = 'def,decl,typedef,refs,hover,highlights,signature,rename';
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    server: { type: 'string', default: 'pyright' },
    commands: { type: 'string', default: COMMANDS },
    show: { type: 'string', default: '10' },
    under: { type: 'string', default: '' },
  },
});
if (positionals.length === 0) throw new Error('usage: npm run check:raw -- FOLDER… [--count N] [--seed N] [--server ID] [--commands LIST] [--show N] [--under PATH]');

interface Question {
  readonly cmd: string;
  readonly place: RandomPlace;
}

/** `open`: only when every file is open; `refused`: assay answers with an error. */
type Verdict = 'agrees' | 'open' | 'differs' | 'refused';

const scratch = mkdtempSync(join(tmpdir(), 'assay-check-raw-'));
const tallies = new Map<string, Record<Verdict, number>>();
try {
  for (const folder of positionals) await checkFolder(folder);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log('| repository | question | asked | agree | agree when all files are open | refused | differ |');
console.log('| --- | --- | --: | --: | --: | --: | --: |');
for (const [key, { agrees, open, refused, differs }] of tallies) console.log(`| ${key} | ${[agrees + open + refused + differs, agrees, open, refused, differs].map(String).join(' | ')} |`);

async function checkFolder(folder: string): Promise<void> {
  const files = sourceFiles(folder, values.server);
  const places = await choosePlaces(folder, files.filter((path) => path.startsWith(values.under)), Number(values.count), Number(values.seed));
  const questions = values.commands.split(',').flatMap((cmd) => places.filter(({ isName }) => isName || cmd !== 'rename').map((place): Question => ({ cmd, place })));
  const bundles = ask(folder, questions);
  const raw = await RawClient.open(folder, values.server);
  const different: { readonly question: Question; readonly bundle: Bundle; readonly first: unknown }[] = [];
  try {
    for (const [index, question] of questions.entries()) {
      const bundle = bundles[index];
      if (bundle === undefined) throw new Error(`no answer to ${JSON.stringify(question)}`);
      const expected = await raw.ask(question.cmd, question.place);
      if (JSON.stringify(foundBy(question.cmd, bundle)) === JSON.stringify(expected)) note(folder, question, 'agrees');
      else different.push({ question, bundle, first: expected });
    }
    for (const path of files) await raw.show(path);
    let shown = 0;
    for (const { question, bundle, first } of different) {
      const expected = await raw.ask(question.cmd, question.place);
      const found = foundBy(question.cmd, bundle);
      const verdict: Verdict = JSON.stringify(found) === JSON.stringify(expected) ? 'open' : bundle.error !== undefined ? 'refused' : 'differs';
      note(folder, question, verdict);
      if (verdict === 'open' || shown === Number(values.show)) continue;
      shown += 1;
      const { path, line, character, text } = question.place;
      console.log(`${verdict} ${question.cmd} ${basename(folder)} ${path}@L${String(line + 1)}:C${String(character + 1)} ${JSON.stringify(text)}\n  raw  ${cut(first)}${JSON.stringify(first) === JSON.stringify(expected) ? '' : `\n  open ${cut(expected)}`}\n  here ${cut(bundle.error ?? found)}`);
    }
  } finally {
    await raw.close();
  }
}

function cut(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 600 ? `${text.slice(0, 600)}… (${String(text.length)})` : text;
}

function note(folder: string, { cmd }: Question, verdict: Verdict): void {
  const key = `${basename(folder)} | ${cmd}`;
  const tally = tallies.get(key) ?? { agrees: 0, open: 0, differs: 0, refused: 0 };
  tally[verdict] += 1;
  tallies.set(key, tally);
}

function ask(folder: string, questions: readonly Question[]): Bundle[] {
  const lines = questions.map(({ cmd, place: { path, line, character } }, id) => {
    const selector = `${path.replace(/[%?#@&="[\]() ]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)}@L${String(line + 1)}:C${String(character + 1)}`;
    return JSON.stringify({ id, cmd, args: { selector, ...(cmd === 'rename' ? { newName: 'assayRenamed' } : {}) } });
  });
  const { stdout, stderr } = spawnSync(process.execPath, [join(process.cwd(), 'bin', 'assay.cjs'), 'batch', '--index-io', 'utf-16', '--no-daemon', '--workspace', folder, '--server', values.server, '--timeout', '600000'], {
    input: lines.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: join(scratch, 'state') },
    maxBuffer: 1 << 30,
  });
  if (stderr !== '') console.log(stderr);
  return stdout.split('\n').filter((line) => line !== '').map((line) => (JSON.parse(line) as { bundle: Bundle }).bundle);
}
