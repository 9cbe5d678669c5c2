import * as z from 'zod';
import { EXIT_CODE, type FailureCode } from '../../base/failure.js';
import { editsSchema } from './edits.js';
import { environmentSchema } from './environment.js';
import { factsSchema } from './facts.js';
import type { Immutable } from './immutable.js';
import { digestSchema, jsonObjectSchema, jsonSchema } from './json.js';
import { processRewardSchema } from './process-reward.js';
import { requestSchema } from './request.js';
import { resolutionSchema } from './resolution.js';

export const BUNDLE_VERSION = 'assay/1';
export const HASHING = 'sha256-jcs-v1';

const failureCodes = Object.keys(EXIT_CODE) as [FailureCode, ...FailureCode[]];

const errorSchema = z
  .strictObject({
    code: z.enum(failureCodes),
    message: z.string(),
    hint: z.string().meta({ description: 'What to do next; empty when there is nothing to do.' }),
    retryable: z.boolean().meta({ description: 'True when the same request may pass if it is sent again unchanged.' }),
    details: jsonSchema.exactOptional(),
  })
  .meta({ id: 'Error' });

/** How the answer came about. Never hashed, and open: a reader ignores what it does not know. */
const metaSchema = z
  .looseObject({
    exitCode: z.int().min(0).max(255),
    hashing: z.literal(HASHING),
    sortingKeys: z.array(z.string()),
    durationMs: z.number().min(0),
    cache: z.enum(['none', 'cold', 'warm', 'memo']).meta({
      description: 'none: no server was needed; cold: one was started; warm: a running one answered; memo: an earlier bundle was served again.',
    }),
    node: z.string(),
    timings: z.record(z.string(), z.number()).exactOptional(),
    commit: z.string().exactOptional().meta({ description: 'The commit that --commit made. Its hash depends on the clock.' }),
    recovery: z.string().exactOptional().meta({ description: 'What became of an earlier edit that was cut short, as a sentence.' }),
  })
  .meta({ id: 'Meta' });

/**
 * The one output document of every operation (publicly documented, do not change without a new version).
 *
 * Hash domain: `bundleId` is the SHA-256 of the RFC 8785 form of an object with the keys `request`, `resolution`, `facts`,
 * `edits`, `processReward`, `environment`, `capabilities` and, when present, `error`. Before that
 * - every number that is not an integer is rounded to 4 decimals, and -0 is 0;
 * - location lists are ordered, and lists of plain locations hold no exact duplicate;
 * - `message` is left out of every diagnostic and of its `relatedInformation`, wherever it stands in `facts`, `edits` and
 *   `processReward`, because the text of inferred types depends on a server's history.
 * `version`, `bundleId`, `status` and `meta` are outside. All but the last step also hold for the printed bundle, so that the
 * id can be recomputed from a printed line.
 */
export const bundleSchema = z.strictObject({
  version: z.literal(BUNDLE_VERSION),
  bundleId: digestSchema,
  status: z.enum(['ok', 'error']),
  request: requestSchema,
  resolution: resolutionSchema.nullable(),
  facts: factsSchema,
  edits: editsSchema.nullable(),
  processReward: processRewardSchema.nullable(),
  environment: environmentSchema,
  capabilities: jsonObjectSchema.meta({ description: 'What the pinned servers offer, normalised.' }),
  error: errorSchema.exactOptional(),
  meta: metaSchema,
});

export type Bundle = Immutable<z.infer<typeof bundleSchema>>;
export type BundleError = Immutable<z.infer<typeof errorSchema>>;
