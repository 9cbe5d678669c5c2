import type { Token } from '../base/declaration.js';
import type { DeclarationUnit } from './declaration-units.js';
import { groupBy } from '../base/group-by.js';
import { dice } from './similarity.js';

/** Which unit of the file before is which unit of the file after, by index; every index is in at most one pair. */
export interface UnitAlignment {
  readonly toAfter: ReadonlyMap<number, number>;
  readonly toBefore: ReadonlyMap<number, number>;
}

/** A renamed declaration keeps at least this share of its tokens. */
const RENAME_SIMILARITY_MIN = 0.7;
/** Below this many tokens, likeness says nothing: `x = 1` is like any `y = 1`. */
const RENAME_TOKENS_MIN = 10;
/** More unmatched pairs than this are not compared for likeness, only for equality. */
const COMPARISONS_MAX = 250_000;

/** Aligns two files' declarations: by name, then by equal content under another name, then by likeness under another name. Deterministic. */
export function alignUnits(before: readonly DeclarationUnit[], after: readonly DeclarationUnit[]): UnitAlignment {
  const pairs = new UnitPairs();
  pairs.add(0, 0);
  pairSameNames(before, after, pairs);
  pairEqualContent(before, after, pairs);
  pairLikeContent(before, after, pairs);
  return pairs;
}

/** Returns what a unit says without its name and place: its kind, and its tokens with their depth relative to the first. */
export function contentOf(unit: DeclarationUnit, withName: boolean): string {
  return [unit.declaration?.kind ?? 'module', ...relativeTokens(withName ? unit.tokens : withoutName(unit))].join('\u0000');
}

/** Returns token texts with their depth relative to the first one. */
export function relativeTokens(tokens: readonly Token[]): string[] {
  const base = tokens[0]?.depth ?? 0;
  return tokens.map((token) => `${String(token.depth - base)}:${token.text}`);
}

class UnitPairs implements UnitAlignment {
  readonly toAfter = new Map<number, number>();
  readonly toBefore = new Map<number, number>();

  add(beforeIndex: number, afterIndex: number): void {
    if (this.toAfter.has(beforeIndex) || this.toBefore.has(afterIndex)) return;
    this.toAfter.set(beforeIndex, afterIndex);
    this.toBefore.set(afterIndex, beforeIndex);
  }
}

function pairSameNames(before: readonly DeclarationUnit[], after: readonly DeclarationUnit[], pairs: UnitPairs): void {
  const nameIn = (units: readonly DeclarationUnit[]) => (index: number): string | null => (index === 0 ? null : (units[index]?.symbol ?? null));
  const afterByName = groupBy(after.keys(), nameIn(after));
  for (const [symbol, beforeIndices] of groupBy(before.keys(), nameIn(before))) {
    const afterIndices = afterByName.get(symbol) ?? [];
    // Where one of several of the same name is gone, those that did not change show which one.
    if (beforeIndices.length !== afterIndices.length) {
      pairByKey(before, after, beforeIndices, afterIndices, (unit) => contentOf(unit, true), pairs);
    }
    const restBefore = beforeIndices.filter((index) => !pairs.toAfter.has(index));
    const restAfter = afterIndices.filter((index) => !pairs.toBefore.has(index));
    restBefore.forEach((index, order) => {
      const other = restAfter[order];
      if (other !== undefined) pairs.add(index, other);
    });
  }
}

function pairEqualContent(before: readonly DeclarationUnit[], after: readonly DeclarationUnit[], pairs: UnitPairs): void {
  const [restBefore, restAfter] = leftovers(before, after, pairs);
  // Moved into another class or out of it under the same name, then renamed in place.
  pairByKey(before, after, restBefore, restAfter, (unit) => (unit.tokens.length < RENAME_TOKENS_MIN ? null : contentOf(unit, true)), pairs);
  pairByKey(before, after, restBefore, restAfter, (unit) => (unit.tokens.length === 0 ? null : `${String(unit.parent === 0)}\u0000${contentOf(unit, false)}`), pairs);
}

function pairLikeContent(before: readonly DeclarationUnit[], after: readonly DeclarationUnit[], pairs: UnitPairs): void {
  const [restBefore, restAfter] = leftovers(before, after, pairs);
  if (restBefore.length * restAfter.length > COMPARISONS_MAX) return;
  const words = new Map(restAfter.map((index) => [index, textsOf(after[index])]));
  const found: { score: number; beforeIndex: number; afterIndex: number }[] = [];
  for (const beforeIndex of restBefore) {
    const unit = before[beforeIndex];
    const own = textsOf(unit);
    if (unit === undefined || own.length < RENAME_TOKENS_MIN) continue;
    for (const afterIndex of restAfter) {
      const other = after[afterIndex];
      if (other === undefined || other.declaration?.kind !== unit.declaration?.kind || !sameParent(unit, other, pairs)) continue;
      const score = dice(own, words.get(afterIndex) ?? []);
      if (score >= RENAME_SIMILARITY_MIN) found.push({ score, beforeIndex, afterIndex });
    }
  }
  found.sort((a, b) => b.score - a.score || a.beforeIndex - b.beforeIndex || a.afterIndex - b.afterIndex);
  for (const { beforeIndex, afterIndex } of found) pairs.add(beforeIndex, afterIndex);
}

function sameParent(before: DeclarationUnit, after: DeclarationUnit, pairs: UnitAlignment): boolean {
  return pairs.toAfter.get(before.parent) === after.parent;
}

function leftovers(before: readonly DeclarationUnit[], after: readonly DeclarationUnit[], pairs: UnitAlignment): [number[], number[]] {
  const renamable = (unit: DeclarationUnit): boolean => unit.declaration?.kind !== 'import';
  return [
    [...before.keys()].filter((index) => !pairs.toAfter.has(index) && before[index] !== undefined && renamable(before[index])),
    [...after.keys()].filter((index) => !pairs.toBefore.has(index) && after[index] !== undefined && renamable(after[index])),
  ];
}

function pairByKey(
  before: readonly DeclarationUnit[],
  after: readonly DeclarationUnit[],
  beforeIndices: readonly number[],
  afterIndices: readonly number[],
  keyOf: (unit: DeclarationUnit) => string | null,
  pairs: UnitPairs,
): void {
  const waiting = groupBy(afterIndices, (index) => {
    const unit = after[index];
    return unit === undefined || pairs.toBefore.has(index) ? null : keyOf(unit);
  });
  for (const index of beforeIndices) {
    const unit = before[index];
    const key = unit === undefined || pairs.toAfter.has(index) ? null : keyOf(unit);
    const other = key === null ? undefined : waiting.get(key)?.shift();
    if (other !== undefined) pairs.add(index, other);
  }
}

function withoutName(unit: DeclarationUnit): Token[] {
  const name = unit.declaration?.name;
  return unit.tokens.filter((token) => token.text !== name);
}

function textsOf(unit: DeclarationUnit | undefined): string[] {
  return unit === undefined ? [] : withoutName(unit).map((token) => token.text);
}
