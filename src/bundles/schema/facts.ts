import * as z from 'zod';
import { diagnosticSchema } from './diagnostic.js';
import type { Immutable } from './immutable.js';
import { unitIntervalSchema } from './json.js';
import { locationSchema, rangeSchema, symbolSchema } from './location.js';
import { checkSchema, knownServerSchema, setupSchema } from './servers.js';
import { unstableFactSchema } from './unstable.js';
import { validationSchema } from './validation.js';

const hoverSchema = z.strictObject({ contents: z.string(), range: rangeSchema.nullable() });

const signatureSchema = z.strictObject({
  signatures: z.array(
    z.strictObject({ label: z.string(), documentation: z.string().nullable(), parameters: z.array(z.strictObject({ label: z.string() })) }),
  ),
  activeSignature: z.int().min(0).nullable(),
  activeParameter: z.int().min(0).nullable(),
});

const callSchema = z.union([
  z.strictObject({ from: symbolSchema, ranges: z.array(rangeSchema) }),
  z.strictObject({ to: symbolSchema, ranges: z.array(rangeSchema) }),
]);

const completionSchema = z.strictObject({ label: z.string(), kind: z.string().nullable(), detail: z.string().nullable(), insertText: z.string().nullable() });

const prepareRenameSchema = z
  .strictObject({ ...locationSchema.shape, placeholder: z.string().meta({ description: 'The name that would be replaced.' }) })
  .meta({ id: 'PreparedRename' });

const actionSchema = z.strictObject({
  id: z.string().meta({ description: 'Names the action among those of its place: the same kind and title have the same id.' }),
  title: z.string(),
  kind: z.string().nullable(),
  isPreferred: z.boolean(),
  disabledReason: z.string().nullable(),
  commandOnly: z.boolean().meta({ description: 'True for a command that may do anything: it cannot be shown beforehand, so it is never run.' }),
});

/**
 * Which files an answer speaks about, as sorted workspace paths: a file in no list was not asked for. `incomplete`: the diagnostics are
 * those that the server has published so far, and it did not say for which content; that there are none does not make the file clean.
 */
const factsCoverageSchema = z
  .strictObject({
    measured: z.array(z.string()),
    unmeasured: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
    incomplete: z.array(z.strictObject({ path: z.string(), reason: z.string() })).exactOptional(),
  })
  .meta({ id: 'FactsCoverage' });

const recoverySchema = z
  .strictObject({
    outcome: z.enum(['nothing', 'finished', 'taken-back', 'blocked', 'abandoned']),
    transaction: z.string().exactOptional(),
    paths: z.array(z.string()).exactOptional().meta({ description: 'The files of the transaction; with blocked, those that changed since.' }),
  })
  .meta({ id: 'Recovery', description: 'What became of an edit that was cut short.' });
const numberList = z.array(z.number());

/** The run of an agent, step by step. */
const trajectorySchema = z
  .strictObject({
    phiStart: z.number(),
    steps: z.array(
      z.strictObject({
        kind: z.enum(['read', 'edit', 'unknown']),
        reason: z.string().exactOptional().meta({ description: 'Why what the step did cannot be known.' }),
        files: z.array(z.string()).meta({ description: 'What differs from the last known state.' }),
        phi: z.number().nullable().meta({ description: 'Φ of the state after the step; null when it is not known.' }),
        r: z.number().nullable().meta({ description: 'Φ minus that of the last known state; null when it is not known, never 0 for it.' }),
        spans: z.int().min(0).meta({ description: 'How many steps r speaks of.' }),
        introduced: z.int().min(0).nullable().meta({ description: 'Against the base.' }),
        fixed: z.int().min(0).nullable(),
        gates: z.array(z.string()),
        p: unitIntervalSchema.nullable().meta({ description: "The model's p that the run will end in a right patch, from the patch so far and the kinds of its actions. Part of no reward. Null without a model, a problem, or a known state." }),
      }),
    ),
    progress: z.number(),
    firstBadStep: z.int().min(0).nullable().meta({ description: '0-based.' }),
    backtrackTo: z.int().min(0).nullable().meta({ description: 'The number of steps to keep; null when the run ends in its best state.' }),
    aggregates: z.strictObject({ min: z.number().nullable(), lse: z.number().nullable(), last: z.number().nullable(), mean: z.number().nullable(), delta: numberList, clip: numberList }),
    taints: z.array(z.strictObject({ step: z.int().min(0), rule: z.enum(['future-history', 'network', 'installed-copy']) })),
  })
  .meta({ id: 'Trajectory' });

/**
 * What a server said, one key per kind of question; a key that is absent was not asked. An empty list and null are answers:
 * the server was asked and knows of none.
 */
export const factsSchema = z
  .strictObject({
    definitions: z.array(locationSchema).exactOptional(),
    declarations: z.array(locationSchema).exactOptional(),
    typeDefinitions: z.array(locationSchema).exactOptional(),
    implementations: z.array(locationSchema).exactOptional(),
    references: z.array(locationSchema).exactOptional(),
    highlights: z.array(locationSchema).exactOptional(),
    hover: hoverSchema.nullable().exactOptional(),
    prepareRename: prepareRenameSchema.nullable().exactOptional(),
    signature: signatureSchema.nullable().exactOptional(),
    symbols: z.array(symbolSchema).exactOptional(),
    calls: z.array(callSchema).exactOptional(),
    types: z.array(symbolSchema).exactOptional(),
    completions: z.array(completionSchema).exactOptional(),
    diagnostics: z.array(diagnosticSchema).exactOptional(),
    actions: z.array(actionSchema).exactOptional(),
    trajectory: trajectorySchema.exactOptional(),
    coverage: factsCoverageSchema.exactOptional(),
    recovery: recoverySchema.exactOptional(),
    servers: z.array(knownServerSchema).exactOptional(),
    checks: z.array(checkSchema).exactOptional(),
    setup: setupSchema.exactOptional(),
    validation: validationSchema.exactOptional(),
    unstable: z.array(unstableFactSchema).exactOptional().meta({ description: 'What of this answer is known to have had other answers; of assay doctor --determinism, everything that it found.' }),
    truncated: z.literal(true).exactOptional(),
    nextCursor: z.string().exactOptional().meta({ description: 'Give it as --cursor to get the next page; only with truncated.' }),
  })
  .meta({ id: 'Facts' });

export type BundleFacts = Immutable<z.infer<typeof factsSchema>>;
