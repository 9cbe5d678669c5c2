import type { Severity } from '../base/location.js';

/** Returns `1 file`, `2 files`. */
export function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Returns up to 4 decimals, without trailing zeros. */
export function decimal(value: number): string {
  return String(Number(value.toFixed(4)) || 0);
}

/** Returns `decimal(value)` with its sign, also for what is above zero. */
export function signed(value: number): string {
  const text = decimal(value);
  return Number(text) > 0 ? `+${text}` : text;
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];
const NOUN: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', information: 'note', hint: 'hint' };

/** Returns `2 errors, 1 warning`, worst first; '' for an empty list. */
export function severityCounts(diagnostics: readonly { readonly severity: Severity }[]): string {
  return SEVERITIES.map((severity) => ({ severity, count: diagnostics.filter((one) => one.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => counted(count, NOUN[severity]))
    .join(', ');
}

const NAMED_MAX = 3;

/** Returns `a, b, c and 4 more`. */
export function someOf(names: readonly string[], max = NAMED_MAX): string {
  const rest = names.length - max;
  return rest > 0 ? `${names.slice(0, max).join(', ')} and ${String(rest)} more` : names.join(', ');
}

/** Returns one line per reason: `not measured: a.md, b.md (no server knows this language)`. */
export function unmeasuredLines(unmeasured: readonly { readonly path: string; readonly reason: string }[], state = 'not measured'): string[] {
  const byReason = new Map<string, string[]>();
  for (const { path, reason } of unmeasured) byReason.set(reason, [...(byReason.get(reason) ?? []), path]);
  return [...byReason].map(([reason, paths]) => `${state}: ${someOf(paths)} (${reason})`);
}
