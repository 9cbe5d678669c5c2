import * as z from 'zod';
import type { Immutable } from './immutable.js';
import { digestSchema } from './json.js';
import { uriSchema } from './location.js';
import { diagnosticDeltaSchema } from './process-reward.js';

const positionSchema = z.strictObject({ line: z.int().min(0), character: z.int().min(0) });
const lspRangeSchema = z.strictObject({ start: positionSchema, end: positionSchema });
const textEditSchema = z.strictObject({ range: lspRangeSchema, newText: z.string() });

const documentChangeSchema = z.union([
  z.strictObject({
    textDocument: z.strictObject({ uri: uriSchema, version: z.null() }),
    edits: z.array(textEditSchema),
  }),
  z.strictObject({ kind: z.literal('create'), uri: uriSchema }),
  z.strictObject({ kind: z.literal('rename'), oldUri: uriSchema, newUri: uriSchema }),
  z.strictObject({ kind: z.literal('delete'), uri: uriSchema }),
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

/** A planned or applied change of files. `delta` is null with `deltaReason` when the diagnostics could not be had. */
export const editsSchema = z
  .strictObject({
    workspaceEdit: workspaceEditSchema.nullable(),
    diff: z.string(),
    files: z.array(fileChangeSchema),
    safety: z.strictObject({ checks: z.array(safetyCheckSchema) }),
    delta: diagnosticDeltaSchema.nullable(),
    deltaReason: z.string().exactOptional(),
    repairs: z.array(z.string()).exactOptional().meta({ description: 'What was mended in a patch that is not well-formed; absent when nothing was.' }),
    transaction: z.string().exactOptional(),
  })
  .meta({ id: 'Edits' });

export type BundleEdits = Immutable<z.infer<typeof editsSchema>>;
