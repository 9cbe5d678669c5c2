import * as z from 'zod';
import type { Json } from '../../base/canonical-json.js';

/** Any JSON value. */
export const jsonSchema: z.ZodType<Json> = z.json();

/** An object whose values are any JSON. */
export const jsonObjectSchema = z.record(z.string(), jsonSchema);

/** `sha256:` and 64 hex digits. */
export const digestSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .meta({ id: 'Digest', description: 'sha256: and 64 hex digits.' });

/** A number in [0,1]. */
export const unitIntervalSchema = z.number().min(0).max(1);
