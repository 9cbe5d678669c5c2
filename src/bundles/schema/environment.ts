import * as z from 'zod';
import type { Immutable } from './immutable.js';
import { digestSchema } from './json.js';

/** One server whose word an answer is. */
export const serverSchema = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    integrity: z.string(),
    positionEncoding: z.enum(['utf-8', 'utf-16', 'utf-32']),
  })
  .meta({ id: 'Server' });

/** What the answer depended on besides the request. Null means that the request failed before it was known, or that there is none. */
export const environmentSchema = z
  .strictObject({
    tool: z.strictObject({ name: z.string(), version: z.string() }),
    servers: z.array(serverSchema),
    configDigest: digestSchema.nullable(),
    interpreter: z.strictObject({ implementation: z.string(), version: z.string() }).exactOptional(),
    dependencies: digestSchema.nullable().meta({ description: 'Digest of what the servers resolve outside the snapshot.' }),
    platform: z.string().meta({ description: 'os-arch.' }),
    snapshot: digestSchema.nullable(),
  })
  .meta({ id: 'Environment' });

export type BundleEnvironment = Immutable<z.infer<typeof environmentSchema>>;
