import * as z from 'zod';
import type { Immutable } from './immutable.js';
import { digestSchema } from './json.js';
import { rangeSchema, uriSchema } from './location.js';
import { serverSchema } from './environment.js';

/** A fact that a server did not always give: found by `assay doctor --determinism`, marked in later answers, and part of no reward. */
export const unstableFactSchema = z
  .strictObject({
    cmd: z.enum(['def', 'refs', 'hover', 'diag']).meta({ description: 'The question that had more than one answer.' }),
    uri: uriSchema,
    range: rangeSchema.meta({ description: 'Where it was asked; of a diagnostic, where it stood.' }),
    selector: z.string(),
    content: digestSchema.meta({ description: 'Of the text of the file that was asked about.' }),
    server: serverSchema,
    differs: z.enum(['between servers', 'with the order', 'when asked again']).meta({
      description: 'between servers: fresh ones that were asked the same in the same order; with the order of the questions; when asked again: one server.',
    }),
    diagnostic: z
      .strictObject({
        source: z.string(),
        code: z.union([z.string(), z.number(), z.null()]),
        lineText: z.string().meta({ description: 'The line that it stood on, trimmed: by this it is known again after an edit.' }),
        count: z.int().min(1).meta({ description: 'How many of these one answer had at most.' }),
      })
      .exactOptional(),
  })
  .meta({ id: 'UnstableFact' });

export type UnstableFact = Immutable<z.infer<typeof unstableFactSchema>>;
