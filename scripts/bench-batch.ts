/**
 * How much `assay batch` adds to a language server: the same questions in one run, by a client that does nothing but JSON-RPC and by the
 * engine that `batch` uses, each over a warm server of its own, with 1, 4 and 16 under way.
 *
 *   npm run bench:batch -- REPO [--count 100] [--rounds 7] [--only def,hover] [--server pyright|typescript]
 *   npm run bench:batch -- REPO --memory 100000        memory of the process over so many definitions and hovers
 *
 * REPO is a checkout. The questions are at names anywhere in its files, --count in each of --rounds rounds; each is asked once and then once
 * more. Figures are answers per second, and the share of the bare client's that is left: medians of rounds in which the two take turns.
 */
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Bundle } from '../src/bundles/schema/bundle.js';
import { answerBatch } from '../src/operations/batch.js';
import { Desk } from '../src/operations/desk.js';
import { Engine } from '../src/operations/engine.js';
import type { OperationRequest } from '../src/operations/operation.js';
import { CLIENT_CAPABILITIES } from '../src/lsp/client-capabilities.js';
import { choosePlaces, sourceFiles, type RandomPlace } from './check-raw/places.js';
import { RawClient } from './check-raw/raw-client.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { count: { type: 'string', default: '100' }, memory: { type: 'string' }, rounds: { type: 'string', default: '7' }, only: { type: 'string' }, server: { type: 'string', default: 'pyright' } } });
const root = realpathSync(positionals[0] ?? '.');
const COUNT = Number(values.count);
const ROUNDS = Number(values.rounds);
const SERVER = values.server;
const options = { workspace: root, env: process.env, indexUnit: 'utf-16' as const };

type Place = Pick<RandomPlace, 'path' | 'line' | 'character'>;

/** Names all over the repository, each once, in no order. */
async function drawPlaces(count: number): Promise<Place[]> {
  const found = new Map<string, Place>();
  for (let seed = 1; found.size < count && seed < 20; seed += 1) {
    for (const place of await choosePlaces(root, sourceFiles(root, SERVER), count, seed)) if (place.isName) found.set(selectorOf(place), place);
  }
  return [...found.values()].slice(0, count);
}

const selectorOf = ({ path, line, character }: Place): string => `${path.replace(/[%?#@&="[\]() ]/g, encodeURIComponent)}@L${String(line + 1)}:C${String(character + 1)}`;

const QUESTIONS = {
  def: { method: 'textDocument/definition', args: (place: Place) => ({ selector: selectorOf(place) }) },
  refs: { method: 'textDocument/references', args: (place: Place) => ({ selector: selectorOf(place) }) },
  hover: { method: 'textDocument/hover', args: (place: Place) => ({ selector: selectorOf(place) }) },
  diag: { method: 'textDocument/diagnostic', args: ({ path }: Place) => ({ paths: [path] }) },
} as const;

type Cmd = keyof typeof QUESTIONS;

/** What whoever writes a client by hand would have. */
function openBare(): Promise<RawClient> {
  return RawClient.open(root, SERVER, CLIENT_CAPABILITIES);
}

/** Milliseconds. Diagnostics are asked of files that are not open, as assay does. */
async function timeOfBare(client: RawClient, method: string, asked: readonly Place[], underWay: number): Promise<number> {
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
  return performance.now() - start;
}

async function timeOfBatch(desk: Pick<Desk, 'answer' | 'refuseLine'>, cmd: Cmd, asked: readonly Place[], concurrency: number): Promise<number> {
  const start = performance.now();
  const lines = asked.map((place, id) => ({ id, request: { id, cmd, args: QUESTIONS[cmd].args(place) } }));
  for await (const line of answerBatch(stream(lines), desk, { concurrency, fields: null })) {
    const { bundle } = JSON.parse(line) as { bundle: Bundle };
    if (bundle.error !== undefined) throw new Error(`${cmd}: ${bundle.error.message}`);
  }
  return performance.now() - start;
}

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  await Promise.resolve();
  yield* items;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

interface Times {
  readonly bare: number[];
  readonly batch: number[];
}

