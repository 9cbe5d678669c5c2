import type { Diagnostic } from '../base/location.js';
import type { RewardDiagnostic } from '../base/process-reward.js';
import { TextDocument } from '../base/text-document.js';
import { compareDiagnostics } from './located-diagnostic.js';
import type { MeasuredPair, MeasuredSide } from './measured-pair.js';
import type { UnstableDiagnostic } from './step-facts.js';
import { symbolFinder } from './symbol-at.js';

/** Measured files without the diagnostics that are known to be unstable, and those. */
export interface SetAside {
  readonly pairs: readonly MeasuredPair[];
  readonly before: readonly RewardDiagnostic[];
  readonly after: readonly RewardDiagnostic[];
}

/**
 * Takes out of both sides what its server does not always say: whether such a diagnostic is there says nothing of the step. On each side
 * of a file at most `count` of one kind are taken, the first ones, so that a copy of the line pays for its own.
 */
export function setAside(pairs: readonly MeasuredPair[], unstable: readonly UnstableDiagnostic[]): SetAside {
  if (unstable.length === 0) return { pairs, before: [], after: [] };
  const before: RewardDiagnostic[] = [];
  const after: RewardDiagnostic[] = [];
  const stable = pairs.map((pair) => {
    const paths = [pair.before?.path, pair.after?.path];
    const known = unstable.filter(({ path }) => paths.includes(path));
    return { ...pair, before: stableSide(pair.before, known, before), after: stableSide(pair.after, known, after) };
  });
  return { pairs: stable, before: before.sort(compareDiagnostics), after: after.sort(compareDiagnostics) };
}

function stableSide(side: MeasuredSide | null, known: readonly UnstableDiagnostic[], aside: RewardDiagnostic[]): MeasuredSide | null {
  if (side === null || known.length === 0) return side;
  const document = new TextDocument(side.text);
  const symbolAt = symbolFinder(side.structure);
  const left = new Map<string, number>();
  for (const each of known) left.set(kindOf(each, each.lineText), Math.max(each.count, left.get(kindOf(each, each.lineText)) ?? 0));
  const stable: Diagnostic[] = [];
  const located = side.diagnostics.map((diagnostic) => ({ ...diagnostic, symbol: symbolAt(diagnostic.range), lineText: document.lineText(diagnostic.range[0]).trim() }));
  for (const found of located.sort(compareDiagnostics)) {
    const { symbol: _symbol, lineText, ...diagnostic } = found;
    const kind = kindOf(found, lineText);
    const more = left.get(kind) ?? 0;
    left.set(kind, more - 1);
    if (more > 0) aside.push(found);
    else stable.push(diagnostic);
  }
  return { ...side, diagnostics: stable };
}

function kindOf({ source, code }: Pick<UnstableDiagnostic, 'source' | 'code'>, lineText: string): string {
  return JSON.stringify([source, code, lineText]);
}
