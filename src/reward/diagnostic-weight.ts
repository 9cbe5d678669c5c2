import type { DiagnosticWeight } from '../base/process-reward.js';
import type { DiagnosticPair } from './diagnostic-pools.js';
import type { LocatedDiagnostic } from './located-diagnostic.js';
import type { MatchedDiagnostics } from './match-diagnostics.js';
import type { RewardOptions } from './reward-options.js';
import type { ScopeSymbol } from './step-facts.js';
import { uriFromPath } from '../base/relative-uri.js';

/** What W counts beside diagnostics, as numbers of cases. */
export interface ChargedCounts {
  readonly suppressions: number;
  readonly escapeHatches: number;
  readonly danglingReferences: number;
  readonly unparsable: number;
}

/** W of the state before: the diagnostics in scope, old as they are. */
export function weightBefore(matched: MatchedDiagnostics, scope: readonly ScopeSymbol[], options: RewardOptions): DiagnosticWeight {
  const inScope = scopeTest(scope);
  const paired = pairsInScope(matched, inScope).map((pair) => pair.before);
  const gone = [...matched.fixed, ...matched.removed].filter(inScope);
  return total({ introduced: 0, preexisting: options.preexistingFactor * weigh([...paired, ...gone], options), suppressions: 0, escapeHatches: 0, danglingReferences: 0, unparsable: 0 });
}

/** W of the state after: what the step introduced in full, what it left or took away with its declaration as old, and its charges. */
export function weightAfter(matched: MatchedDiagnostics, scope: readonly ScopeSymbol[], counts: ChargedCounts, options: RewardOptions): DiagnosticWeight {
  const inScope = scopeTest(scope);
  const old = [...pairsInScope(matched, inScope).map((pair) => pair.after), ...matched.removed.filter(inScope)];
  return total({
    introduced: weigh(matched.introduced, options),
    preexisting: options.preexistingFactor * weigh(old, options),
    suppressions: options.suppressionCharge * counts.suppressions,
    escapeHatches: options.escapeHatchCharge * counts.escapeHatches,
    danglingReferences: options.danglingCharge * counts.danglingReferences,
    unparsable: options.unparsableCharge * counts.unparsable,
  });
}

/** A pair is in scope on both sides or on neither, by where it was before: W of the base does not depend on what a step writes. */
function pairsInScope(matched: MatchedDiagnostics, inScope: (item: LocatedDiagnostic) => boolean): DiagnosticPair[] {
  return [...matched.persisting, ...matched.updated].filter((pair) => inScope(pair.before));
}

function scopeTest(scope: readonly ScopeSymbol[]): (item: LocatedDiagnostic) => boolean {
  const keys = new Set(scope.map((symbol) => `${uriFromPath(symbol.path)}\u0000${symbol.symbol}`));
  return (item) => keys.has(`${item.diagnostic.uri}\u0000${item.diagnostic.symbol}`);
}

/** The sum is taken per severity, so that it does not depend on the order. */
function weigh(items: readonly LocatedDiagnostic[], options: RewardOptions): number {
  const count = (severity: keyof RewardOptions['severityWeights']): number => items.filter((item) => item.diagnostic.severity === severity).length;
  const { error, warning, information, hint } = options.severityWeights;
  return error * count('error') + warning * count('warning') + information * count('information') + hint * count('hint');
}

function total(parts: Omit<DiagnosticWeight, 'total'>): DiagnosticWeight {
  return { ...parts, total: parts.introduced + parts.preexisting + parts.suppressions + parts.escapeHatches + parts.danglingReferences + parts.unparsable };
}
