import * as z from 'zod';
import { bundleSchema } from './bundle.js';
import type { Immutable } from './immutable.js';
import { digestSchema, jsonObjectSchema, unitIntervalSchema } from './json.js';

/** It is printed again as it came, which half a character cannot be. */
const printable = z.string().refine((text) => text.isWellFormed(), 'holds half a character (a lone surrogate)');
const idSchema = z.union([printable, z.number()]);

/** One line of the input of `assay batch`. */
export const batchRequestSchema = z.strictObject({ id: idSchema, cmd: z.string(), args: jsonObjectSchema });

/** One line of the output of `assay batch`. `id` is null when the input line was too broken to have one. With `--fields` a bundle is not whole. */
export const batchAnswerSchema = z.union([
  z.strictObject({ id: idSchema.nullable(), bundle: bundleSchema }),
  z.strictObject({ id: idSchema.nullable(), trimmed: z.literal(true), bundle: z.looseObject({ bundleId: digestSchema, status: z.enum(['ok', 'error']) }) }),
]);

/** One line of the input of `assay score` and `assay rank`. Unknown keys are ignored: users bring their own data sets. */
export const scoreRequestSchema = z.looseObject({
  id: idSchema.exactOptional(),
  instance_id: printable.exactOptional(),
  system: z.string().exactOptional(),
  base: z.string().exactOptional(),
  patch: z.string(),
  problem_statement: z.string().exactOptional(),
  resolved: z.boolean().exactOptional(),
});

/** One line of the output of `assay score`. */
export const scoreRecordSchema = z.strictObject({
  id: idSchema,
  r: z.number().nullable(),
  p: unitIntervalSchema.nullable(),
  abstain: z.boolean(),
  gates: z.array(z.string()),
  bundleId: digestSchema,
  bundle: bundleSchema.exactOptional(),
});

/** One line of the output of `assay rank`: best first. */
export const rankRecordSchema = z.strictObject({
  instance_id: z.string(),
  order: z.array(z.strictObject({ id: idSchema, score: z.number(), reasons: z.array(z.string()) })),
});

/** Returns the id of a line that may be broken otherwise; null where it has none. */
export function idOf(value: unknown): string | number | null {
  const parsed = z.looseObject({ id: idSchema }).safeParse(value);
  return parsed.success ? parsed.data.id : null;
}

export type BatchRequest = Immutable<z.infer<typeof batchRequestSchema>>;
export type ScoreRequest = Immutable<z.infer<typeof scoreRequestSchema>>;
export type ScoreRecord = Immutable<z.infer<typeof scoreRecordSchema>>;
export type RankRecord = Immutable<z.infer<typeof rankRecordSchema>>;
