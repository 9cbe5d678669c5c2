/**
 * Times assay beside a raw server, the cold command-line checkers and, with --peers, other tools between an agent and a server, on the
 * same questions about the same repository of Python, and counts right answers. What the raw server says is what is right.
 *
 *   npm run bench -- REPO [--rounds N] [--questions N] [--edits N] [--peers] [--only starts,session,edits,cold,fresh,batch,checkers,peers] [--json FILE]
 *
 * REPO is cloned into a temporary folder. Subjects that are compared are asked in turn, and ratios are medians over pairs of neighbours,
 * so that other work on the machine falls on both; each is asked a question for the first time, unless it says otherwise. Peers are installed by npm into the temporary folder, exact versions, no scripts.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Engine } from '../src/operations/engine.js';
import { Surroundings } from '../src/operations/surroundings.js';
import { DiskWatch } from '../src/workspace/disk-watch.js';
import { takeSnapshot } from '../src/workspace/snapshot.js';
import { findWorkspace } from '../src/workspace/workspace-root.js';
import type { Bundle } from '../src/bundles/schema/bundle.js';
import { runAssay, runProgram } from './bench/commands.js';
import { installPeers, namesAll, Peer } from './bench/peers.js';
import { drawDeclarations, drawUses, type Question } from './bench/questions.js';
import { placeOf, RawServer } from './bench/raw-server.js';
import { loadNow, Samples, tableOf, type Row } from './bench/rows.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '20' },
    questions: { type: 'string', default: '40' },
    edits: { type: 'string', default: '100' },
    peers: { type: 'boolean', default: false },
    only: { type: 'string', default: 'starts,session,edits,cold,fresh,batch,checkers,peers' },
    json: { type: 'string' },
  },
});
const [rounds, count, edits] = [values.rounds, values.questions, values.edits].map(Number) as [number, number, number];
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'assay-bench-')));
const root = join(scratch, 'repo');
const env: NodeJS.ProcessEnv = { ...process.env, XDG_STATE_HOME: join(scratch, 'state'), ASSAY_NO_DAEMON: '' };
delete env['NODE_EXTRA_CA_CERTS'];
process.env['XDG_STATE_HOME'] = env['XDG_STATE_HOME'];
const rows: Row[] = [];
const loads = [loadNow()];

/** What a cold start, a file that is edited and the question are about. */
interface Bench {
  readonly raw: RawServer;
  readonly uses: readonly Question[];
  readonly declarations: readonly Question[];
}

