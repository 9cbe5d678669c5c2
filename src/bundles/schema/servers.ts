import * as z from 'zod';
import { pinSchema } from '../../base/configuration.js';
import type { Immutable } from './immutable.js';
import { digestSchema } from './json.js';

/** A language server as `assay servers` lists it. What is null is not known, mostly because it is not installed. */
export const knownServerSchema = z
  .strictObject({
    id: z.string(),
    role: z.enum(['checker', 'alternative', 'format', 'linter']).meta({
      description: 'checker: answers for its languages unasked; alternative, format: when chosen; linter: adds its diagnostics when chosen.',
    }),
    languages: z.array(z.string()),
    extensions: z.array(z.string()),
    installed: z.boolean(),
    name: z.string().nullable(),
    version: z.string().nullable(),
    integrity: digestSchema.nullable(),
    from: z.enum(['assay', 'workspace', 'PATH', 'configuration']).nullable(),
    pin: pinSchema.nullable(),
    differences: z.array(z.strictObject({ what: z.string(), pinned: z.string(), found: z.string() })).meta({ description: 'How the installed one is not the pinned one.' }),
    files: z.int().min(0).meta({ description: 'How many files of the workspace it answers for.' }),
    install: z.string(),
    problem: z.string().nullable(),
  })
  .meta({ id: 'KnownServer' });

/** One thing that `assay doctor` looked at. */
export const checkSchema = z
  .strictObject({
    check: z.string(),
    server: z.string().nullable(),
    status: z.enum(['ok', 'warning', 'problem', 'skipped']),
    says: z.string(),
    mend: z.string().nullable().meta({ description: 'What to do about it.' }),
  })
  .meta({ id: 'Check' });

/** What `assay init` wrote and recorded. */
export const setupSchema = z
  .strictObject({
    file: z.string(),
    change: z.enum(['created', 'updated', 'unchanged']),
    pins: z.record(z.string(), pinSchema),
    replaced: z.record(z.string(), pinSchema).meta({ description: 'Pins that said something else before.' }),
    executables: z.array(z.strictObject({ what: z.string(), digest: digestSchema, trusted: z.boolean() })).meta({ description: 'What of the workspace runs only when trusted.' }),
  })
  .meta({ id: 'Setup' });

export type KnownServer = Immutable<z.infer<typeof knownServerSchema>>;
export type Check = Immutable<z.infer<typeof checkSchema>>;
export type Setup = Immutable<z.infer<typeof setupSchema>>;
