import * as z from 'zod';
import type { Immutable } from './immutable.js';
import { digestSchema } from './json.js';
import { rangeSchema, uriSchema } from './location.js';
import { diagnosticDeltaSchema } from './process-reward.js';

const positionSchema = z.strictObject({ line: z.int().min(0), character: z.int().min(0) });
const lspRangeSchema = z.strictObject({ start: positionSchema, end: positionSchema });
const textEditSchema = z.strictObject({ range: lspRangeSchema, newText: z.string() });

const existsOptionsSchema = z.strictObject({ overwrite: z.boolean().exactOptional(), ignoreIfExists: z.boolean().exactOptional() });

const documentChangeSchema = z.union([
  z.strictObject({
    textDocument: z.strictObject({ uri: uriSchema, version: z.null() }),
    edits: z.array(textEditSchema),
  }),
  z.strictObject({ kind: z.literal('create'), uri: uriSchema, options: existsOptionsSchema.exactOptional() }),
  z.strictObject({ kind: z.literal('rename'), oldUri: uriSchema, newUri: uriSchema, options: existsOptionsSchema.exactOptional() }),
  z.strictObject({ kind: z.literal('delete'), uri: uriSchema, options: z.strictObject({ recursive: z.boolean().exactOptional(), ignoreIfNotExists: z.boolean().exactOptional() }).exactOptional() }),
]);

/** LSP's WorkspaceEdit with relative URIs, whose ranges keep LSP's own shape so that any LSP client can apply it. */
const workspaceEditSchema = z.strictObject({ documentChanges: z.array(documentChangeSchema) }).meta({ id: 'WorkspaceEdit' });

const fileChangeSchema = z
  .strictObject({ path: z.string(), before: digestSchema.nullable(), after: digestSchema.nullable() })
  .meta({ id: 'FileChange', description: 'Digests of the content; null before for a new file, null after for a deleted one.' });

const safetyCheckSchema = z.strictObject({
  name: z.string(),
  outcome: z.enum(['passed', 'failed', 'not-applicable']),
  critical: z.boolean(),
  message: z.string(),
});

const countSchema = z.int().min(0);

/** Occurrences of an old name that a rename leaves alone. */
const mentionsSchema = z
  .strictObject({
    comments: countSchema,
    strings: countSchema,
    texts: countSchema.meta({ description: 'In documentation, settings and other files that are no code.' }),
    places: z.array(z.strictObject({ uri: uriSchema, range: rangeSchema, kind: z.enum(['comment', 'string', 'text']) })).meta({ description: 'The first twenty of each kind.' }),
  })
  .meta({ id: 'Mentions' });

const safetySchema = z
  .strictObject({
    verdict: z.enum(['safe', 'risky', 'refused']).meta({ description: 'refused: a critical check failed, and nothing is written; risky: another one did.' }),
    why: z.string().meta({ description: 'What the failed checks found, in one line; empty when it is safe.' }),
    checks: z.array(safetyCheckSchema),
    counts: z.strictObject({ code: countSchema, test: countSchema, comment: countSchema }).exactOptional().meta({ description: 'Renamed places by where they are; of other edits, the lines that come or go.' }),
    mentions: mentionsSchema.exactOptional(),
  })
  .meta({ id: 'Safety' });

const renamedSymbolSchema = z.strictObject({ uri: uriSchema, before: z.string(), after: z.string() }).meta({ id: 'RenamedSymbol', description: 'The symbolId of a declaration before and after a rename; uri is its file.' });

/** A planned or applied change of files. `delta` is null with `deltaReason` when the diagnostics could not be had. */
export const editsSchema = z
  .strictObject({
    workspaceEdit: workspaceEditSchema.nullable(),
    diff: z.string(),
    files: z.array(fileChangeSchema),
    safety: safetySchema,
    symbolIds: z.array(renamedSymbolSchema).exactOptional(),
    delta: diagnosticDeltaSchema.nullable(),
    deltaReason: z.string().exactOptional(),
    repairs: z.array(z.string()).exactOptional().meta({ description: 'What was mended in a patch that is not well-formed; absent when nothing was.' }),
    transaction: z.string().exactOptional(),
  })
  .meta({ id: 'Edits' });

export type BundleEdits = Immutable<z.infer<typeof editsSchema>>;
