import { Engine } from '../../src/operations/engine.js';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import { pathFromUri } from '../../src/base/relative-uri.js';
import { World } from './world.js';
import type { Language } from './languages.js';

export interface FreshRun {
  readonly root: string;
  readonly languages: readonly Language[];
  readonly seed: number;
  readonly operations: number;
  readonly env: NodeJS.ProcessEnv;
  /** Hears of every operation with its number. */
  readonly onOperation?: (count: number, what: string) => void;
  /** Hears of every answer that is not the truth, at once. */
  readonly onWrong?: (wrong: WrongAnswer) => void;
}

/** An answer that was not the truth. */
export interface WrongAnswer {
  readonly operation: number;
  readonly what: string;
  readonly expected: unknown;
  readonly found: unknown;
  /** What a fresh engine says: when that is not the truth either, the world is wrong and not the answer. */
  readonly fresh: unknown;
}

export interface FreshResult {
  readonly questions: number;
  readonly wrong: readonly WrongAnswer[];
  /** How often each kind of operation was carried out, by the first words of what it says. */
  readonly kinds: ReadonlyMap<string, number>;
}

/** Changes a small workspace again and again, asks a running engine after each change, and compares its answers with what is true. */
export async function runFresh({ root, languages, seed, operations, env, onOperation, onWrong }: FreshRun): Promise<FreshResult> {
  const world = new World(root, languages, seededRandom(seed), env, (asked) => trustWorld(root, asked));
  // With an odd seed as the daemon does.
  const engine = await Engine.open({ workspace: root, env: world.env, indexUnit: 'codepoint', expectsMore: seed % 2 === 1 });
  const wrong: WrongAnswer[] = [];
  const kinds = new Map<string, number>();
  let questions = 0;
  try {
    for (let operation = 1; operation <= operations; operation += 1) {
      const what = await world.change();
      const kind = what.replace(/ ?(web\/)?(m|use|moved)\d\.\w+| ?[\w./-]+\/package\d| [0-9a-f]{8}$/g, '').trim();
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      onOperation?.(operation, what);
      const question = questionAbout(world);
      questions += 1;
      const found = question.read(await engine.run(question.request));
      if (JSON.stringify(found) === JSON.stringify(question.expected)) continue;
      const answer = { operation, what, expected: question.expected, found, fresh: question.read(await askFresh(root, world.env, question.request)) };
      onWrong?.(answer);
      wrong.push(answer);
    }
  } finally {
    await engine.close();
  }
  return { questions, wrong, kinds };
}

interface Question {
  readonly request: { readonly cmd: string; readonly args: Record<string, string | string[]> };
  /** The places, with the servers whose word they are; or the code of an error. */
  readonly expected: unknown;
  read(bundle: Bundle): unknown;
}

/** Mostly the diagnostics of a file, now and then those of all, or where something is defined. */
function questionAbout(world: World): Question {
  const truths = world.truths();
  const definitions = world.definitions();
  if (definitions.length > 0 && world.pick([true, false, false, false])) {
    const { selector, uri, line } = world.pick(definitions);
    const expected = answerOf(world, [uri], [`${uri}:${String(line)}`]);
    return { request: { cmd: 'def', args: { selector } }, expected, read: (bundle) => read(bundle, bundle.facts.definitions?.map((place) => `${place.uri}:${String(place.range[0])}`)) };
  }
  const paths = world.pick([true, false, false, false]) ? [...truths.keys()].sort() : [world.pick([...truths.keys()])];
  const lines = paths.flatMap((path) => (truths.get(path) ?? []).map((line) => `${path} ${line}`)).sort();
  return {
    request: { cmd: 'diag', args: { paths } },
    expected: answerOf(world, paths, lines),
    read: (bundle) => read(bundle, bundle.facts.diagnostics?.map(({ uri, range, code, severity }) => `${pathFromUri(uri)} ${String(range[0] + 1)} ${String(code)} ${severity}`).sort()),
  };
}

/** What must be answered about these files: these lines, by the servers of their languages, unless one of them must be refused. */
function answerOf(world: World, paths: readonly string[], lines: readonly string[]): unknown {
  const languages = [...new Set(paths.map((path) => (path.endsWith('.py') ? 'python' : 'typescript')))];
  const [refusal] = languages.flatMap((language) => world.refusal(language) ?? []);
  return refusal ?? { servers: languages.map((language) => world.serverOf(language)).sort(), lines };
}

function read({ error, environment }: Bundle, lines: readonly string[] | undefined): unknown {
  return error?.code ?? { servers: environment.servers.map(({ name }) => name), lines };
}

/** Pins and trusts the servers of the world, as another process would. */
async function trustWorld(root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const engine = await Engine.open({ workspace: root, env, indexUnit: 'codepoint' });
  try {
    const { error } = await engine.run({ cmd: 'init', args: { trust: true } });
    if (error !== undefined) throw new Error(`assay init --trust: ${error.code} ${error.message}`);
  } finally {
    await engine.close();
  }
}

async function askFresh(root: string, env: NodeJS.ProcessEnv, request: Question['request']): Promise<Bundle> {
  const engine = await Engine.open({ workspace: root, env, indexUnit: 'codepoint' });
  try {
    return await engine.run(request);
  } finally {
    await engine.close();
  }
}

/** Mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
