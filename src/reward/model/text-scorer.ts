import { Failure } from '../../base/failure.js';
import type { LoadedCard, ModelCard } from './card.js';
import { readLivePatch, type LiveHunk } from './live-patch.js';
import { STRING } from './code-lines.js';
import type { Feed, OnnxSession } from './onnx-session.js';
import type { RawHunkScore, RawScore, Scorer } from './scorer.js';

/** What is used of @huggingface/tokenizers, whose own types do not resolve under Node's rules. */
interface Tokenizer {
  encode(text: string): { readonly ids: readonly number[] };
}
interface TokenizerModule {
  readonly Tokenizer: new (tokenizer: object, config: object) => Tokenizer;
}

type TextInput = Extract<ModelCard['input'], { kind: 'text' }>;

/**
 * Returns the heads of a sequence classifier as Hugging Face's tools export it: token ids in, class logits out. It reads the
 * problem and the code of the patch; comments and the content of strings do not reach it, and a long patch is cut at its end.
 */
export async function textScorer(loaded: LoadedCard, input: TextInput, session: OnnxSession): Promise<Scorer> {
  checkShapes(loaded.card, input, session);
  const tokenizer = await openTokenizer(loaded);
  const { output } = loaded.card.heads.patch;
  const score = async (text: string): Promise<RawScore> => {
    const ids = tokenizer.encode(text).ids.slice(0, input.maxTokens);
    if (!ids.every((id) => Number.isInteger(id))) throw new Failure('E/BAD_ARGUMENT', 'the tokenizer of the card has no number for some of the words', { hint: 'Give it an unknown-word token. Nothing was scored.' });
    const feeds: Feed[] = [feed(input.ids, ids)];
    if (input.mask !== null) feeds.push(feed(input.mask, ids.map(() => 1)));
    if (input.types !== null) feeds.push(feed(input.types, ids.map(() => 0)));
    const logits = (await session.run(feeds, [output]))[output];
    return { logit: logOdds(logits ?? new Float32Array(), input.positive), novelty: null, oversize: null };
  };
  const scoreHunks = (problem: string, hunks: readonly LiveHunk[]): Promise<RawScore> => score(patchText(problem.slice(0, input.problemMax ?? PROBLEM_MAX), hunks));
  return {
    patch: ({ patch, problem }) => scoreHunks(problem, readLivePatch(patch).hunks),
    hunks: async ({ patch, problem }) => {
      const scores: RawHunkScore[] = [];
      for (const hunk of readLivePatch(patch).hunks) scores.push({ path: hunk.path, start: hunk.start, span: hunk.span, ...(await scoreHunks(problem, [hunk])) });
      return scores;
    },
    step: ({ patch, problem }) => scoreHunks(problem, readLivePatch(patch).hunks),
    group: () => Promise.resolve(null),
  };
}

const PROBLEM_MAX = 2000;

/** What the classifier reads (publicly documented, do not change): the problem, then per hunk its path and its lines of code. The twin of `text_of` in training/commits.py. */
function patchText(problem: string, hunks: readonly LiveHunk[]): string {
  const code = hunks.map(({ path, lines }) => [path, ...lines.map(({ tag, tokens }) => `${tag}${tokens.join(' ').replaceAll(STRING, '""')}`)].join('\n'));
  return [problem, ...code].join('\n\n');
}

/** Loaded only when a card asks for it, so that other commands do not pay for it. */
async function openTokenizer({ tokenizer, tokenizerConfig }: LoadedCard): Promise<Tokenizer> {
  const { Tokenizer } = (await import('@huggingface/tokenizers')) as unknown as TokenizerModule;
  try {
    const parse = (bytes: Uint8Array | null): object => (bytes === null ? {} : (JSON.parse(Buffer.from(bytes).toString('utf8')) as object));
    return new Tokenizer(parse(tokenizer), parse(tokenizerConfig));
  } catch (cause) {
    throw new Failure('E/BAD_ARGUMENT', `the tokenizer of the card cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { hint: 'It must be a tokenizer.json of Hugging Face. Nothing was scored.', cause });
  }
}

function checkShapes({ heads }: ModelCard, input: TextInput, session: OnnxSession): void {
  const wanted = [input.ids, input.mask, input.types].filter((name) => name !== null).sort();
  const found = session.inputs.map(({ name }) => name).sort();
  if (wanted.join() !== found.join() || session.inputs.some(({ type }) => type !== 'int64')) {
    const types = session.inputs.map(({ name, type }) => `${name} (${type})`).join(', ');
    throw new Failure('E/VERSION_SKEW', `the card says that the model reads ${wanted.join(', ')} (int64); it reads ${types}`, { hint: 'Name its inputs in the card. Nothing was scored.' });
  }
  const missing = Object.values(heads).map(({ output }) => output).filter((name) => !session.outputs.some((output) => output.name === name));
  if (missing.length > 0) {
    const names = session.outputs.map(({ name }) => name).join(', ');
    throw new Failure('E/VERSION_SKEW', `the card names outputs that the model does not have: ${missing.join(', ')}; it has ${names}`, { hint: 'Name its outputs in the card. Nothing was scored.' });
  }
  // A model need not say how many classes it has: then it shows when it runs.
  const classes = session.outputs.find(({ name }) => name === heads.patch.output)?.shape.at(-1) ?? null;
  if (classes !== null && input.positive >= classes) throw notSoManyClasses(classes, input.positive);
}

function notSoManyClasses(classes: number, positive: number): Failure {
  return new Failure('E/VERSION_SKEW', `the model gives ${String(classes)} classes, and the card says that number ${String(positive)} means right`, { hint: 'Mend `positive` in the card. Nothing was scored.' });
}

function feed(name: string, values: readonly number[]): Feed {
  return { name, type: 'int64', data: BigInt64Array.from(values, BigInt), dims: [1, values.length] };
}

/** The log-odds of the class that means "right" against all others. */
function logOdds(logits: Float32Array, positive: number): number {
  const own = logits[positive];
  if (own === undefined) throw notSoManyClasses(logits.length, positive);
  if (logits.some((logit) => !Number.isFinite(logit))) throw new Failure('E/VERSION_SKEW', 'the model gives logits that are no finite numbers', { hint: 'Export it again. Nothing was scored.' });
  if (logits.length === 1) return own;
  const others = [...logits].filter((_, index) => index !== positive);
  const most = Math.max(...others);
  return own - (most + Math.log(others.reduce((sum, logit) => sum + Math.exp(logit - most), 0)));
}
