import type { Declaration } from '../base/declaration.js';
import { Kept } from '../base/kept.js';
import { comparePositions, containsRange, startOf } from '../base/range.js';
import { alignUnits, relativeTokens, type UnitAlignment } from './declaration-alignment.js';
import { FUNCTIONS, insideFunctions, namesakeIn, scopeOf, unitsOf, type DeclarationUnit } from './declaration-units.js';
import { importSource } from './import-sources.js';
import type { FilePair, FileSide, ScopeSymbol } from './step-facts.js';
import { compareText } from './text-order.js';

/** One declaration that a step changed. The file's own code, outside every declaration, is the one without a `declaration`. */
export interface ChangedDeclaration {
  readonly change: 'added' | 'removed' | 'modified' | 'renamed';
  /** The dotted name before and after (`<module>` for the file's own code); null on the side where it does not exist. */
  readonly symbolBefore: string | null;
  readonly symbolAfter: string | null;
  /** Null for the file's own code as well. */
  readonly before: Declaration | null;
  readonly after: Declaration | null;
  /** False only when every changed token lies outside the header, so that callers see at most another inferred type. */
  readonly signatureChanged: boolean;
  /** True when all that changed is the name of the declaration that it belongs to: whoever sees the change sees it there. */
  readonly isCarried: boolean;
}

/**
 * Returns what a step changed in one file, in source order: tokens are compared with their depth, comments and white space
 * are not looked at, and a renamed declaration is one change. A declaration is modified when tokens of its own changed, not
 * when only a declaration inside it did. Imports are declarations too. Where there is no grammar, a changed text is one
 * change of `<module>`.
 */
export function changedDeclarations(before: FileSide | null, after: FileSide | null): readonly ChangedDeclaration[] {
  if (before?.tokens == null || after?.tokens == null) return compareSides(before, after);
  return kept.get(before.tokens, after.tokens, () => compareSides(before, after));
}

/**
 * Returns them as the world outside the functions of the file may see them: what changed inside a function, a function or a class of its own, is a change of the body of the
 * outermost function around it.
 */
export function changesFromOutside(before: FileSide, after: FileSide): readonly ChangedDeclaration[] {
  const isInside = [before, after].map(({ structure }) => insideFunctions(structure?.declarations ?? []));
  const found: ChangedDeclaration[] = [];
  const around = new Map<Declaration, ChangedDeclaration>();
  for (const change of changedDeclarations(before, after)) {
    const sides = [change.before, change.after];
    if (sides.every((declaration) => declaration === null) || sides.some((declaration, index) => declaration !== null && isInside[index]?.(declaration) !== true)) {
      found.push(change);
      continue;
    }
    const old = outermostAround(change.before, before) ?? namesakeOf(outermostAround(change.after, after), before);
    const now = outermostAround(change.after, after) ?? namesakeOf(old, after);
    if (old === null || now === null) continue;
    around.set(now, { change: 'modified', symbolBefore: old.qualname.join('.'), symbolAfter: now.qualname.join('.'), before: old, after: now, signatureChanged: false, isCarried: false });
  }
  const known = new Set(found.flatMap((change) => [change.before, change.after]));
  return [...found, ...[...around.values()].filter((change) => !known.has(change.before) && !known.has(change.after))];
}

function outermostAround(declaration: Declaration | null, { structure }: FileSide): Declaration | null {
  return structure?.declarations.find((item) => declaration !== null && FUNCTIONS.has(item.kind) && item !== declaration && containsRange(item.range, declaration.range)) ?? null;
}

function namesakeOf(declaration: Declaration | null, { structure }: FileSide): Declaration | null {
  return declaration === null ? null : (namesakeIn(structure, declaration) ?? null);
}

/** The tokens of a file are those of one text. */
const kept = new Kept<readonly ChangedDeclaration[]>();

function compareSides(before: FileSide | null, after: FileSide | null): ChangedDeclaration[] {
  const beforeUnits = before === null ? [] : unitsOf(before.structure, before.tokens);
  const afterUnits = after === null ? [] : unitsOf(after.structure, after.tokens);
  return compareUnits(before, after, beforeUnits, afterUnits, alignUnits(beforeUnits, afterUnits));
}