async function main(repository: string): Promise<void> {
  execFileSync('git', ['clone', '-q', '--no-hardlinks', repository, root]);
  // Whoever says what is right has answered before: the one whose time is taken must not have.
  const judge = await RawServer.start(root);
  const drawn = { uses: await drawUses(root, judge, count), declarations: await drawDeclarations(root, judge, count) };
  judge.close();
  const raw = await RawServer.start(root);
  const bench: Bench = { raw, ...drawn };
  console.log(`${String(bench.uses.length)} uses, ${String(bench.declarations.length)} declarations`);
  const parts: Readonly<Record<string, (bench: Bench) => Promise<void>>> = { session, edits: editing, starts, cold, batch, fresh, checkers, peers };
  for (const [name, part] of Object.entries(parts)) {
    if (!values.only.split(',').includes(name) || (name === 'peers' && !values.peers)) continue;
    const before = rows.length;
    await part(bench);
    loads.push(loadNow());
    console.log(tableOf(rows.slice(before)));
  }
  raw.close();
  const machine = { date: new Date().toISOString().slice(0, 10), node: process.version, cpus: cpus().length, model: cpus()[0]?.model ?? '', loads, commit: execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim() };
  console.log(`\n${tableOf(rows)}\n\n${JSON.stringify(machine)}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
}

const [repository] = positionals;
try {
  if (repository !== undefined) await main(repository);
  else {
    process.stderr.write('usage: npm run bench -- REPO [--rounds N] [--questions N] [--edits N] [--peers] [--only PARTS] [--json FILE]\n');
    process.exitCode = 2;
  }
} finally {
  await runAssay(['daemon', 'stop', '--all'], { cwd: scratch, env });
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}

function selectorOf({ path, line, character }: Question): string {
  return `${path}@L${String(line + 1)}:C${String(character + 1)}`;
}

function isRight({ truth }: Question, bundle: Bundle): boolean {
  const places = bundle.facts.definitions ?? bundle.facts.references ?? [];
  const found = places.map(({ uri, range: [line, character] }) => placeOf(decodeURIComponent(uri), { line, character })).sort();
  // References reach files, too, that the settings of the raw server leave out.
  return bundle.facts.references === undefined ? found.join() === [...truth].sort().join() : truth.every((place) => found.includes(place));
}

function parsed({ stdout }: { readonly stdout: string }): Bundle {
  return JSON.parse(stdout) as Bundle;
}

/** A session that stays open, as a program or a batch has it. */
async function session({ raw, uses, declarations }: Bench): Promise<void> {
  const samples = new Samples();
  const engine = await Engine.open({ workspace: root, env, indexUnit: 'codepoint' });
  for (const question of uses.slice(0, 3)) await engine.run({ cmd: 'def', args: { selector: selectorOf(question) } });
  for (const question of declarations.slice(0, 3)) await engine.run({ cmd: 'refs', args: { selector: selectorOf(question) } });
  for (const question of uses) {
    const { path, line, character } = question;
    await samples.time('raw server, def', () => raw.definition(path, line, character));
    await samples.time('assay in process, def', () => engine.run({ cmd: 'def', args: { selector: selectorOf(question) } }), (bundle) => isRight(question, bundle));
  }
  for (const question of declarations) {
    const { path, line, character } = question;
    await samples.time('raw server, refs', () => raw.references(path, line, character));
    await samples.time('assay in process, refs', () => engine.run({ cmd: 'refs', args: { selector: selectorOf(question) } }), (bundle) => isRight(question, bundle));
  }
  await engine.close();
  rows.push(samples.row('definition', 'raw server, def'), samples.row('definition', 'assay in process, def', 'raw server, def'));
  rows.push(samples.row('references', 'raw server, refs'), samples.row('references', 'assay in process, refs', 'raw server, refs', 1.3));
}

/** A file that is made wrong and right again: assay has to notice it on disk, the raw server is told. */
async function editing({ raw, uses }: Bench): Promise<void> {
  const samples = new Samples();
  const path = uses[0]?.path ?? '';
  const text = readFileSync(join(root, path), 'utf8');
  const engine = await Engine.open({ workspace: root, env, indexUnit: 'codepoint' });
  const errorsIn = (bundle: Bundle): number => (bundle.facts.diagnostics ?? []).filter(({ severity }) => severity === 'error').length;
  const usual = errorsIn(await engine.run({ cmd: 'diag', args: { paths: [path] } }));
  await raw.show(root, path, false);
  const usualRaw = await raw.errors(path);
  for (let edit = 0; edit < edits; edit += 1) {
    const isWrong = edit % 2 === 0;
    writeFileSync(join(root, path), isWrong ? `${text}\n\n_broken_${String(edit)}: int = "no number"\n` : `${text}\n# ${String(edit)}\n`);
    const expected = isWrong ? 1 : 0;
    await samples.time('raw server, didChange and pull', async () => {
      await raw.show(root, path, true);
      return raw.errors(path);
    }, (errors) => errors === usualRaw + expected);
    await samples.time('assay in process, diag', () => engine.run({ cmd: 'diag', args: { paths: [path] } }), (bundle) => errorsIn(bundle) === usual + expected);
  }
  writeFileSync(join(root, path), text);
  await engine.close();
  rows.push(samples.row('diagnostics after an edit', 'raw server, didChange and pull'), samples.row('diagnostics after an edit', 'assay in process, diag', 'raw server, didChange and pull', 1.3));
}

