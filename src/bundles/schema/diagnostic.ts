import * as z from 'zod';
import type { Immutable } from './immutable.js';
import { rangeSchema, uriSchema } from './location.js';

const severitySchema = z.enum(['error', 'warning', 'information', 'hint']);

const relatedInformationSchema = z.strictObject({ uri: uriSchema, range: rangeSchema, message: z.string() });

/** What a checker says of one place. `message` is evidence for people and never part of a bundle's hash. */
export const diagnosticFields = {
  uri: uriSchema,
  range: rangeSchema,
  severity: severitySchema,
  code: z.union([z.string(), z.number(), z.null()]).meta({ description: "The checker's own rule name or number; null where it names none." }),
  message: z.string().meta({ description: 'Not part of the hash: the text of inferred types depends on what a server has seen before.' }),
  source: z.string(),
  relatedInformation: z.array(relatedInformationSchema).exactOptional(),
};

export const diagnosticSchema = z
  .strictObject({ ...diagnosticFields, selector: z.string(), unstable: z.literal(true).exactOptional().meta({ description: 'Asked again, the server did not always say this: see facts.unstable.' }) })
  .meta({ id: 'Diagnostic' });

export type BundleDiagnostic = Immutable<z.infer<typeof diagnosticSchema>>;
