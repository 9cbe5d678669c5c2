import { parse, type ParseError } from 'jsonc-parser';
import * as z from 'zod';
import { Failure } from '../../base/failure.js';
import { rewardSettingsSchema, type RewardSettings } from '../../base/reward-settings.js';
import { editedSymbols } from '../../reward/changed-declarations.js';
import type { StepFacts } from '../../reward/step-facts.js';

interface BaseTexts {
  text(path: string): Promise<string | null>;
}

/** Returns the section `reward` of the base's assay.json; null when it has none. Throws E/BAD_ARGUMENT for one that cannot be read. */
export async function rewardSettings(base: BaseTexts): Promise<RewardSettings | null> {
  const text = await base.text('assay.json');
  if (text === null) return null;
  const errors: ParseError[] = [];
  const whole: unknown = parse(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true });
  const section: unknown = typeof whole === 'object' && whole !== null && 'reward' in whole ? whole.reward : undefined;
  if (errors.length > 0) throw unusable('it is no JSON');
  if (section === undefined) return null;
  const parsed = rewardSettingsSchema.safeParse(section);
  if (!parsed.success) throw unusable(z.prettifyError(parsed.error));
  return parsed.data;
}

/** Keeps of the scope what the settings ask for. */
export function withScope(facts: StepFacts, settings: RewardSettings | null): StepFacts {
  return settings?.scope === 'edited' ? { ...facts, scope: editedSymbols(facts.pairs) } : facts;
}

function unusable(problem: string): Failure {
  return new Failure('E/BAD_ARGUMENT', `the reward settings in the base's assay.json cannot be used: ${problem}`, { hint: 'Nothing was measured. docs/rewards.md lists what the section "reward" holds.' });
}
