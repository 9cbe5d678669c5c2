import * as z from 'zod';
import type { Immutable } from './immutable.js';

const coordinate = z.int().min(0);

export const rangeSchema = z
  .tuple([coordinate, coordinate, coordinate, coordinate])
  .meta({ id: 'Range', description: '[startLine, startColumn, endLine, endColumn]: 0-based UTF-16 code units, end exclusive.' });

export const uriSchema = z
  .string()
  .min(1)
  .regex(/^(?![a-zA-Z]:[\\/])(?!\/)(?!file:)/)
  .meta({ id: 'Uri', description: 'RFC 3986 relative reference from the workspace root, or ext://<package>@<version>/path outside it.' });

/** A bare place: what rewards and resolutions point at. */
export const placeSchema = z.strictObject({ uri: uriSchema, range: rangeSchema }).meta({ id: 'Place' });

const locationFields = {
  uri: uriSchema,
  range: rangeSchema,
  selector: z.string().meta({ description: 'A text address of this place, to store and use later.' }),
  symbolId: z.string().exactOptional().meta({ description: 'Names the declaration across edits.' }),
};

/** A place with the address to come back to it. */
export const locationSchema = z.strictObject(locationFields).meta({ id: 'Location' });

/** A declaration as `symbols`, `calls` and `types` list it. */
export const symbolSchema = z
  .strictObject({
    ...locationFields,
    name: z.string(),
    kind: z.string().meta({ description: "LSP's word for the kind of symbol, in camelCase." }),
    selectionRange: rangeSchema.meta({ description: 'The name token.' }),
    containerName: z.string().exactOptional(),
    detail: z.string().exactOptional(),
  })
  .meta({ id: 'Symbol' });

export type BundleLocation = Immutable<z.infer<typeof locationSchema>>;
export type BundleSymbol = Immutable<z.infer<typeof symbolSchema>>;
