import * as z from 'zod';
import type { Immutable } from './immutable.js';
import { jsonObjectSchema } from './json.js';

/** What was asked. `args` hold only what changes the answer, defaults filled in; `selector` is the canonical string. */
export const requestSchema = z
  .strictObject({
    cmd: z.string().meta({ description: 'The short name of the command.' }),
    args: jsonObjectSchema,
    selector: z.string().exactOptional(),
  })
  .meta({ id: 'Request' });

export type BundleRequest = Immutable<z.infer<typeof requestSchema>>;
