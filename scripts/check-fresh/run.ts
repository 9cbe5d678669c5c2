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
export async function runFresh({ root, languages, seed, operations, env, onOperation }: FreshRun): Promise<FreshResult> {
  const world = new World(root, languages, seededRandom(seed));
  const engine = await Engine.open({ workspace: root, env, indexUnit: 'codepoint' });
  const wrong: WrongAnswer[] = [];
  const kinds = new Map<string, number>();
  let questions = 0;
  try {
    for (let operation = 1; operation <= operations; operation += 1) {
      const what = world.change();
      const kind = what.replace(/ ?(web\/)?(m|use|moved)\d\.\w+| ?[\w./-]+\/package\d| [0-9a-f]{8}$/g, '').trim();
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      onOperation?.(operation, what);
      const question = questionAbout(world);
      questions += 1;
      const found = question.read(await engine.run(question.request));
      if (JSON.stringify(found) === JSON.stringify(question.expected)) continue;
      wrong.push({ operation, what, expected: question.expected, found, fresh: question.read(await askFresh(root, env, question.request)) });
    }
  } finally {
    await engine.close();
  }
  return { questions, wrong, kinds };
}

interface Question {
  readonly request: { readonly cmd: string; readonly args: Record<string, string | string[]> };
  readonly expected: unknown;
  read(bundle: Bundle): unknown;
}

/** Mostly the diagnostics of a file, now and then those of all, or where something is defined. */
function questionAbout(world: World): Question {
  const truths = world.truths();
  const definitions = world.definitions();
  if (definitions.length > 0 && world.pick([true, false, false, false])) {
    const { selector, uri, line } = world.pick(definitions);
    return { request: { cmd: 'def', args: { selector } }, expected: [`${uri}:${String(line)}`], read: ({ error, facts }) => error?.code ?? facts.definitions?.map((place) => `${place.uri}:${String(place.range[0])}`) };
  }
  const paths = world.pick([true, false, false, false]) ? [...truths.keys()].sort() : [world.pick([...truths.keys()])];
  const expected = paths.flatMap((path) => (truths.get(path) ?? []).map((line) => `${path} ${line}`)).sort();
  return {
    request: { cmd: 'diag', args: { paths } },
    expected,
    read: ({ error, facts }) => error?.code ?? facts.diagnostics?.map(({ uri, range, code, severity }) => `${pathFromUri(uri)} ${String(range[0] + 1)} ${String(code)} ${severity}`).sort(),
  };
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
