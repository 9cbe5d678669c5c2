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

/**
 * Says of both sides how much of W they share, or all states of a run (`inAll`). φ_D leaves that out: τ/(τ+W) is flat where W is large, so that
 * whoever brought old debt into scope would pay less for what a step breaks. What is left depends on how much W changes and on nothing else.
 */
export function withStanding(before: DiagnosticWeight, after: DiagnosticWeight, inAll = Math.min(before.total, after.total)): { before: DiagnosticWeight; after: DiagnosticWeight } {
  return inAll === 0 ? { before, after } : { before: { ...before, standing: inAll }, after: { ...after, standing: inAll } };
}

/** W as φ_D reads it: what the step, or the run, changes. */
export function movingWeight({ total, standing = 0 }: DiagnosticWeight): number {
  return total - standing;
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
