import type { Declaration } from '../base/declaration.js';
import { groupBy } from '../base/group-by.js';
import { identifierCounts, identifiersIn } from '../base/identifiers.js';
import { Kept } from '../base/kept.js';
import { compareRanges, containsRange, endOf, type Range } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import { unitsOf } from './declaration-units.js';
import { decidedAttributes, pythonFunctions, saysNothing, wordsOf, type PythonFunction, type Source } from './python-functions.js';

/** A part of a file that a checker does not need to check everything outside it. */
export interface UnseenPart {
  readonly declaration: Declaration;
  /** What is not needed: the body of a function, or all of a declaration that nobody else names. */
  readonly extent: Range;
  /** The whole declaration as written, with its decorators. */
  readonly text: string;
  /** Every name from outside in it, its own among them, and those of its classes where it uses its object as a whole. */
  readonly words: ReadonlySet<string>;
  /** The classes that it is a member of. */
  readonly classes: readonly string[];
}

/** An UnseenPart as the declaration itself says it: who names it is another question. */
interface ClosedPart extends Omit<UnseenPart, 'extent'> {
  /** What can be left out alone; null for what others see of it, and for a class. */
  readonly body: Range | null;
  /** True when the header says what it returns; else its body is unseen only where nobody else names it. */
  readonly declaresResult: boolean;
}

/** Comments by which a checker reads a whole file otherwise, or says what it did not find in it. */
const FILE_DIRECTIVE = /^[ \t]*#[ \t]*type:[ \t]*ignore|#[ \t]*pyright:(?![ \t]*ignore)/mu;
const kept = new Kept<ReadFile>();
const keptCounts = new Kept<ReadonlyMap<string, number>>();

/** What does not depend on other files. */
interface ReadFile {
  readonly parts: readonly ClosedPart[];
  /** How often the file has each name. */
  readonly counts: ReadonlyMap<string, number>;
  readonly isMemberAlone: (name: string) => boolean;
  readonly isAlone: (declaration: Declaration) => boolean;
}

/**
 * Returns what of a Python file nothing outside can see: the bodies of the outermost functions that declare their results, and neither give attributes of
 * their objects a type nor leave their own scope; such functions as a whole, and classes, that are named nowhere else. Other languages have none here. In the
 * order of the file, classes before what is in them. `isNamedElsewhere` says so of other files; null where none imports this one.
 */
export function unseenParts(source: Source, isNamedElsewhere: ((name: string) => boolean) | null): readonly UnseenPart[] {
  const { path, structure, tokens } = source;
  if (!path.endsWith('.py') || structure === null || tokens === null || structure.syntaxErrors.length > 0) return [];
  const { parts, counts, isMemberAlone, isAlone } = kept.get(structure, tokens, () => readFile(source, structure.declarations));
  const isOwn = isNamedElsewhere === null ? isMemberAlone : (name: string) => counts.get(name) === 1 && !isNamedElsewhere(name);
  return parts.flatMap(({ declaration, body, declaresResult, ...part }): UnseenPart[] => {
    const { name, range } = declaration;
    const isHidden = isSeenByName(declaration) && isOwn(name);
    const extent = isHidden && isAlone(declaration) ? range : isHidden || declaresResult ? body : null;
    return extent === null ? [] : [{ declaration, extent, ...part }];
  });
}

/** How often a file has each name. */
export function nameCounts({ text, structure, tokens }: Source): ReadonlyMap<string, number> {
  const count = (): ReadonlyMap<string, number> => identifierCounts(text);
  return structure === null || tokens === null ? count() : keptCounts.get(structure, tokens, count);
}

function readFile(source: Source, declarations: readonly Declaration[]): ReadFile {
  const counts = nameCounts(source);
  return { parts: closedParts(source), counts, isMemberAlone: membersAlone(declarations, counts, source.text), isAlone: namedApart(declarations) };
}

/** False for what the language calls by itself, and for what a class offers, which a protocol of a library may ask for; but for tests. */
export function isSeenByName({ name, qualname }: Declaration): boolean {
  return qualname.length > 1 ? name.startsWith('test') : !/^__\w+__$/u.test(name);
}

