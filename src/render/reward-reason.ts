import type { DiagnosticWeight, ProcessReward } from '../base/process-reward.js';
import { severityCounts } from './wording.js';

const WEIGHT_SENTENCES: readonly (readonly [keyof DiagnosticWeight, string])[] = [
  ['unparsable', 'breaks the syntax of a file'],
  ['danglingReferences', 'leaves references to what it removed'],
  ['suppressions', 'suppresses diagnostics'],
  ['escapeHatches', 'adds escape hatches'],
];

/** Returns one line that says why the reward is what it is. */
export function rewardReason(reward: ProcessReward): string {
  if (reward.abstain || reward.r === null) return `abstains: ${reward.abstainReason ?? 'no reason was given'}`;
  const noOp = reward.gates.find(({ gate }) => gate === 'no-op');
  if (noOp !== undefined) return noOp.message;
  const sentences = [...diagnosticSentences(reward), ...weightSentences(reward), ...criticalGates(reward)];
  return sentences.length === 0 ? 'no diagnostic changed' : sentences.join('; ');
}

function diagnosticSentences({ neutralDiagnostics, diagnostics }: ProcessReward): string[] {
  const delta = neutralDiagnostics ?? diagnostics;
  const introduced = severityCounts(delta?.introduced ?? []);
  const fixed = severityCounts(delta?.fixed ?? []);
  return [...(introduced === '' ? [] : [`introduces ${introduced}`]), ...(fixed === '' ? [] : [`fixes ${fixed}`])];
}

function weightSentences({ W: { before, after } }: ProcessReward): string[] {
  if (before === null || after === null) return [];
  return WEIGHT_SENTENCES.filter(([key]) => after[key] > before[key]).map(([, sentence]) => sentence);
}

function criticalGates({ gates }: ProcessReward): string[] {
  return gates.filter(({ critical }) => critical).map(({ gate }) => `gate ${gate} fires`);
}
