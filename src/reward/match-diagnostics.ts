import type { DiagnosticDelta } from '../base/process-reward.js';
import { contentOf } from './declaration-alignment.js';
import { DiagnosticPools, type DiagnosticPair } from './diagnostic-pools.js';
import { matchFile, type FileMatch } from './file-matching.js';
import { compareDiagnostics, type LocatedDiagnostic } from './located-diagnostic.js';
import type { MeasuredPair } from './measured-pair.js';
import { renamesOf } from './renames.js';
import { compareText } from './text-order.js';

/** Two sets of diagnostics matched as multisets: every diagnostic of either side is in exactly one place. */
export interface MatchedDiagnostics {
  readonly introduced: readonly LocatedDiagnostic[];
  readonly fixed: readonly LocatedDiagnostic[];
  readonly persisting: readonly DiagnosticPair[];
  readonly updated: readonly DiagnosticPair[];
  readonly removed: readonly LocatedDiagnostic[];
}

/** A declaration is recognised in another file by at least this many equal tokens. */
const MOVED_TOKENS_MIN = 10;

/**
 * Matches the diagnostics of a step (`docs/rewards.md`, "Matching"). For each path (that after the step), rule and trimmed
 * line text, what is introduced or updated after minus what is fixed, removed or updated before equals the difference of the
 * counts of the two sides. The result does not depend on the order of pairs or diagnostics.
 */
export function matchDiagnostics(pairs: readonly MeasuredPair[]): MatchedDiagnostics {
  const ordered = [...pairs].sort((a, b) => compareText(pathsOf(a), pathsOf(b)));
  const renames = renamesOf(ordered);
  const files = ordered.map((pair) => matchFile(pair, renames));
  const movedAcross = matchAcrossFiles(files);
  const taken = new Set(movedAcross.flatMap((pair) => [pair.before, pair.after]));
  const fixed: LocatedDiagnostic[] = [];
  const removed: LocatedDiagnostic[] = [];
  for (const file of files) {
    for (const item of file.pools.before) {
      if (taken.has(item)) continue;
      const isGone = file.pair.after === null || file.pair.keepsDebt || !file.alignment.toAfter.has(item.unit);
      (isGone ? removed : fixed).push(item);
    }
  }
  return {
    introduced: files.flatMap((file) => file.pools.after.filter((item) => !taken.has(item))).sort(byDiagnostic),
    fixed: fixed.sort(byDiagnostic),
    persisting: files.flatMap((file) => file.persisting).sort(byAfter),
    updated: [...files.flatMap((file) => file.updated), ...movedAcross].sort(byAfter),
    removed: removed.sort(byDiagnostic),
  };
}

/** Returns the matched diagnostics as a bundle carries them. */
export function deltaOf(matched: MatchedDiagnostics): DiagnosticDelta {
  return {
    introduced: matched.introduced.map((item) => item.diagnostic),
    fixed: matched.fixed.map((item) => item.diagnostic),
    persisting: matched.persisting.map((pair) => pair.after.diagnostic),
    updated: matched.updated.map((pair) => ({ before: pair.before.diagnostic, after: pair.after.diagnostic })),
    removed: matched.removed.map((item) => item.diagnostic),
  };
}

/** Declarations that left one file and stand in another, token by token the same: their diagnostics moved with them. */
function matchAcrossFiles(files: readonly FileMatch[]): DiagnosticPair[] {
  const left = new Map<LocatedDiagnostic, string>();
  const arrived = new Map<LocatedDiagnostic, string>();
  for (const file of files) {
    for (const item of file.pools.before) note(left, item, file.beforeUnits, (index) => file.pair.after === null || !file.alignment.toAfter.has(index));
    for (const item of file.pools.after) note(arrived, item, file.afterUnits, (index) => file.pair.before === null || !file.alignment.toBefore.has(index));
  }
  const pools = new DiagnosticPools([...left.keys()], [...arrived.keys()]);
  const key = (contents: ReadonlyMap<LocatedDiagnostic, string>, evidence: readonly ((item: LocatedDiagnostic) => string)[]) => (item: LocatedDiagnostic) => [
    contents.get(item) ?? '',
    item.rule,
    item.diagnostic.lineText,
    ...evidence.map((field) => field(item)),
  ];
  return [[severityOf, flaggedOf, messageOf], [severityOf, flaggedOf], [severityOf], []].flatMap((evidence) => pools.takeEqual(key(left, evidence), key(arrived, evidence)));
}

function note(into: Map<LocatedDiagnostic, string>, item: LocatedDiagnostic, units: FileMatch['beforeUnits'], isUnmatched: (index: number) => boolean): void {
  const unit = units[item.unit];
  if (item.unit === 0 || unit === undefined || !isUnmatched(item.unit) || unit.tokens.length < MOVED_TOKENS_MIN) return;
  into.set(item, contentOf(unit, true));
}

const severityOf = (item: LocatedDiagnostic): string => item.diagnostic.severity;
const flaggedOf = (item: LocatedDiagnostic): string => item.flagged;
const messageOf = (item: LocatedDiagnostic): string => item.diagnostic.message;

function byDiagnostic(a: LocatedDiagnostic, b: LocatedDiagnostic): number {
  return compareDiagnostics(a.diagnostic, b.diagnostic);
}

function byAfter(a: DiagnosticPair, b: DiagnosticPair): number {
  return byDiagnostic(a.after, b.after) || byDiagnostic(a.before, b.before);
}

function pathsOf(pair: MeasuredPair): string {
  return `${pair.after?.path ?? ''}\u0000${pair.before?.path ?? ''}`;
}
