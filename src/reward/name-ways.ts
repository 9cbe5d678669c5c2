import type { Declaration } from '../base/declaration.js';
import { groupBy } from '../base/group-by.js';
import { identifiersIn, isIdentifier } from '../base/identifiers.js';
import { Kept } from '../base/kept.js';
import { containsRange } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import type { ChangedDeclaration } from './changed-declarations.js';
import { commentsRead } from './comments-read.js';
import { insideFunctions, unitsOf, VALUES } from './declaration-units.js';
import { namesBoundBy } from './import-sources.js';
import { listedAnew, makesObjects, namesFromOutside, unnamedReach } from './interface-change.js';
import type { FileSide } from './step-facts.js';
import { namesBound } from './module-code.js';
import { decidedAttributes, pythonFunctionOf, pythonFunctions, statementsOf, textOf, wordsOf, type Source } from './python-functions.js';

/** By each name of a file those that mean something else when it does. */
export type NameWays = ReadonlyMap<string, ReadonlySet<string>>;

const kept = new Kept<NameWays>();
const NOTHING: NameWays = new Map();

/**
 * Returns how names lead to others in one Python file: through headers, values, and what functions return or attributes hold without saying so. What the
 * language calls by itself, such as `__len__`, goes by the name of its class, which leads to whatever is declared to be one.
 */
export function nameWays(source: Source): NameWays {
  const { structure, tokens } = source;
  return structure === null || tokens === null ? NOTHING : kept.get(structure, tokens, () => readWays(source));
}

/** The names that mean something else after a declaration changed: its own, those of the attributes to which it gives a type, the type of which it is a part that is used without being named. */
export function namesChangedBy(change: ChangedDeclaration, before: FileSide, after: FileSide): string[] {
  const reach = unnamedReach(change, before, after);
  const namesOf = (declaration: Declaration | null, side: FileSide): string[] => (declaration === null ? [] : declaration.kind === 'import' ? namesBoundBy(declaration, side) : namesFromOutside(declaration));
  // A class that is derived from it need not name it.
  const fromBelow = [change.before, change.after].flatMap((declaration) => (declaration !== null && makesObjects(declaration) ? [`.${declaration.name}`] : []));
  const own = [...namesOf(change.before, before), ...namesOf(change.after, after), ...fromBelow];
  const [old, now] = [decidedNames(change.before, before), decidedNames(change.after, after)];
  const decided = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
  return [...own, ...listedAnew(change, before, after), ...decided, ...(reach === null ? [] : [reach.type])];
}

/** Those of the `names` that a change changes by which a class or a type may have other members, or others may do something else with its objects: not the class of which only the making of objects changed. */
export function typesChangedBy({ before, after }: ChangedDeclaration, names: readonly string[]): readonly string[] {
  const member = after ?? before;
  return member !== null && makesObjects(member) ? names.filter((name) => name !== member.qualname.at(-2) && name !== `.${member.name}`) : names;
}

/** The class of which a changed declaration is a member: who hands on an object of it may do so to what asks for that member, as a protocol or the making of an object does. */
export function classChangedBy({ before, after }: ChangedDeclaration): string[] {
  return [before, after].flatMap((declaration) => declaration?.qualname.at(-2) ?? []);
}

/** The attributes and outer names to which a function gives a type, each with the code that decides it; of outer names that is the whole function. */
function decidedNames(declaration: Declaration | null, side: FileSide): ReadonlyMap<string, string> {
  const item = declaration === null ? undefined : pythonFunctionOf(declaration, side);
  if (item === undefined) return new Map();
  return new Map([
    ...[...groupBy(decidedAttributes(item), ({ name }) => name)].map(([name, all]) => [name, JSON.stringify(all.map(({ decidedBy, isTyped }) => [isTyped, decidedBy]))] as const),
    ...item.outerNames.map((name) => [name, new TextDocument(side.text).slice(item.declaration.signatureRange) + textOf(item.inBody)] as const),
  ]);
}

function readWays(source: Source): NameWays {
  const names = new Map<string, Set<string>>();
  const lead = (from: Iterable<string>, to: readonly string[]): void => {
    for (const word of to.length === 0 ? [] : from) {
      const known = names.get(word) ?? new Set<string>();
      names.set(word, known);
      for (const name of to) if (name !== word) known.add(name);
    }
  };
  const functions = pythonFunctions(source);
  for (const item of functions) {
    const { declaration, headerWords, words, declaresResult, outerNames } = item;
    const deciding = declaresResult || makesObjects(declaration) ? headerWords : words;
    lead(deciding, namesFromOutside(declaration));
    for (const set of decidedAttributes(item)) lead(set.words, [set.name]);
    lead(words, outerNames);
  }
  const isInside = insideFunctions(functions.map(({ declaration }) => ({ ...declaration, kind: 'function' as const })));
  for (const { declaration, ownTokens } of unitsOf(source.structure, source.tokens)) {
    if (declaration === null) {
      // What loops and blocks outside all functions bind is no declaration.
      for (const statement of statementsOf(ownTokens)) lead(wordsOf(statement.tokens), namesBound(statement));
    } else if (!isInside(declaration) && functions.every((item) => item.declaration !== declaration)) {
      const { docRange, kind } = declaration;
      const words = wordsOf(docRange === null ? ownTokens : ownTokens.filter(({ range }) => !containsRange(docRange, range)));
      lead(words, kind === 'import' || VALUES.has(kind) ? [declaration.name] : namesFromOutside(declaration));
    }
  }
  // A comment says the type of what is assigned beside it, or of the function that it lies in.
  for (const { said, about, symbol } of commentsRead(source)) lead(identifiersIn(said), [...identifiersIn(about), ...symbol.split('.').filter(isIdentifier)]);
  return names;
}
