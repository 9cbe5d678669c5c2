import type { Declaration } from '../base/declaration.js';
import type { Role } from '../base/position-spec.js';
import { comparePositions, containsRange, endOf, startOf, type Range } from '../base/range.js';
import { definitionsOf, moduleOf, type Side } from './relocation-side.js';

/** The part of a declaration that a range covers; `whole` leaves decorators out, `decorated` has them. */
export type Part = 'name' | 'header' | 'whole' | 'decorated' | 'body' | 'doc';

/** What a range of the old text is: a declaration (or a part of one), or a span of code within a declaration. */
export type Target =
  | { readonly kind: 'declaration'; readonly declaration: Declaration; readonly part: Part; readonly range: Range }
  | { readonly kind: 'span'; readonly scope: Declaration; readonly range: Range };

/** What a selector itself says that its range is. */
export interface Named {
  readonly declaration: Declaration;
  readonly role: Role;
}

const PART_OF_ROLE: Readonly<Record<Role, Part>> = { def: 'name', sig: 'header', body: 'body', doc: 'doc' };

/** Returns what `range` is in `side`. The scope of a span is the innermost declaration around it, at least the module. */
export function targetOf(side: Side, range: Range, named: Named | null): Target {
  if (named !== null) return { kind: 'declaration', declaration: named.declaration, part: PART_OF_ROLE[named.role], range };
  const definitions = definitionsOf(side).slice(1);
  for (const declaration of definitions) {
    const part = partOf(declaration, range);
    if (part !== null) return { kind: 'declaration', declaration, part, range };
  }
  let scope = moduleOf(side);
  for (const declaration of definitions) if (containsRange(declaration.range, range) && containsRange(scope.range, declaration.range)) scope = declaration;
  return { kind: 'span', scope, range };
}

function partOf(declaration: Declaration, range: Range): Part | null {
  const same = (other: Range | null): boolean => other?.every((value, index) => value === range[index]) === true;
  if (same(declaration.nameRange)) return 'name';
  if (same(declaration.range)) return declaration.range.join() === wholeRange(declaration).join() ? 'whole' : 'decorated';
  if (comparePositions(startOf(range), startOf(declaration.signatureRange)) !== 0) return null;
  if (comparePositions(endOf(range), endOf(declaration.range)) === 0) return 'whole';
  // A header is quoted up to where its line ends: `def f():`, `class A {`, or its first line only.
  return range[2] <= declaration.signatureRange[2] ? 'header' : null;
}

/** The declaration from its first modifier to its end. */
export function wholeRange({ signatureRange, range }: Declaration): Range {
  return [signatureRange[0], signatureRange[1], range[2], range[3]];
}
