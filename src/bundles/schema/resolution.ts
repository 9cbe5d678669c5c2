import * as z from 'zod';
import type { Immutable } from './immutable.js';
import { unitIntervalSchema } from './json.js';
import { rangeSchema, uriSchema } from './location.js';

/** How a candidate was found: named outright, mapped through a diff, by the syntax tree, or by similar text. */
const howSchema = z.enum(['exact', 'mapped', 'structural', 'fuzzy']);

const candidateSchema = z
  .strictObject({
    uri: uriSchema,
    range: rangeSchema,
    selector: z.string(),
    symbolId: z.string().exactOptional(),
    score: unitIntervalSchema,
    features: z.record(z.string(), z.number()).meta({ description: 'The terms of the score by name.' }),
    how: howSchema,
    evidence: z.array(z.string()).meta({ description: 'Whole sentences: why this place.' }),
  })
  .meta({ id: 'Candidate' });

/** What a selector was taken to mean. `resolved` is null when no candidate could be chosen; candidates are best first. */
export const resolutionSchema = z
  .strictObject({
    original: z.string(),
    resolved: z.strictObject({ uri: uriSchema, range: rangeSchema, symbolId: z.string().exactOptional() }).nullable(),
    alphaConf: unitIntervalSchema.meta({ description: 'Calibrated confidence of the top candidate; 0 when there is none.' }),
    candidates: z.array(candidateSchema),
    weights: z.record(z.string(), z.number()),
  })
  .meta({ id: 'Resolution' });

export type BundleResolution = Immutable<z.infer<typeof resolutionSchema>>;
export type BundleCandidate = BundleResolution['candidates'][number];