/** Says whether no other declaration has the whole name of one, which would be compared. */
function namedApart(declarations: readonly Declaration[]): (declaration: Declaration) => boolean {
  const counts = groupBy(declarations, ({ qualname }) => JSON.stringify(qualname));
  return ({ qualname }) => counts.get(JSON.stringify(qualname))?.length === 1;
}

/** Says whether all that a file has of a name are members of that name, of which no class has two: those would be compared. */
function membersAlone(declarations: readonly Declaration[], counts: ReadonlyMap<string, number>, text: string): (name: string) => boolean {
  const byName = groupBy(declarations, ({ name }) => name);
  const classes = classesWithKin(declarations, new TextDocument(text));
  return (name) => {
    const named = byName.get(name) ?? [];
    const owners = named.flatMap(({ qualname }) => qualname.at(-2) ?? []);
    return named.length === counts.get(name) && (owners.length === 0 || classes.every(({ name: one, kin, hasOtherBases }) => {
      const inherited = owners.filter((owner) => kin.has(owner));
      return inherited.length <= 1 && (inherited.length === 0 || inherited[0] === one || !hasOtherBases);
    }));
  };
}

interface ClassWithKin {
  readonly name: string;
  /** Itself and the classes of the file that it is derived from. */
  readonly kin: ReadonlySet<string>;
  /** True when its header names something that is no class of the file. */
  readonly hasOtherBases: boolean;
}

function classesWithKin(declarations: readonly Declaration[], document: TextDocument): ClassWithKin[] {
  const classes = groupBy(declarations.filter(({ kind }) => kind === 'class'), ({ name }) => name);
  const headers = new Map([...classes].map(([name, items]) => [name, new Set(items.flatMap((item) => [...identifiersIn(document.slice(item.signatureRange))]))]));
  return [...headers].map(([name, header]) => {
    const kin = new Set([name]);
    // It grows while it is gone through.
    for (const each of kin) for (const other of headers.get(each) ?? []) if (headers.has(other)) kin.add(other);
    return { name, kin, hasOtherBases: [...header].some((other) => !headers.has(other) && other !== 'class') };
  });
}

function closedParts(source: Source): ClosedPart[] {
  if (FILE_DIRECTIVE.test(source.text)) return [];
  const document = new TextDocument(source.text);
  const functions = pythonFunctions(source);
  const bodies = functions.flatMap((item): ClosedPart[] => {
    const { declaration, body, declaresResult } = item;
    const text = document.slice(declaration.range);
    if (goesOn(item, document) || item.outerNames.length > 0 || decidedAttributes(item).length > 0) return [];
    const classes = declaration.qualname.slice(0, -1);
    const isOpen = body[0] === endOf(declaration.signatureRange).line || saysNothing(item) || yieldsLater(item);
    return [{ declaration, body: isOpen ? null : body, text, words: item.usesItself ? new Set([...item.words, ...classes]) : item.words, classes, declaresResult }];
  });
  return [...closedClasses(source, functions, document), ...bodies].sort((a, b) => compareRanges(a.declaration.range, b.declaration.range));
}

/** The classes outside all others, but for those that reach out of their own scope. */
function closedClasses({ structure, tokens }: Source, functions: readonly PythonFunction[], document: TextDocument): ClosedPart[] {
  return unitsOf(structure, tokens).flatMap(({ declaration, tokens: own }): ClosedPart[] => {
    if (declaration?.kind !== 'class' || declaration.qualname.length > 1 || functions.some((item) => containsRange(item.declaration.range, declaration.range))) return [];
    if (own.some(({ text }) => /^(?:global|nonlocal|:=)$/u.test(text))) return [];
    return [{ declaration, body: null, text: document.slice(declaration.range), words: wordsOf(own), classes: [], declaresResult: false }];
  });
}

/** True where a statement goes on behind a backslash, so that line ends do not tell statements apart. */
function goesOn({ inBody }: PythonFunction, document: TextDocument): boolean {
  return inBody.some(({ range }, index) => range[2] < (inBody[index + 1]?.range[0] ?? 0) && document.lineText(range[2]).endsWith('\\'));
}

/** True for an async function that yields, whose result is another one than its header says. */
function yieldsLater({ inBody, isAsync }: PythonFunction): boolean {
  return isAsync && inBody.some((token) => token.text === 'yield');
}
