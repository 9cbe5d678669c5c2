import type { DiagnosticDelta, ProcessReward, RewardDiagnostic } from '../base/process-reward.js';
import { diagnosticLines } from './diagnostic-lines.js';
import { excerpt } from './excerpt.js';
import type { RenderContext } from './render-context.js';

const SHOWN_MAX = 10;

interface Introduced {
  readonly diagnostic: RewardDiagnostic;
  readonly remark: string;
}

/** Returns what the step introduced, with its code, and how many diagnostics went which way. */
export function renderIntroduced(context: RenderContext, reward: ProcessReward): string[] {
  const delta = reward.neutralDiagnostics ?? reward.diagnostics;
  if (delta === null) return [];
  const introduced = introducedOf(reward);
  const shown = context.verbose ? introduced : introduced.slice(0, SHOWN_MAX);
  const hidden = introduced.length - shown.length;
  return [
    ...shown.flatMap((one) => introducedLines(context, one)),
    ...(hidden > 0 ? [`… and ${String(hidden)} more introduced (--verbose shows all)`] : []),
    countsLine(delta),
  ];
}

/** Both views in one list: what a suppression hides counts all the same, what only the step's own settings report does not. */
function introducedOf({ neutralDiagnostics, diagnostics }: ProcessReward): Introduced[] {
  const neutral = neutralDiagnostics?.introduced ?? [];
  const reported = diagnostics?.introduced ?? [];
  const remarkOf = (isCommon: boolean, remark: string) => (isCommon || neutralDiagnostics === null || diagnostics === null ? '' : remark);
  return [
    ...neutral.map((diagnostic) => ({ diagnostic, remark: remarkOf(includes(reported, diagnostic), 'suppressed by the step') })),
    ...reported
      .filter((diagnostic) => !includes(neutral, diagnostic))
      .map((diagnostic) => ({ diagnostic, remark: remarkOf(false, 'not counted: only with the settings after the step') })),
  ];
}

function includes(list: readonly RewardDiagnostic[], wanted: RewardDiagnostic): boolean {
  return list.some(({ uri, range, code }) => uri === wanted.uri && code === wanted.code && range.join() === wanted.range.join());
}

function introducedLines(context: RenderContext, { diagnostic, remark }: Introduced): string[] {
  const [head = '', ...rest] = diagnosticLines(context, diagnostic);
  const remarked = remark === '' ? head : `${head} ${context.colors.yellow(`(${remark})`)}`;
  return [remarked, ...rest, ...excerpt(context, diagnostic.uri, diagnostic.range, diagnostic.lineText)];
}

function countsLine({ introduced, fixed, persisting, updated, removed }: DiagnosticDelta): string {
  const counts = { introduced, fixed, persisting, updated, removed };
  return `diagnostics: ${Object.entries(counts)
    .map(([name, list]) => `${String(list.length)} ${name}`)
    .join(', ')}`;
}
