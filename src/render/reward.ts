import type { LearnedHunk, PaperReward, ProcessReward } from '../base/process-reward.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';
import { renderArithmetic } from './reward-arithmetic.js';
import { renderGates, renderNeutralised } from './reward-gates.js';
import { renderIntroduced } from './reward-introduced.js';
import { renderPotential } from './reward-potential.js';
import { rewardReason } from './reward-reason.js';
import { counted, decimal, signed, unmeasuredLines } from './wording.js';

/**
 * Returns a reward to be read in five seconds: the number and why, the potential with its terms, what was introduced with its
 * code, what else became of the diagnostics, gates, what the facts cover, and the paper's reward beside it.
 */
export function renderReward(context: RenderContext, reward: ProcessReward): string[] {
  return [
    headline(context, reward),
    ...renderPotential(reward),
    ...(context.explain ? [...renderArithmetic(reward), ...hunkLines(reward.model?.hunks ?? [])] : []),
    ...renderIntroduced(context, reward),
    ...renderGates(context, reward.gates),
    ...renderNeutralised(context, reward.neutralised),
    ...unstableLines(reward),
    ...coverageLines(reward),
    paperLine(reward.paper),
  ];
}

function headline({ colors }: RenderContext, reward: ProcessReward): string {
  const name = reward.version === 'pr-v1' ? 'r (pr-v1)' : 'r';
  if (reward.r === null) return `${name} = ${colors.yellow('none')}  ${rewardReason(reward)}`;
  const paint = reward.r < 0 ? colors.red : reward.r > 0 ? colors.green : (text: string) => text;
  return `${name} = ${paint(colors.bold(signed(reward.r)))}  ${rewardReason(reward)}`;
}

const HUNKS_SHOWN = 20;

/** The least likely first: where to look when a patch is doubted. */
function hunkLines(hunks: readonly LearnedHunk[]): string[] {
  if (hunks.length === 0) return [];
  const doubted = [...hunks].sort((a, b) => a.p - b.p);
  return [
    'p of each hunk, that a right patch changes this place too (part of no reward):',
    ...doubted.slice(0, HUNKS_SHOWN).map(({ path, range, p }) => `  ${p.toFixed(2)}  ${printableText(path)}:${String(range[0] + 1)}`),
    ...(hunks.length > HUNKS_SHOWN ? [`  and ${String(hunks.length - HUNKS_SHOWN)} more`] : []),
  ];
}

/** Whatever is set aside is said: no number depends on it. */
function unstableLines({ unstable }: ProcessReward): string[] {
  if (unstable === undefined) return [];
  const { before, after, danglingReferences } = unstable;
  const references = danglingReferences.length === 0 ? '' : `, ${counted(danglingReferences.length, 'dangling reference')}`;
  return [`set aside as unstable: ${counted(before.length, 'diagnostic')} before the step, ${String(after.length)} after it${references}`];
}

function coverageLines({ coverage }: ProcessReward): string[] {
  const { tier, touched, dependents, measured, unmeasured, excluded, failed, proved, complete, disproved, overBudget } = coverage;
  const scope = tier === 'exact' ? 'the whole workspace' : `${String(touched.length)} touched, ${String(dependents.length)} dependent`;
  const left = excluded.length > 0 ? `, ${String(excluded.length)} excluded by the configuration` : '';
  return [
    `coverage: ${scope}, ${String(measured.length)} measured${left}${proved.length > 0 ? `, ${String(proved.length)} proved unchanged` : ''}${complete ? '; nothing else can have changed' : ''}`,
    ...(disproved ?? []).map((path) => `the proof was wrong: ${path} changed`),
    ...(overBudget.length > 0 ? [`over the budget: ${String(overBudget.length)} file${overBudget.length === 1 ? '' : 's'} left out`] : []),
    ...unmeasuredLines(unmeasured),
    ...unmeasuredLines(failed).map((line) => line.replace('not measured', 'failed to measure')),
  ];
}

function paperLine({ r, safety, diagnosticsBefore, diagnosticsAfter, S, conf, confAssumed }: PaperReward): string {
  if (r === null || diagnosticsBefore === null || diagnosticsAfter === null || S === null || conf === null) return 'pr-v1: none';
  const assumed = confAssumed ? ' assumed' : '';
  return `pr-v1: r = ${signed(r)} (D ${decimal(diagnosticsBefore)} → ${decimal(diagnosticsAfter)}, S ${decimal(S)} ${safety}, conf ${decimal(conf)}${assumed})`;
}
