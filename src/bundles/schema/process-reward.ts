import * as z from 'zod';
import { diagnosticFields } from './diagnostic.js';
import { unitIntervalSchema } from './json.js';
import { placeSchema, rangeSchema } from './location.js';

const rewardDiagnosticSchema = z
  .strictObject({
    ...diagnosticFields,
    selector: z.string().exactOptional().meta({ description: 'A text address of this place in its version of the file, to store and use later.' }),
    symbol: z.string().meta({ description: 'Dotted name of the innermost enclosing declaration, <module> at file level.' }),
    lineText: z.string().meta({ description: "The first line of the diagnostic's range as written, trimmed." }),
  })
  .meta({ id: 'RewardDiagnostic' });

/** Before and after matched as multisets; every list is ordered by place. */
export const diagnosticDeltaSchema = z
  .strictObject({
    introduced: z.array(rewardDiagnosticSchema),
    fixed: z.array(rewardDiagnosticSchema),
    persisting: z.array(rewardDiagnosticSchema),
    updated: z.array(z.strictObject({ before: rewardDiagnosticSchema, after: rewardDiagnosticSchema })),
    removed: z.array(rewardDiagnosticSchema),
  })
  .meta({ id: 'DiagnosticDelta' });

const term = unitIntervalSchema.nullable();
const termsSchema = z.strictObject({ phiD: term, phiS: term, conf: term, phiP: term }).meta({ id: 'PotentialTerms' });
const weightsSchema = z.strictObject({ phiD: z.number(), phiS: z.number(), conf: z.number(), phiP: z.number() });

const diagnosticWeightSchema = z
  .strictObject({
    introduced: z.number(),
    preexisting: z.number(),
    suppressions: z.number(),
    escapeHatches: z.number(),
    danglingReferences: z.number(),
    unparsable: z.number(),
    total: z.number(),
  })
  .meta({ id: 'DiagnosticWeight' });

const pathReasonSchema = z.strictObject({ path: z.string(), reason: z.string() });

const coverageSchema = z
  .strictObject({
    tier: z.enum(['touched', 'dependents', 'exact']),
    touched: z.array(z.string()),
    dependents: z.array(z.string()),
    measured: z.array(z.string()),
    unmeasured: z.array(pathReasonSchema),
    excluded: z.array(z.string()),
    failed: z.array(pathReasonSchema),
    proved: z.array(z.string()).meta({ description: 'Measured files that were not asked again after the step, because the interfaces of the touched ones prove that they cannot change.' }),
    complete: z.boolean().meta({ description: 'True when no file outside `measured` can have changed.' }),
    disproved: z.array(z.string()).nullable().meta({ description: 'With --verify, the files that `proved` names and that changed all the same.' }),
    overBudget: z.array(z.string()).meta({ description: 'Files left out because --max-files or --max-ms was spent.' }),
  })
  .meta({ id: 'RewardCoverage' });

const gateSchema = z
  .strictObject({ gate: z.string(), critical: z.boolean(), message: z.string(), evidence: z.array(placeSchema) })
  .meta({ id: 'GateFiring' });

const learnedHunkSchema = z
  .strictObject({
    path: z.string().meta({ description: 'As the patch names it.' }),
    range: rangeSchema.meta({ description: 'Its lines before the step.' }),
    p: unitIntervalSchema.meta({ description: 'That it is at a place that a right patch changes, too. No score is computed from it.' }),
  })
  .meta({ id: 'LearnedHunk' });

const learnedScoreSchema = z
  .strictObject({ p: unitIntervalSchema.nullable(), abstain: z.boolean(), abstainReason: z.string().nullable(), digest: z.string(), card: z.string(), runtime: z.string(), provider: z.string(), tokenizer: z.string().nullable(), hunks: z.array(learnedHunkSchema).exactOptional() })
  .meta({ id: 'LearnedScore' });

const paperSchema = z
  .strictObject({
    version: z.literal('pr-v1'),
    r: z.number().nullable(),
    safety: z.enum(['binary', 'signed']),
    diagnosticsBefore: z.number().nullable(),
    diagnosticsAfter: z.number().nullable(),
    S: z.number().nullable(),
    conf: z.number().nullable(),
    confAssumed: z.boolean(),
    weights: z.strictObject({ alpha: z.number(), beta: z.number(), gamma: z.number() }),
  })
  .meta({ id: 'PaperReward' });

const unstableSchema = z
  .strictObject({ before: z.array(rewardDiagnosticSchema), after: z.array(rewardDiagnosticSchema), danglingReferences: z.array(placeSchema) })
  .meta({ id: 'UnstableEvidence', description: 'What the servers are known not to say every time (assay doctor --determinism): set aside, so that no number depends on it.' });

/** The reward of one step. Its type is `ProcessReward` of src/base, which tests/bundles/process-reward-schema.test.ts keeps equal to this schema. */
export const processRewardSchema = z
  .strictObject({
    version: z.enum(['pr-v2', 'pr-v1']),
    mode: z.enum(['progress', 'shaping']),
    r: z.number().nullable().meta({ description: 'Null when it abstains: unknown is never zero.' }),
    phiBefore: z.number().nullable(),
    phiAfter: z.number().nullable(),
    gammaD: z.number(),
    components: z.strictObject({ before: termsSchema, after: termsSchema }),
    weights: weightsSchema,
    W: z.strictObject({ before: diagnosticWeightSchema.nullable(), after: diagnosticWeightSchema.nullable() }),
    diagnostics: diagnosticDeltaSchema.nullable(),
    neutralDiagnostics: diagnosticDeltaSchema.nullable(),
    coverage: coverageSchema,
    neutralised: z.array(z.strictObject({ ...placeSchema.shape, kind: z.string(), text: z.string() })),
    gates: z.array(gateSchema),
    model: learnedScoreSchema.nullable(),
    abstain: z.boolean(),
    abstainReason: z.string().nullable(),
    paper: paperSchema,
    unstable: unstableSchema.exactOptional(),
  })
  .meta({ id: 'ProcessReward' });