/** What a process costs that asks the warm daemon. */
async function starts({ uses }: Bench): Promise<void> {
  const samples = new Samples();
  const empty = join(scratch, 'empty.cjs');
  writeFileSync(empty, '');
  const ask = (question: Question): Promise<Bundle> => runAssay(['def', selectorOf(question), '--json'], { cwd: root, env }).then(parsed);
  const [first] = uses;
  if (first === undefined) return;
  await ask(first);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const timed = uses.slice(0, Math.ceil(uses.length / 2));
  // The daemon of somebody who works has answered before.
  for (const question of uses.slice(timed.length)) await ask(question);
  for (let round = 0; round < rounds; round += 1) {
    const question = timed[1 + (round % (timed.length - 1))] ?? first;
    await samples.time('empty node script', () => runProgram(process.execPath, [empty], { cwd: root, env }));
    await samples.time('warm CLI, a new question', () => ask(question), (bundle) => isRight(question, bundle));
    await ask(question);
    await samples.time('warm CLI, a remembered answer', () => ask(question), (bundle) => isRight(question, bundle) && bundle.meta.cache === 'memo');
    await samples.time('assay --version', () => runAssay(['--version'], { cwd: root, env }));
  }
  rows.push(samples.row('definition by a process', 'empty node script'), samples.row('definition by a process', 'warm CLI, a new question', 'empty node script', 1.3), samples.row('definition by a process', 'warm CLI, a remembered answer', 'empty node script', 1.22), samples.row('definition by a process', 'assay --version', 'empty node script'));
}

/** From nothing to the first definition. */
async function cold({ uses }: Bench): Promise<void> {
  const samples = new Samples();
  const [question] = uses;
  if (question === undefined) return;
  const { path, line, character } = question;
  for (let round = 0; round < Math.min(rounds, 7); round += 1) {
    const server = await samples.time('raw server from its start', async () => {
      const started = await RawServer.start(root);
      await started.definition(path, line, character);
      return started;
    });
    server.close();
    const engine = await samples.time('assay in process from its opening', async () => {
      const opened = await Engine.open({ workspace: root, env, indexUnit: 'codepoint' });
      await opened.run({ cmd: 'def', args: { selector: selectorOf(question) } });
      return opened;
    });
    await engine.close();
    await samples.time('cold CLI, --no-daemon', () => runAssay(['def', selectorOf(question), '--json', '--no-daemon'], { cwd: root, env }).then(parsed), (bundle) => isRight(question, bundle));
    await runAssay(['daemon', 'stop'], { cwd: root, env });
    await samples.time('first CLI, which starts the daemon', () => runAssay(['def', selectorOf(question), '--json'], { cwd: root, env }).then(parsed), (bundle) => isRight(question, bundle));
    await samples.time('second CLI', () => runAssay(['def', selectorOf(uses[1] ?? question), '--json'], { cwd: root, env }).then(parsed), (bundle) => isRight(uses[1] ?? question, bundle));
  }
  const base = 'raw server from its start';
  rows.push(samples.row('first definition', base), samples.row('first definition', 'assay in process from its opening', base, 1.15), samples.row('first definition', 'cold CLI, --no-daemon', base), samples.row('first definition', 'first CLI, which starts the daemon', base), samples.row('first definition', 'second CLI', base));
}

async function batch({ uses }: Bench): Promise<void> {
  const samples = new Samples();
  const input = uses.map((question, id) => `${JSON.stringify({ id, cmd: 'def', args: { selector: selectorOf(question) } })}\n`).join('');
  for (let round = 0; round < Math.min(rounds, 5); round += 1) {
    await samples.time(`assay batch of ${String(uses.length)}`, () => runAssay(['batch', '--no-daemon'], { cwd: root, env, input }), ({ stdout }) => stdout.trim().split('\n').every((line, index) => isRight(uses[index] as Question, (JSON.parse(line) as { bundle: Bundle }).bundle)));
  }
  rows.push(samples.row('definitions', `assay batch of ${String(uses.length)}`));
}

