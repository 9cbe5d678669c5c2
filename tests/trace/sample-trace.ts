import { join } from 'node:path';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { sha256 } from '../../src/base/digest.js';
import { Failure } from '../../src/base/failure.js';
import { currentTape, observe } from '../../src/base/observe.js';
import { TraceRecorder } from '../../src/trace/record.js';
import { readTrace, type Trace } from '../../src/trace/read.js';
import { TraceReplay } from '../../src/trace/replay.js';
import { temporaryFolder } from '../workspace/temporary-repository.js';

/** Something that answers by looking at the world and by asking a server, as operations do. */
export interface World {
  readonly look: (key: string) => Promise<unknown>;
  readonly serve: (method: string, params: unknown) => Promise<unknown>;
}

/** Answers a list of questions: `?key` looks, `!method` asks the server. */
export async function answerFrom(world: World, questions: readonly string[]): Promise<{ answers: unknown[]; meta: { exitCode: number; durationMs: number }; bundleId: string; status: string; request: { cmd: string } }> {
  const conversation = currentTape()?.conversation('server');
  conversation?.listen({ request: () => null, notification: () => undefined });
  const answers: unknown[] = [];
  for (const question of questions) {
    try {
      const name = question.slice(1);
      const answer = question.startsWith('?')
        ? await observe({ what: 'world', key: name }, () => world.look(name))
        : await conversation?.exchange('request', { method: name, params: { a: 1 } }, () => world.serve(name, { a: 1 }), { isAlive: () => true, formOf: () => null });
      answers.push(answer ?? null);
    } catch (error) {
      answers.push(error instanceof Failure ? { code: error.code, message: error.message } : String(error));
    }
  }
  return { answers, meta: { exitCode: 0, durationMs: 1 }, bundleId: 'sha256:0', status: 'ok', request: { cmd: 'def' } };
}

/** What tests compare: the canonical form, by its digest. */
export function short(bundle: unknown): string {
  return sha256(canonicalJson(bundle));
}

const STORIES = [['?a', '!def', '?a'], ['?b', '?gone'], ['!refs', '!def', '?a']] as const;

/** Records the stories with a world that never says the same twice, and returns the trace's path and the bundles. */
export async function recordStories(): Promise<{ path: string; bundles: string[] }> {
  const path = join(temporaryFolder(), 'trace.jsonl');
  const recorder = TraceRecorder.open(path);
  let count = 0;
  const world: World = {
    look: (key) => (key === 'gone' ? Promise.reject(new Failure('E/NOT_FOUND', 'it is gone')) : Promise.resolve({ key, count: (count += 1), text: 'x'.repeat(2000) })),
    serve: (method) => (method === 'refs' ? Promise.reject(new Failure('E/LS_TIMEOUT', 'late')) : Promise.resolve([method, (count += 1)])),
  };
  const bundles: string[] = [];
  for (const questions of STORIES) {
    const request = { cmd: 'def', args: { questions: [...questions] }, options: {}, id: null };
    bundles.push(short(await recorder.operation(request, () => answerFrom(world, questions))));
  }
  recorder.close();
  return { path, bundles };
}

export function traceOf(text: string): Promise<Trace> {
  async function* lines(): AsyncGenerator<string> {
    await Promise.resolve();
    const all = text.split('\n');
    if (all.at(-1) === '') all.pop();
    yield* all;
  }
  return readTrace(lines());
}

const NO_WORLD: World = { look: () => Promise.reject(new Error('the world was touched')), serve: () => Promise.reject(new Error('a server was asked')) };

/** Replays every finished operation of a trace, in the form of recordStories. */
export async function replayStories(trace: Trace): Promise<string[]> {
  const bundles: string[] = [];
  const tapes = new Map(trace.sessions.map((session) => [session, new TraceReplay(session)]));
  for (const { session, request, bundle } of trace.operations) {
    if (bundle === null) continue;
    const { questions } = request.args as { questions: string[] };
    bundles.push(short(await tapes.get(session)?.replay(request.op, () => answerFrom(NO_WORLD, questions))));
  }
  return bundles;
}
