import * as z from 'zod';
import { sha256 } from '../base/digest.js';
import { Failure } from '../base/failure.js';
import { parseJson } from '../base/parse-json.js';
import type { ProcessReward } from '../base/process-reward.js';
import { bundleSchema } from '../bundles/schema/bundle.js';
import { linesOf } from '../workspace/input-lines.js';

/** Rewards that were measured earlier, as `assay score FILE --bundles` printed them. */
export interface MeasuredLines {
  /** The reward of a patch; null when the line of that id was not measured, or is about another patch. */
  rewardOf(id: string | number, patch: string): ProcessReward | null;
}

const lineSchema = z.looseObject({ id: z.union([z.string(), z.number()]), bundle: bundleSchema });

/** Reads the output of `assay score FILE --bundles`. Throws E/BAD_ARGUMENT for a line that is none. */
export async function readMeasuredLines(input: NodeJS.ReadableStream, name: string): Promise<MeasuredLines> {
  const rewards = new Map<string, ProcessReward | null>();
  let number = 0;
  for await (const text of linesOf(input)) {
    number += 1;
    if (text.trim() === '') continue;
    const { id, bundle } = readLine(text, `line ${String(number)} of ${name}`);
    const { patch } = bundle.request.args;
    if (typeof patch === 'string') rewards.set(keyOf(id, patch), bundle.processReward);
  }
  return { rewardOf: (id, patch) => rewards.get(keyOf(id, sha256(patch))) ?? null };
}

function readLine(text: string, where: string): z.infer<typeof lineSchema> {
  const parsed = lineSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new Failure('E/BAD_ARGUMENT', `${where} is no measured patch: ${z.prettifyError(parsed.error).split('\n', 3).join(' ')}`, { hint: 'Make the file with assay score FILE --bundles. No card was written.' });
}

function keyOf(id: string | number, patch: string): string {
  return JSON.stringify([id, patch]);
}
