import * as z from 'zod';
import type { Immutable } from './immutable.js';

/** What `assay schema validate` found. */
export const validationSchema = z
  .strictObject({
    files: z.int().min(0),
    documents: z.int().min(0),
    valid: z.int().min(0),
    schemas: z.record(z.string(), z.int().min(1)).meta({ description: 'How many documents there are of each published schema.' }),
    invalid: z.array(
      z.strictObject({
        file: z.string(),
        line: z.int().min(1),
        schema: z.string().nullable().meta({ description: 'Null for a document that claims to be of none.' }),
        at: z.string().meta({ description: 'The path of keys to what is wrong; empty for the whole document.' }),
        says: z.string(),
      }),
    ),
  })
  .meta({ id: 'Validation' });

export type Validation = Immutable<z.infer<typeof validationSchema>>;