/** Returns the symbols that a step edits, with the paths and names of both sides, sorted and without duplicates. */
export function editedSymbols(pairs: readonly FilePair[]): ScopeSymbol[] {
  const found = new Map<string, ScopeSymbol>();
  const note = (side: FileSide | null, units: readonly DeclarationUnit[], symbol: string | null, declaration: Declaration | null): void => {
    if (side === null || symbol === null) return;
    const index = units.findIndex((unit) => unit.symbol === symbol && unit.declaration === declaration);
    const scope = units[scopeOf(units, Math.max(0, index))]?.symbol ?? symbol;
    found.set(`${side.path}\u0000${scope}`, { path: side.path, symbol: scope });
  };
  for (const pair of pairs.filter((candidate) => candidate.touched)) {
    const beforeUnits = pair.before === null ? [] : unitsOf(pair.before.structure, pair.before.tokens);
    const afterUnits = pair.after === null ? [] : unitsOf(pair.after.structure, pair.after.tokens);
    for (const change of changedDeclarations(pair.before, pair.after)) {
      note(pair.before, beforeUnits, change.symbolBefore, change.before);
      note(pair.after, afterUnits, change.symbolAfter, change.after);
    }
  }
  return [...found.values()].sort((a, b) => compareText(a.path, b.path) || compareText(a.symbol, b.symbol));
}

function compareUnits(
  before: FileSide | null,
  after: FileSide | null,
  beforeUnits: readonly DeclarationUnit[],
  afterUnits: readonly DeclarationUnit[],
  alignment: UnitAlignment,
): ChangedDeclaration[] {
  const changes: ChangedDeclaration[] = [];
  const unread = before !== null && after !== null && before.text !== after.text && (before.tokens === null || after.tokens === null);
  afterUnits.forEach((unit, index) => {
    const beforeIndex = alignment.toBefore.get(index);
    const old = beforeIndex === undefined || before === null ? undefined : beforeUnits[beforeIndex];
    if (old === undefined) {
      changes.push({ change: 'added', symbolBefore: null, symbolAfter: unit.symbol, before: null, after: unit.declaration, signatureChanged: true, isCarried: false });
      return;
    }
    const renamed = old.symbol !== unit.symbol;
    const changed = differingTokens(old, unit) || (unit.declaration?.kind === 'import' && importSource(old, before?.tokens?.tokens ?? []) !== importSource(unit, after?.tokens?.tokens ?? []));
    if (!renamed && !changed && !(unread && index === 0)) return;
    changes.push({
      change: renamed ? 'renamed' : 'modified',
      symbolBefore: old.symbol,
      symbolAfter: unit.symbol,
      before: old.declaration,
      after: unit.declaration,
      signatureChanged: renamed || signatureDiffers(old, unit),
      isCarried: renamed && !changed && unit.parent > 0 && alignment.toBefore.get(unit.parent) === old.parent,
    });
  });
  const removed = beforeUnits
    .filter((_unit, index) => after === null || !alignment.toAfter.has(index))
    .map((unit): ChangedDeclaration => ({ change: 'removed', symbolBefore: unit.symbol, symbolAfter: null, before: unit.declaration, after: null, signatureChanged: true, isCarried: false }));
  return [...changes.sort(bySource), ...removed];
}

function bySource(a: ChangedDeclaration, b: ChangedDeclaration): number {
  if (a.after === null || b.after === null) return Number(a.after !== null) - Number(b.after !== null);
  return comparePositions(startOf(a.after.range), startOf(b.after.range));
}

function differingTokens(before: DeclarationUnit, after: DeclarationUnit): boolean {
  if (before.ownTokens.length !== after.ownTokens.length) return true;
  const old = relativeTokens(before.ownTokens);
  return relativeTokens(after.ownTokens).some((token, index) => token !== old[index]);
}

/** The header is compared token by token; a declaration without a body is all header. */
function signatureDiffers(before: DeclarationUnit, after: DeclarationUnit): boolean {
  const a = headerOf(before);
  const b = headerOf(after);
  return a === null || b === null || a !== b;
}

function headerOf(unit: DeclarationUnit): string | null {
  const declaration = unit.declaration;
  if (declaration?.bodyRange == null) return null;
  const body = declaration.bodyRange;
  return unit.ownTokens.filter((token) => !containsRange(body, token.range)).map((token) => token.text).join('\u0000');
}