async function compare(): Promise<void> {
  const client = await openBare();
  const desk = new Desk(options);
  const sizes: Readonly<Record<Cmd, number>> = { def: COUNT, hover: COUNT, refs: Math.ceil(COUNT / 8), diag: Math.ceil(COUNT / 8) };
  const commands = (Object.keys(sizes) as Cmd[]).filter((cmd) => values.only?.split(',').includes(cmd) ?? true);
  try {
    console.log('             asked for the first time              asked again');
    console.log('question  under way  bare/s  batch/s  share    bare/s  batch/s  share');
    for (const cmd of commands) {
      const places = await drawPlaces(sizes[cmd] * 3 * ROUNDS);
      const slices = Array.from({ length: 3 * ROUNDS }, (_, index) => places.slice(index * sizes[cmd], (index + 1) * sizes[cmd]));
      const inEachFile = [...new Map(places.map((place) => [place.path, place])).values()];
      const ask = async (slice: readonly Place[], concurrency: number, times: Times): Promise<void> => {
        times.bare.push((await timeOfBare(client, QUESTIONS[cmd].method, slice, concurrency)) / slice.length);
        times.batch.push((await timeOfBatch(desk, cmd, slice, concurrency)) / slice.length);
      };
      // Every file is open in both servers, and both clients are warm.
      for (let times = 0; times < 5; times += 1) await ask(inEachFile, 4, { bare: [], batch: [] });
      for (const [row, concurrency] of [1, 4, 16].entries()) {
        const [first, again]: [Times, Times] = [{ bare: [], batch: [] }, { bare: [], batch: [] }];
        // In turns, because what else the machine does changes from second to second.
        for (let round = 0; round < ROUNDS; round += 1) {
          const slice = slices[row * ROUNDS + round] ?? [];
          await ask(slice, concurrency, first);
          await ask(slice, concurrency, again);
        }
        console.log([cmd.padEnd(8), String(concurrency).padStart(10), columns(first), '  ', columns(again)].join(' '));
      }
    }
  } finally {
    await Promise.all([client.close(), desk.close()]);
  }
}

function columns({ bare, batch }: Times): string {
  const [ofBare, ofBatch] = [bare, batch].map((times) => 1000 / median(times)) as [number, number];
  return `${ofBare.toFixed(0).padStart(7)} ${ofBatch.toFixed(0).padStart(8)} ${(ofBatch / ofBare).toFixed(2).padStart(6)}`;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What this process holds after a collection, and its servers, over many answers. */
async function memory(asked: readonly Place[], count: number): Promise<void> {
  const engine = await Engine.open(options);
  const steps = 10;
  const rate: string[] = [];
  try {
    const desk = { answer: (request: OperationRequest) => engine.run(request), refuseLine: (_id: unknown, failure: Error) => Promise.reject(failure) };
    for (let step = 0; step <= steps; step += 1) {
      const many = Array.from({ length: step === 0 ? asked.length : Math.ceil(count / steps) }, (_, index) => asked[index % asked.length] as Place);
      const half = Math.ceil(many.length / 2);
      await timeOfBatch(desk, 'def', many.slice(0, half), 8);
      rate.push((((many.length - half) * 1000) / (await timeOfBatch(desk, 'hover', many.slice(half), 8))).toFixed(0));
      collectGarbage();
      const mebibytes = (bytes: number): string => `${String(Math.round(bytes / 1024 / 1024))} MiB`;
      const servers = engine.servers().reduce((sum, { residentBytes }) => sum + (residentBytes ?? 0), 0);
      console.log(`${String(Math.min(count, Math.ceil((count * step) / steps))).padStart(7)} answers: heap ${mebibytes(process.memoryUsage().heapUsed)}, resident ${mebibytes(process.memoryUsage().rss)}, servers ${mebibytes(servers)}, ${rate.at(-1) ?? ''} hovers per second`);
    }
  } finally {
    await engine.close();
  }
}

console.log(`${basename(root)}, ${String(ROUNDS)} rounds of ${String(COUNT)}, ${SERVER}, Node ${process.version}`);
if (values.memory === undefined) await compare();
else await memory(await drawPlaces(COUNT), Number(values.memory));
