import { dirname, join } from 'node:path';
import * as z from 'zod';
import { canonicalJson } from '../../base/canonical-json.js';
import { sha256 } from '../../base/digest.js';
import { Failure } from '../../base/failure.js';
import { parseJson } from '../../base/parse-json.js';
import { readModelFile } from './model-files.js';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const share = z.number().min(0).max(1);
const fileSchema = z.strictObject({ file: z.string(), digest, bytes: z.int().min(1) });

/** p = σ(slope·logit + intercept), then, where `map` is given, the isotonic step function through its points. */
const calibrationSchema = z.strictObject({
  slope: z.number().positive(),
  intercept: z.number(),
  map: z.array(z.strictObject({ from: share, p: share })).min(1).exactOptional(),
});

const headSchema = z.strictObject({ output: z.string(), calibration: calibrationSchema });

const featureInputSchema = z.strictObject({
  kind: z.literal('features'),
  /** The one input, float32 [1, n]: the numbers of these names, in this order, 0 where a head does not read them. */
  tensor: z.string(),
  names: z.array(z.string()).min(1),
});

const textInputSchema = z.strictObject({
  kind: z.literal('text'),
  tokenizer: fileSchema,
  /** tokenizer_config.json of the same tokenizer. */
  tokenizerConfig: fileSchema.exactOptional(),
  maxTokens: z.int().min(8).max(8192),
  /** How many characters of the problem it reads, so that a long one leaves room for the patch; 2,000 when it is not said. */
  problemMax: z.int().min(0).exactOptional(),
  /** Names of the int64 inputs; null where the model has none. */
  ids: z.string(),
  mask: z.string().nullable(),
  types: z.string().nullable(),
  /** Which of the classes of the output means "right". A single class is a logit by itself. */
  positive: z.int().min(0),
});

export const cardSchema = z.strictObject({
  schema: z.literal('assay-model/1'),
  name: z.string(),
  model: fileSchema,
  input: z.discriminatedUnion('kind', [featureInputSchema, textInputSchema]),
  heads: z.strictObject({ patch: headSchema, hunk: headSchema.exactOptional(), step: headSchema.exactOptional(), group: headSchema.exactOptional() }),
  /** Weights of a ranking: log-odds of p, gain of φ_D, loss of φ_S, logarithm of the agreement. All 0 or more. */
  fusion: z.strictObject({ p: z.number().min(0), facts: z.number().min(0), safety: z.number().min(0), consensus: z.number().min(0) }),
  /** η of the aggregator `clip`. */
  clipEta: share,
  abstain: z.strictObject({
    /** The output that says how unlike the training data an input is, and the most that is still trusted; null without one. */
    novelty: z.strictObject({ output: z.string(), max: z.number().positive() }).nullable(),
    /** The most of some of the numbers that is still trusted: larger patches than nearly all that were learned from. */
    sizes: z.record(z.string(), z.number().min(0)).exactOptional(),
    /** A p nearer to one half than this says nothing. */
    margin: z.number().min(0).max(0.5),
    /** True when the model compares a patch with the problem, and so says nothing without one. */
    withoutProblem: z.boolean(),
  }),
  training: z.looseObject({ data: z.array(z.looseObject({ source: z.string(), licence: z.string(), records: z.int().min(0) })) }),
  metrics: z.record(z.string(), z.unknown()),
  riskCoverage: z.array(z.strictObject({ coverage: share, risk: share })),
  limits: z.array(z.string()),
});

export type ModelCard = z.infer<typeof cardSchema>;
export type Calibration = z.infer<typeof calibrationSchema>;
export type Head = keyof ModelCard['heads'];

/** A card with the bytes that it names, each of which has the digest that the card says. */
export interface LoadedCard {
  readonly card: ModelCard;
  /** Over the canonical JSON of the card, and so over everything that a score depends on but the runtime. */
  readonly digest: string;
  readonly model: Uint8Array;
  readonly tokenizer: Uint8Array | null;
  readonly tokenizerConfig: Uint8Array | null;
}

/** Reads a card and its files. Throws E/BAD_ARGUMENT for a card that is none and E/VERSION_SKEW for a file that is another one. */
export async function loadCard(path: string): Promise<LoadedCard> {
  const card = parseCard(await readModelFile(path), path);
  const folder = dirname(path);
  const text = card.input.kind === 'text' ? card.input : null;
  return {
    card,
    digest: sha256(canonicalJson(card)),
    model: await readPinned(folder, card.model),
    tokenizer: text === null ? null : await readPinned(folder, text.tokenizer),
    tokenizerConfig: text?.tokenizerConfig === undefined ? null : await readPinned(folder, text.tokenizerConfig),
  };
}

function parseCard(bytes: Uint8Array, path: string): ModelCard {
  const parsed = cardSchema.safeParse(parseJson(Buffer.from(bytes).toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new Failure('E/BAD_ARGUMENT', `${path} is no model card: ${z.prettifyError(parsed.error)}`, { hint: 'docs/model.md says what a card holds. Nothing was scored.' });
}

async function readPinned(folder: string, { file, digest: wanted }: z.infer<typeof fileSchema>): Promise<Uint8Array> {
  const bytes = await readModelFile(join(folder, file));
  const found = sha256(bytes);
  if (found === wanted) return bytes;
  throw new Failure('E/VERSION_SKEW', `${file} is not the file that the card pins: ${found} instead of ${wanted}`, {
    hint: 'Restore the file, or write a card for this one. Nothing was scored.',
  });
}