/** A look at 5,000 files of which none has changed. */
async function fresh(): Promise<void> {
  const samples = new Samples();
  const folder = join(scratch, 'many');
  for (let index = 0; index < 250; index += 1) {
    mkdirSync(join(folder, `package${String(index)}`), { recursive: true });
    for (let file = 0; file < 20; file += 1) writeFileSync(join(folder, `package${String(index)}`, `module${String(file)}.py`), `x = ${String(file)}\n`);
  }
  execFileSync('git', ['init', '-q'], { cwd: folder });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const workspace = await findWorkspace(folder);
  const surroundings = new Surroundings(workspace, env);
  let snapshot = await takeSnapshot(workspace);
  await surroundings.isSame(Promise.resolve(snapshot));
  for (let round = 0; round < Math.max(rounds, 20); round += 1) {
    snapshot = await samples.time('files', () => takeSnapshot(workspace, snapshot), (taken) => taken === snapshot);
    await samples.time('what lies beside them', () => surroundings.isSame(Promise.resolve(snapshot)), (isSame) => isSame);
  }
  rows.push(samples.row('5,000 files, nothing changed', 'files'), samples.row('5,000 files, nothing changed', 'what lies beside them'));
  const watch = new DiskWatch((reason) => { console.log(`not watched: ${reason}`); });
  for (let tries = 0; tries < 100 && !(await watch.isQuietSince(snapshot)); tries += 1) {
    snapshot = await takeSnapshot(workspace, snapshot, watch);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (let round = 0; round < Math.max(rounds, 20); round += 1) {
    snapshot = await samples.time('files, watched', () => takeSnapshot(workspace, snapshot, watch), (taken) => taken === snapshot);
  }
  await watch.close();
  rows.push(samples.row('5,000 files, nothing changed', 'files, watched', 'files'));
}

/** The checkers' own command lines, cold as they always are. */
async function checkers({ uses }: Bench): Promise<void> {
  const samples = new Samples();
  const path = uses[0]?.path ?? '.';
  const require = createRequire(import.meta.url);
  const pyright = join(dirname(require.resolve('pyright/package.json')), 'index.js');
  const typescript = join(scratch, 'ts');
  mkdirSync(typescript);
  writeFileSync(join(typescript, 'a.ts'), 'export const n: number = "";\n');
  writeFileSync(join(typescript, 'tsconfig.json'), '{"compilerOptions": {"strict": true, "noEmit": true}, "files": ["a.ts"]}');
  const tsc = join(dirname(require.resolve('typescript-native/package.json')), 'bin', 'tsc');
  await runAssay(['diag', path], { cwd: root, env });
  await runAssay(['diag', 'a.ts'], { cwd: typescript, env });
  for (let round = 0; round < Math.min(rounds, 5); round += 1) {
    await samples.time('pyright FILE', () => runProgram(process.execPath, [pyright, path], { cwd: root, env }));
    await samples.time('assay diag FILE, warm CLI', () => runAssay(['diag', path, '--verify-cache'], { cwd: root, env }));
    await samples.time('tsc on one small file', () => runProgram(process.execPath, [tsc, '-p', '.'], { cwd: typescript, env }), ({ code }) => code !== 0);
    await samples.time('assay diag on it, warm CLI', () => runAssay(['diag', 'a.ts', '--verify-cache', '--json'], { cwd: typescript, env }).then(parsed), ({ facts }) => facts.diagnostics?.length === 1);
  }
  rows.push(samples.row('diagnostics of a file', 'pyright FILE'), samples.row('diagnostics of a file', 'assay diag FILE, warm CLI', 'pyright FILE'), samples.row('diagnostics of a file', 'tsc on one small file'), samples.row('diagnostics of a file', 'assay diag on it, warm CLI', 'tsc on one small file'));
}

async function peers({ uses, declarations }: Bench): Promise<void> {
  const folder = join(scratch, 'peers');
  mkdirSync(folder);
  for (const name of installPeers(folder)) {
    const samples = new Samples();
    const [first] = uses;
    if (first === undefined) return;
    const peer = await samples.time(`${name} from its start`, async () => {
      const started = await Peer.start(name, folder, root);
      await started.definition(first);
      return started;
    });
    for (const question of uses) await samples.time(`${name}, def`, () => peer.definition(question), (text) => namesAll(text, question.truth));
    for (const question of declarations) await samples.time(`${name}, refs`, () => peer.references(question), (text) => namesAll(text, question.truth));
    const text = readFileSync(join(root, first.path), 'utf8');
    for (let edit = 0; edit < Math.min(edits, 20); edit += 1) {
      const isWrong = edit % 2 === 0;
      writeFileSync(join(root, first.path), isWrong ? `${text}\n\n_broken_${String(edit)}: int = "no number"\n` : `${text}\n# ${String(edit)}\n`);
      await samples.time(`${name}, diagnostics`, () => peer.diagnostics(first.path), (said) => said.includes('no number') === isWrong || /is not assignable to/.test(said) === isWrong);
    }
    writeFileSync(join(root, first.path), text);
    peer.close();
    rows.push(samples.row('first definition', `${name} from its start`), samples.row('definition', `${name}, def`), samples.row('references', `${name}, refs`), samples.row('diagnostics after an edit', `${name}, diagnostics`));
  }
}
