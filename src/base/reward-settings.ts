import * as z from 'zod';

const weight = z.number().min(0);

/**
 * The section `reward` of assay.json: the constants of both rewards, where they differ from the defaults that docs/rewards.md
 * gives (publicly documented). A step is priced with the section of its base, never with its own.
 */
export const rewardSettingsSchema = z
  .strictObject({
    mode: z.enum(['progress', 'shaping']).exactOptional(),
    gammaD: z.number().gt(0).max(1).exactOptional(),
    weights: z.strictObject({ phiD: weight, phiS: weight, conf: weight, phiP: weight }).exactOptional(),
    tau: z.number().gt(0).exactOptional(),
    severityWeights: z.strictObject({ error: weight, warning: weight, information: weight, hint: weight }).exactOptional(),
    preexistingFactor: weight.max(1).exactOptional(),
    suppressionCharge: weight.exactOptional(),
    escapeHatchCharge: weight.exactOptional(),
    danglingCharge: weight.exactOptional(),
    unparsableCharge: weight.exactOptional(),
    paper: z.strictObject({ alpha: weight, beta: weight, gamma: weight, safety: z.enum(['binary', 'signed']) }).exactOptional(),
    scope: z.enum(['references', 'edited']).exactOptional().meta({ description: 'Whose old diagnostics count: those of edited symbols and of those that refer to them, or of edited symbols only.' }),
  })
  .meta({ id: 'RewardSettings' });

export type RewardSettings = Readonly<z.infer<typeof rewardSettingsSchema>>;
