/**
 * How much `assay batch` adds to a language server: the same questions in one run, first by a client that does nothing but JSON-RPC, then
 * by the engine that `batch` uses, each over a warm server of its own, with 1, 4 and 16 under way.
 *
 *   npm run bench:batch -- REPO [--count 400] [--server ID] [--extension .py]
 *   npm run bench:batch -- REPO --memory 100000        memory of the process over so many definitions and hovers
 *
 * REPO is a checkout. The questions are at the names of declarations, spread over its files. Figures are answers per second, and
 * the share of the bare client's that is left.
 */
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Range } from '../src/base/range.js';
import type { Bundle } from '../src/bundles/schema/bundle.js';
import { answerBatch } from '../src/operations/batch.js';
import { Desk } from '../src/operations/desk.js';
import { Engine } from '../src/operations/engine.js';
import { CLIENT_CAPABILITIES } from '../src/lsp/client-capabilities.js';
import { RawClient } from './check-raw/raw-client.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { count: { type: 'string', default: '400' }, memory: { type: 'string' }, extension: { type: 'string', default: '.py' }, server: { type: 'string' } } });
const root = realpathSync(positionals[0] ?? '.');
const COUNT = Number(values.count);
const options = { workspace: root, env: process.env, indexUnit: 'utf-16' as const, ...(values.server === undefined ? {} : { server: values.server }) };

interface Place {
  readonly path: string;
  readonly line: number;
  readonly character: number;
}

/** The names that the files declare, spread evenly. */
async function places(): Promise<Place[]> {
  const engine = await Engine.open(options);
  try {
    const { facts } = await engine.run({ cmd: 'diag', args: {} });
    const paths = (facts.coverage?.measured ?? []).filter((path) => path.endsWith(values.extension));
    const found: Place[] = [];
    for (const path of paths) {
      const symbols = (await engine.run({ cmd: 'symbols', args: { path } })).facts.symbols ?? [];
      found.push(...symbols.map(({ selectionRange, range }: { readonly range: Range; readonly selectionRange?: Range }) => ({ path, line: (selectionRange ?? range)[0], character: (selectionRange ?? range)[1] })));
    }
    if (found.length === 0) throw new Error(`no ${values.extension} file of ${root} declares anything`);
    return Array.from({ length: COUNT }, (_, index) => found[Math.floor((index * found.length) / COUNT) % found.length] as Place);
  } finally {
    await engine.close();
  }
}

const selectorOf = ({ path, line, character }: Place): string => `${path.replace(/[%?#@&="[\]() ]/g, encodeURIComponent)}@L${String(line + 1)}:C${String(character + 1)}`;

const QUESTIONS = {
  def: { method: 'textDocument/definition', args: (place: Place) => ({ selector: selectorOf(place) }) },
  refs: { method: 'textDocument/references', args: (place: Place) => ({ selector: selectorOf(place) }) },
  hover: { method: 'textDocument/hover', args: (place: Place) => ({ selector: selectorOf(place) }) },
  diag: { method: 'textDocument/diagnostic', args: ({ path }: Place) => ({ paths: [path] }) },
} as const;

type Cmd = keyof typeof QUESTIONS;

const SERVERS: Readonly<Record<string, string>> = { '.py': 'pyright', '.ts': 'typescript' };

/** What whoever writes a client by hand would have. */
function openBare(): Promise<RawClient> {
  const server = SERVERS[values.extension];
  if (server === undefined) throw new Error(`no server is known for ${values.extension}`);
  return RawClient.open(root, server, CLIENT_CAPABILITIES);
}

