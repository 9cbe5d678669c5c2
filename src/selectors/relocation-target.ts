import type { Declaration } from '../base/declaration.js';
import type { Role } from '../base/position-spec.js';
import { comparePositions, containsRange, endOf, startOf, type Range } from '../base/range.js';
import { definitionsOf, moduleOf, type Side } from './relocation-side.js';

/** The part of a declaration that a range covers: one of its roles, or an extent that begins before or at the name. */
export type Part = Role | 'extent';

/** What a range of the old text is: a declaration (or a part of one), or a span of code within a declaration. */
export type Target =
  | { readonly kind: 'declaration'; readonly declaration: Declaration; readonly part: Part; readonly range: Range }
  | { readonly kind: 'span'; readonly scope: Declaration; readonly range: Range };

/** What a selector itself says that its range is. */
export interface Named {
  readonly declaration: Declaration;
  readonly role: Role;
}

/** Returns what `range` is in `side`. The scope of a span is the innermost declaration around it, at least the module. */
export function targetOf(side: Side, range: Range, named: Named | null): Target {
  if (named !== null) return { kind: 'declaration', declaration: named.declaration, part: named.role, range };
  const definitions = definitionsOf(side).slice(1);
  for (const declaration of definitions) {
    if (declaration.nameRange.every((value, index) => value === range[index])) return { kind: 'declaration', declaration, part: 'def', range };
    if (isExtent(declaration, range)) return { kind: 'declaration', declaration, part: 'extent', range };
  }
  let scope = moduleOf(side);
  for (const declaration of definitions) if (containsRange(declaration.range, range) && containsRange(scope.range, declaration.range)) scope = declaration;
  return { kind: 'span', scope, range };
}

/**
 * True for a range that begins with the declaration (its decorators, its modifiers or its name) and goes to the end of the
 * declaration or of its value, or that quotes the header up to where a line ends.
 */
function isExtent(declaration: Declaration, range: Range): boolean {
  const start = startOf(range);
  const end = endOf(range);
  if (comparePositions(start, startOf(declaration.range)) < 0 || comparePositions(startOf(declaration.nameRange), start) < 0) return false;
  const { bodyRange } = declaration;
  if (comparePositions(end, endOf(declaration.range)) === 0 || (bodyRange !== null && comparePositions(end, endOf(bodyRange)) === 0)) return true;
  return comparePositions(startOf(declaration.signatureRange), start) <= 0 && comparePositions(end, endOf(declaration.nameRange)) > 0 && end.line <= declaration.signatureRange[2];
}

/** The declaration from its first modifier to its end. */
export function wholeRange({ signatureRange, range }: Declaration): Range {
  return [signatureRange[0], signatureRange[1], range[2], range[3]];
}
