import type { Declaration, FileStructure, FileTokens, Token } from '../base/declaration.js';
import { Kept } from '../base/kept.js';
import { comparePositions, endOf, holds, startOf, type Position } from '../base/range.js';

export const MODULE_SYMBOL = '<module>';

/** A declaration with the tokens that are its own: those inside it that belong to no declaration below it. */
export interface DeclarationUnit {
  /** Null for the file itself. */
  readonly declaration: Declaration | null;
  /** The dotted name, `<module>` for the file itself. */
  readonly symbol: string;
  /** Index of the enclosing unit; -1 for the file itself. */
  readonly parent: number;
  /** False for imports and for variables of a function: diagnostics in them belong to what encloses them. */
  readonly isScope: boolean;
  readonly ownTokens: readonly Token[];
  /** Every token inside it. */
  readonly tokens: readonly Token[];
}

export const FUNCTIONS: ReadonlySet<string> = new Set(['function', 'method', 'constructor']);
export const VALUES: ReadonlySet<string> = new Set(['variable', 'constant', 'field', 'property']);

/** Errors of more lines may hold declarations. */
const SKIPPED_LINES = 2;
const kept = new Kept<readonly DeclarationUnit[]>();
const NO_TOKENS = {};

/** Returns the units of a file, the file itself first, then its declarations in source order. */
export function unitsOf(structure: FileStructure | null, tokens: FileTokens | null): readonly DeclarationUnit[] {
  return structure === null ? makeUnits(null, tokens) : kept.get(structure, tokens ?? NO_TOKENS, () => makeUnits(structure, tokens));
}

function makeUnits(structure: FileStructure | null, tokens: FileTokens | null): DeclarationUnit[] {
  const declared = (structure?.declarations ?? []).filter((declaration) => declaration.qualname.length > 0);
  const ordered = declared
    .map((declaration, index) => ({ declaration, index }))
    .sort((a, b) => comparePositions(startOf(a.declaration.range), startOf(b.declaration.range)) || comparePositions(endOf(b.declaration.range), endOf(a.declaration.range)) || a.index - b.index)
    .map((item) => item.declaration);
  const parents = parentsOf(ordered);
  const own: Token[][] = [[], ...ordered.map((): Token[] => [])];
  const all: Token[][] = [[], ...ordered.map((): Token[] => [])];
  for (const token of tokens?.tokens ?? []) {
    const innermost = innermostAt(ordered, parents, startOf(token.range), own.length - 1);
    own[innermost]?.push(token);
    for (let unit = innermost; unit >= 0; unit = unit === 0 ? -1 : (parents[unit - 1] ?? 0)) all[unit]?.push(token);
  }
  const units: DeclarationUnit[] = [{ declaration: null, symbol: MODULE_SYMBOL, parent: -1, isScope: true, ownTokens: own[0] ?? [], tokens: all[0] ?? [] }];
  ordered.forEach((declaration, index) => {
    const parent = parents[index] ?? 0;
    units.push({
      declaration,
      symbol: declaration.qualname.join('.'),
      parent,
      isScope: isScope(declaration, units[parent]?.declaration ?? null),
      ownTokens: own[index + 1] ?? [],
      tokens: all[index + 1] ?? [],
    });
  });
  return units;
}

/** True for a file of which a part could not be read: it may have declarations that are not known. The grammars do not know all of their languages. */
export function isReadInPart({ structure }: { readonly structure: FileStructure | null }): boolean {
  return structure?.syntaxErrors.some(([first, , last]) => last - first > SKIPPED_LINES) === true;
}

/** Returns which declarations of a file lie inside a function of it: no other file can name those. */
export function insideFunctions(declarations: readonly Declaration[]): (declaration: Declaration) => boolean {
  const functions = new Set(declarations.filter((item) => FUNCTIONS.has(item.kind)).map((item) => item.qualname.join('.')));
  return ({ qualname }) => qualname.some((_name, index) => index > 0 && functions.has(qualname.slice(0, index).join('.')));
}

/** Returns the declaration of another version of a file that is called as this one is. */
export function namesakeIn(structure: FileStructure | null, { kind, overload, qualname }: Declaration): Declaration | undefined {
  const name = qualname.join('.');
  return structure?.declarations.find((item) => item.kind === kind && item.overload === overload && item.qualname.join('.') === name);
}

/** Returns the index of the innermost unit that diagnostics at `position` belong to. */
export function scopeUnitAt(units: readonly DeclarationUnit[], position: Position): number {
  for (let index = units.length - 1; index > 0; index -= 1) {
    const unit = units[index];
    if (unit?.declaration != null && unit.isScope && holds(unit.declaration.range, position)) return index;
  }
  return 0;
}

/** Returns the index of the innermost unit at or above `index` that is a scope. */
export function scopeOf(units: readonly DeclarationUnit[], index: number): number {
  let current = index;
  while (current > 0 && units[current]?.isScope === false) current = units[current]?.parent ?? 0;
  return Math.max(0, current);
}

function isScope(declaration: Declaration, parent: Declaration | null): boolean {
  if (declaration.kind === 'import') return false;
  return !(VALUES.has(declaration.kind) && parent !== null && FUNCTIONS.has(parent.kind));
}

/** For each declaration the unit index of the innermost one around it; 0 is the file. */
function parentsOf(ordered: readonly Declaration[]): number[] {
  const open: number[] = [];
  return ordered.map((declaration, index) => {
    while (open.length > 0 && comparePositions(endOf(ordered[open.at(-1) ?? 0]?.range ?? declaration.range), startOf(declaration.range)) <= 0) open.pop();
    const parent = open.length === 0 ? 0 : (open.at(-1) ?? 0) + 1;
    open.push(index);
    return parent;
  });
}

/** Binary search for the last declaration that starts at or before `position`, then outwards to the first that holds it. */
function innermostAt(ordered: readonly Declaration[], parents: readonly number[], position: Position, count: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const declaration = ordered[middle - 1];
    if (declaration !== undefined && comparePositions(startOf(declaration.range), position) <= 0) low = middle;
    else high = middle - 1;
  }
  let unit = low;
  while (unit > 0) {
    const declaration = ordered[unit - 1];
    if (declaration !== undefined && holds(declaration.range, position)) return unit;
    unit = parents[unit - 1] ?? 0;
  }
  return 0;
}