/** Diagnostics are asked of files that are not open, as assay does. */
async function perSecondOfBare(client: RawClient, method: string, asked: readonly Place[], underWay: number): Promise<number> {
  const asksFile = method === 'textDocument/diagnostic';
  if (!asksFile) for (const { path } of asked) await client.show(path);
  const start = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let place = asked[next++]; place !== undefined; place = asked[next++]) {
      const position = asksFile ? {} : { position: { line: place.line, character: place.character } };
      await client.request(method, place.path, { ...position, ...(method === 'textDocument/references' ? { context: { includeDeclaration: true } } : {}) });
    }
  };
  await Promise.all(Array.from({ length: underWay }, work));
  return (asked.length * 1000) / (performance.now() - start);
}

async function perSecondOfBatch(desk: Pick<Desk, 'answer'>, cmd: Cmd, asked: readonly Place[], concurrency: number): Promise<number> {
  const start = performance.now();
  let answered = 0;
  const lines = asked.map((place, id) => ({ id, request: { id, cmd, args: QUESTIONS[cmd].args(place) } }));
  for await (const line of answerBatch(stream(lines), desk, { concurrency, fields: null })) {
    const { bundle } = JSON.parse(line) as { bundle: Bundle };
    if (bundle.error !== undefined) throw new Error(`${cmd}: ${bundle.error.message}`);
    answered += 1;
  }
  return (answered * 1000) / (performance.now() - start);
}

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  await Promise.resolve();
  yield* items;
}

async function compare(asked: readonly Place[]): Promise<void> {
  const client = await openBare();
  const desk = new Desk(options);
  try {
    console.log('question  under way  bare client/s  batch/s  share');
    for (const cmd of ['def', 'hover', 'refs', 'diag'] as const) {
      const some = cmd === 'refs' || cmd === 'diag' ? asked.filter((_, index) => index % 8 === 0) : asked;
      // Both servers have met every question once.
      await perSecondOfBare(client, QUESTIONS[cmd].method, some, 4);
      await perSecondOfBatch(desk, cmd, some, 4);
      for (const concurrency of [1, 4, 16]) {
        const bare = await perSecondOfBare(client, QUESTIONS[cmd].method, some, concurrency);
        const ours = await perSecondOfBatch(desk, cmd, some, concurrency);
        console.log([cmd.padEnd(8), String(concurrency).padStart(10), bare.toFixed(1).padStart(14), ours.toFixed(1).padStart(8), (ours / bare).toFixed(2).padStart(6)].join(' '));
      }
    }
  } finally {
    await Promise.all([client.close(), desk.close()]);
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What this process holds after a collection, and its servers, over many answers. */
async function memory(asked: readonly Place[], count: number): Promise<void> {
  const engine = await Engine.open(options);
  const steps = 10;
  const rate: string[] = [];
  try {
    const desk: Pick<Desk, 'answer'> = { answer: (request) => engine.run(request) };
    for (let step = 0; step <= steps; step += 1) {
      const many = Array.from({ length: step === 0 ? asked.length : Math.ceil(count / steps) }, (_, index) => asked[index % asked.length] as Place);
      const half = Math.ceil(many.length / 2);
      await perSecondOfBatch(desk, 'def', many.slice(0, half), 8);
      rate.push((await perSecondOfBatch(desk, 'hover', many.slice(half), 8)).toFixed(0));
      collectGarbage();
      const mebibytes = (bytes: number): string => `${String(Math.round(bytes / 1024 / 1024))} MiB`;
      const servers = engine.servers().reduce((sum, { residentBytes }) => sum + (residentBytes ?? 0), 0);
      console.log(`${String(Math.min(count, Math.ceil((count * step) / steps))).padStart(7)} answers: heap ${mebibytes(process.memoryUsage().heapUsed)}, resident ${mebibytes(process.memoryUsage().rss)}, servers ${mebibytes(servers)}, ${rate.at(-1) ?? ''} hovers per second`);
    }
  } finally {
    await engine.close();
  }
}

console.log(`${pathToFileURL(root).href.split('/').at(-1) ?? ''}, ${String(COUNT)} places in ${values.extension} files, Node ${process.version}`);
const asked = await places();
if (values.memory === undefined) await compare(asked);
else await memory(asked, Number(values.memory));
