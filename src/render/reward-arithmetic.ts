import type { DiagnosticWeight, PaperReward, PotentialTerms, ProcessReward } from '../base/process-reward.js';
import { decimal } from './wording.js';

const TERMS = ['phiD', 'phiS', 'conf', 'phiP'] as const;
const PARTS = ['introduced', 'preexisting', 'suppressions', 'escapeHatches', 'danglingReferences', 'unparsable'] as const;

/** Returns how the numbers of a reward come about, one sum per line; what has no number has no line. */
export function renderArithmetic(reward: ProcessReward): string[] {
  const { phiBefore, phiAfter, gammaD, components, weights, W, paper } = reward;
  return [
    ...weightLine('W before', W.before),
    ...weightLine('W after', W.after),
    ...lossLine(reward),
    ...(phiBefore === null || phiAfter === null
      ? []
      : [
          `Φ before = ${sum(components.before, weights)} = ${decimal(phiBefore)}`,
          `Φ after = ${sum(components.after, weights)} = ${decimal(phiAfter)}`,
          `pr-v2 = ${decimal(gammaD)} × ${decimal(phiAfter)} − ${decimal(phiBefore)} = ${decimal(gammaD * phiAfter - phiBefore)}${reward.mode === 'shaping' ? ' (the last step of a run gives Φ after back)' : ''}`,
        ]),
    ...paperLine(paper),
  ];
}

function sum(terms: PotentialTerms, weights: ProcessReward['weights']): string {
  return TERMS.filter((term) => terms[term] !== null && weights[term] > 0)
    .map((term) => `${decimal(weights[term])} × ${term} ${decimal(terms[term] ?? 0)}`)
    .join(' + ');
}

function weightLine(name: string, weight: DiagnosticWeight | null): string[] {
  if (weight === null) return [];
  const parts = PARTS.filter((part) => weight[part] > 0).map((part) => `${part} ${decimal(weight[part])}`);
  return [`${name} = ${parts.length === 0 ? '0' : `${parts.join(' + ')} = ${decimal(weight.total)}`}`];
}

/** A step that makes W larger loses as if nothing had been there, so that τ/(τ+W) does not give φ_D before it. */
function lossLine({ W: { before, after }, components }: ProcessReward): string[] {
  const [from, to] = [components.before.phiD, components.after.phiD];
  if (before === null || after === null || from === null || to === null || after.total <= before.total || before.total === 0) return [];
  return [`phiD before = phiD after ${decimal(to)} + ${decimal(from - to)}, what W larger by ${decimal(after.total - before.total)} takes away, = ${decimal(from)}`];
}

function paperLine({ r, diagnosticsBefore, diagnosticsAfter, S, conf, weights: { alpha, beta, gamma } }: PaperReward): string[] {
  if (r === null || diagnosticsBefore === null || diagnosticsAfter === null || S === null || conf === null) return [];
  return [`pr-v1 = ${decimal(alpha)} × (${String(diagnosticsBefore)} − ${String(diagnosticsAfter)}) + ${decimal(beta)} × ${decimal(S)} − ${decimal(gamma)} × (1 − ${decimal(conf)}) = ${decimal(r)}`];
}
