import type { Declaration, DeclarationKind } from '../base/declaration.js';
import { lineMapping } from '../base/line-diff.js';
import { containsRange } from '../base/range.js';
import { bagOf, lexemesOf, likeness, type LexemeBag } from './lexemes.js';
import { definitionsOf, moduleOf, type Side } from './relocation-side.js';
import { wholeRange } from './relocation-target.js';

/** A declaration of the new text that may be the old one, and why. All numbers in [0,1]. */
export interface Follow {
  readonly declaration: Declaration;
  /** How well its place in the structure agrees: 1 for the same qualified name. */
  readonly ast: number;
  /** Likeness of the two texts, names left out. */
  readonly token: number;
  /** How well its neighbourhood agrees. */
  readonly proximity: number;
}

/** Renames are believed from this likeness on. */
const RENAME_LIKENESS_MIN = 0.6;
/** Likeness that a namesake must have to be told from another one by it, and its lead. */
const TWIN_LEAD_MIN = 0.1;

/** Returns what `declaration` of `from` may be in `to`, best first; empty when it is not there. */
export function followDeclaration(from: Side, to: Side, declaration: Declaration): readonly Follow[] {
  if (declaration.kind === 'module') return [{ declaration: moduleOf(to), ast: 1, token: 1, proximity: 1 }];
  const old = definitionsOf(from);
  const current = definitionsOf(to);
  const same = current.filter((other) => sameName(other.qualname, declaration.qualname));
  if (same.length > 0) return followNamesake(from, to, declaration, old, same);
  const renamedParent = followThroughParent(from, to, declaration, old, current);
  return renamedParent.length > 0 ? renamedParent : followRename(from, to, declaration, old, current);
}

/** Returns the text of a declaration without its own name, for comparison. */
export function maskedBag(side: Side, declaration: Declaration): LexemeBag {
  return bagOf(lexemesOf(side.document.slice(wholeRange(declaration))).filter((lexeme) => lexeme !== declaration.name));
}

export function sameName(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

const FAMILIES: readonly (readonly DeclarationKind[])[] = [
  ['function', 'method', 'constructor', 'property', 'macro'],
  ['class', 'interface', 'struct', 'enum', 'type', 'namespace'],
  ['variable', 'constant', 'field', 'enumMember', 'property'],
];

/** True for kinds that an edit may turn into each other. */
export function sameFamily(a: DeclarationKind, b: DeclarationKind): boolean {
  return a === b || FAMILIES.some((family) => family.includes(a) && family.includes(b));
}

function followNamesake(from: Side, to: Side, declaration: Declaration, old: readonly Declaration[], same: readonly Declaration[]): readonly Follow[] {
  const rivals = old.filter((other) => sameName(other.qualname, declaration.qualname));
  const [only] = same;
  const bag = maskedBag(from, declaration);
  const follows = same.map((candidate) => ({ declaration: candidate, ast: 1, token: likeness(bag, maskedBag(to, candidate)), proximity: 1 }));
  // A class that became a variable of its name is another thing, most often an alias.
  if (rivals.length === 1 && same.length === 1 && only !== undefined) return follows.map((follow) => ({ ...follow, ast: sameFamily(only.kind, declaration.kind) ? 1 : 0.5 }));
  const mapped = mappedLine(from, to, declaration);
  return follows
    .map((follow) => {
      const onLine = follow.declaration.nameRange[0] === mapped;
      const better = rivals.some((rival) => rival !== declaration && likeness(maskedBag(from, rival), maskedBag(to, follow.declaration)) > follow.token + TWIN_LEAD_MIN);
      const twins = same.filter((other) => other.kind === follow.declaration.kind).length;
      return { ...follow, ast: better ? 0.3 : follow.declaration.kind === declaration.kind && (twins === 1 || onLine) ? 1 : 0.8, proximity: onLine ? 1 : 0 };
    })
    .sort(byEvidence);
}

function byEvidence(a: Follow, b: Follow): number {
  return 5 * (b.ast - a.ast) + 2 * (b.token - a.token) + (b.proximity - a.proximity);
}

/** Where the line with the name went, by a diff of the two files. */
function mappedLine(from: Side, to: Side, declaration: Declaration): number {
  return lineMapping(from.lines, to.lines)[declaration.nameRange[0]] ?? -1;
}

/** A member keeps its name when only what it is in was renamed. */
function followThroughParent(from: Side, to: Side, declaration: Declaration, old: readonly Declaration[], current: readonly Declaration[]): readonly Follow[] {
  const parent = parentOf(declaration, old);
  if (parent === null || parent.kind === 'module') return [];
  const bag = maskedBag(from, declaration);
  return followDeclaration(from, to, parent).flatMap((follow) => {
    if (sameName(follow.declaration.qualname, parent.qualname)) return [];
    const wanted = [...follow.declaration.qualname, ...declaration.qualname.slice(parent.qualname.length)];
    return current
      .filter((other) => sameName(other.qualname, wanted) && containsRange(follow.declaration.range, other.range))
      .map((other) => ({ declaration: other, token: likeness(bag, maskedBag(to, other)), proximity: follow.proximity }))
      .map((found) => ({ ...found, ast: 0.95 * Math.max(follow.ast, found.token) }));
  });
}

function parentOf(declaration: Declaration, among: readonly Declaration[]): Declaration | null {
  let parent: Declaration | null = null;
  for (const other of among) {
    if (other === declaration || !containsRange(other.range, declaration.range)) continue;
    if (parent === null || containsRange(parent.range, other.range)) parent = other;
  }
  return parent;
}

/** Declarations that the old text did not have, under any name, by the likeness of what they are. */
function followRename(from: Side, to: Side, declaration: Declaration, old: readonly Declaration[], current: readonly Declaration[]): readonly Follow[] {
  const bag = maskedBag(from, declaration);
  const size = [...bag.values()].reduce((sum, count) => sum + count, 0);
  const known = new Set(old.map((other) => other.qualname.join('\u0000')));
  const follows: Follow[] = [];
  for (const candidate of current) {
    if (candidate.kind === 'module' || known.has(candidate.qualname.join('\u0000')) || !sameFamily(candidate.kind, declaration.kind)) continue;
    const token = likeness(bag, maskedBag(to, candidate));
    const sameLast = candidate.name === declaration.name;
    if (token < RENAME_LIKENESS_MIN) continue;
    // A short text is like many others: what it says of the identity grows with its length.
    const weight = sameLast ? 1 : Math.min(1, size / 30);
    follows.push({ declaration: candidate, ast: (sameLast ? 0.95 : 0.85) * token * weight, token, proximity: neighboursAgree(declaration, candidate, old, current) });
  }
  return follows.sort(byEvidence);
}

/** Half for the same declaration before, half for the same one behind. */
function neighboursAgree(declaration: Declaration, candidate: Declaration, old: readonly Declaration[], current: readonly Declaration[]): number {
  const index = old.indexOf(declaration);
  const place = current.indexOf(candidate);
  const agree = (offset: number): number => {
    const a = old[index + offset];
    const b = current[place + offset];
    return (a === undefined && b === undefined) || (a !== undefined && b !== undefined && sameName(a.qualname, b.qualname)) ? 0.5 : 0;
  };
  return agree(-1) + agree(1);
}
