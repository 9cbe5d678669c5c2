import type { PotentialTerms, ProcessReward } from '../base/process-reward.js';
import { decimal } from './wording.js';

const TERMS: readonly (readonly [keyof PotentialTerms, string])[] = [
  ['phiD', 'diagnostics'],
  ['phiS', 'safety'],
  ['conf', 'confidence'],
  ['phiP', 'model'],
];

const WEIGHT_PARTS = [
  ['introduced', 'introduced'],
  ['preexisting', 'pre-existing'],
  ['suppressions', 'suppressions'],
  ['escapeHatches', 'escape hatches'],
  ['danglingReferences', 'dangling references'],
  ['unparsable', 'files that do not parse'],
] as const;

/** Returns Φ before and after with its terms, and what W is made of; nothing where there is no potential. */
export function renderPotential(reward: ProcessReward): string[] {
  const { phiBefore, phiAfter, mode } = reward;
  if (phiBefore === null || phiAfter === null) return [];
  const terms = TERMS.map(([term, name]) => termChange(reward, term, name)).filter((text) => text !== undefined);
  const shaping = mode === 'shaping' ? ' (shaping)' : '';
  return [`Φ ${decimal(phiBefore)} → ${decimal(phiAfter)}${shaping}: ${terms.join(', ')}`, ...weightLine(reward)];
}

function termChange({ components, weights }: ProcessReward, term: keyof PotentialTerms, name: string): string | undefined {
  const before = components.before[term];
  const after = components.after[term];
  if (before === null || after === null) return undefined;
  const change = before === after ? decimal(after) : `${decimal(before)} → ${decimal(after)}`;
  return `${name} ${change} ×${decimal(weights[term])}`;
}

function weightLine({ W: { before, after } }: ProcessReward): string[] {
  if (before === null || after === null || before.total + after.total === 0) return [];
  const parts = WEIGHT_PARTS.filter(([key]) => before[key] + after[key] > 0).map(([key, name]) => `${name} ${decimal(before[key])} → ${decimal(after[key])}`);
  return [`W ${decimal(before.total)} → ${decimal(after.total)}: ${parts.join(', ')}`];
}
