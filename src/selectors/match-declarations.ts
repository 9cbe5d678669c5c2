import type { Declaration, DeclarationKind, FileStructure } from '../base/declaration.js';
import type { AstSegment } from '../base/position-spec.js';
import { containsRange } from '../base/range.js';

const CALLABLE: ReadonlySet<DeclarationKind> = new Set(['function', 'method', 'constructor']);
const DATA: ReadonlySet<DeclarationKind> = new Set(['variable', 'constant', 'field']);

/** Other words for a kind, as languages write them. A declaration's own kind and its node type always match. */
const KINDS_WRITTEN_AS: Readonly<Record<string, readonly DeclarationKind[]>> = {
  def: ['function', 'method', 'constructor', 'property'],
  func: ['function', 'method', 'constructor'],
  fn: ['function', 'method', 'constructor'],
  function: ['function', 'method'],
  method: ['function', 'method', 'constructor', 'property'],
  class: ['class', 'struct'],
  struct: ['struct', 'class'],
  trait: ['interface'],
  const: ['constant', 'variable', 'function', 'class'],
  let: ['variable', 'function', 'class'],
  var: ['variable', 'function', 'class'],
  variable: ['variable', 'constant'],
  constant: ['variable', 'constant'],
  attribute: ['field', 'property'],
  property: ['field', 'property'],
  field: ['field', 'property'],
  mod: ['namespace'],
  module: ['namespace'],
};

/**
 * Returns the declarations that a qualified name may stand for: those of exactly that name, without imports where
 * there is a definition, only the implementation of an overloaded function that has one, and only the function or
 * type where one shares its name with data (`f = None` before `def f`, `type T` beside `const T`).
 */
export function declarationsNamed(structure: FileStructure, qualname: readonly string[]): readonly Declaration[] {
  return preferred(structure.declarations.filter((declaration) => isNamed(declaration, qualname)));
}

/** Returns every declaration of that name, imports and overload signatures included. */
export function allDeclarationsNamed(structure: FileStructure, qualname: readonly string[]): readonly Declaration[] {
  return structure.declarations.filter((declaration) => isNamed(declaration, qualname));
}

/** Returns the declarations that an AST path leads to. A segment's index counts the namesakes of its kind under one parent. */
export function declarationsOnPath(structure: FileStructure, segments: readonly AstSegment[]): readonly Declaration[] {
  let parents: readonly Declaration[] = structure.declarations.slice(0, 1);
  let prefix: string[] = [];
  for (const [depth, segment] of segments.entries()) {
    prefix = [...prefix, segment.name];
    const isLast = depth === segments.length - 1;
    const named = structure.declarations.filter((declaration) => isNamed(declaration, prefix) && (isLast || segment.kind === 'class' || isKind(declaration, segment.kind)));
    const above = structure.declarations.filter((declaration) => isNamed(declaration, prefix.slice(0, -1)));
    const children = parents.flatMap((parent) => {
      const inside = named.filter((declaration) => belongsTo(parent, declaration, above) && isKind(declaration, isLast ? segment.kind : ''));
      return segment.index === undefined ? inside : inside.slice(segment.index, segment.index + 1);
    });
    if (isLast) return segment.index === undefined ? preferred(children) : children;
    // A name part without a declaration of its own (a method's receiver, an impl) leaves the search where it is.
    if (named.length > 0) parents = children;
  }
  return parents;
}

/** A member stands inside its parent, or outside of everything of that name: Go's and Rust's methods, C++ definitions. */
function belongsTo(parent: Declaration, child: Declaration, namesakes: readonly Declaration[]): boolean {
  return containsRange(parent.range, child.range) || !namesakes.some((other) => containsRange(other.range, child.range));
}

/** `''` matches every kind. */
function isKind(declaration: Declaration, written: string): boolean {
  return written === '' || declaration.kind === written || declaration.nodeType === written || (KINDS_WRITTEN_AS[written]?.includes(declaration.kind) ?? false);
}

/** The name `default` of an anonymous default export may be left out before its members. */
function isNamed({ qualname }: Declaration, wanted: readonly string[]): boolean {
  if (sameParts(qualname, wanted)) return true;
  return qualname.length === wanted.length + 1 && qualname[0] === 'default' && wanted.length > 0 && sameParts(qualname.slice(1), wanted);
}

function sameParts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

function preferred(declarations: readonly Declaration[]): readonly Declaration[] {
  const defined = declarations.filter((declaration) => declaration.kind !== 'import');
  const kept = defined.length > 0 ? defined : declarations;
  const implemented = kept.filter((declaration) => declaration.hasBody);
  if (implemented.length === 1 && kept.every((declaration) => CALLABLE.has(declaration.kind))) return implemented;
  const proper = kept.filter((declaration) => !DATA.has(declaration.kind));
  return proper.length === 1 ? proper : kept;
}
