import type { Declaration } from '../base/declaration.js';
import { groupBy } from '../base/group-by.js';
import { identifierCounts, identifiersIn } from '../base/identifiers.js';
import { Kept } from '../base/kept.js';
import { endOf, type Range } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import { decidedAttributes, pythonFunctions, saysNothing, type PythonFunction, type Source } from './python-functions.js';

/** A function of which a checker needs the header alone to check everything outside it. */
export interface UnseenBody {
  readonly declaration: Declaration;
  readonly body: Range;
  /** The whole function as written, with its decorators. */
  readonly text: string;
  /** Every name from outside in it, its own among them, and those of its classes where it uses its object as a whole. */
  readonly words: ReadonlySet<string>;
  /** The classes that it is a member of. */
  readonly classes: readonly string[];
  /** True when the header says what it returns; else its body is unseen only where nobody else names it. */
  readonly declaresResult: boolean;
}

/** Comments by which a checker reads a whole file otherwise, or says what it did not find in it. */
const FILE_DIRECTIVE = /^[ \t]*#[ \t]*type:[ \t]*ignore|#[ \t]*pyright:(?![ \t]*ignore)/mu;
const kept = new Kept<readonly UnseenBody[]>();

/**
 * Returns the outermost functions of a Python file whose bodies nothing outside them can see: they declare their results or are
 * named nowhere else, and neither give attributes of their objects a type nor leave their own scope. Other languages have none here.
 * `isNamedElsewhere` says so of other files; null where none imports this one.
 */
export function unseenBodies(source: Source, isNamedElsewhere: ((name: string) => boolean) | null): readonly UnseenBody[] {
  const { path, text, structure, tokens } = source;
  if (!path.endsWith('.py') || structure === null || tokens === null || structure.syntaxErrors.length > 0) return [];
  const bodies = kept.get(structure, tokens, () => closedBodies(source));
  let isOwn: ((name: string) => boolean) | null = null;
  return bodies.filter(({ declaration: { name, qualname }, declaresResult }) => {
    if (declaresResult) return true;
    // What a class offers, a protocol of a library may ask for by name.
    if (qualname.length > 1 && !name.startsWith('test')) return false;
    isOwn ??= isNamedElsewhere === null ? membersAlone(source) : namedOnce(text, isNamedElsewhere);
    return isOwn(name);
  });
}

function namedOnce(text: string, isNamedElsewhere: (name: string) => boolean): (name: string) => boolean {
  const counts = identifierCounts(text);
  return (name) => counts.get(name) === 1 && !isNamedElsewhere(name);
}

/** Says whether all that a file has of a name are members of that name, of which no class has two: those would be compared. */
function membersAlone({ text, structure }: Source): (name: string) => boolean {
  const counts = identifierCounts(text);
  const declarations = groupBy(structure?.declarations ?? [], ({ name }) => name);
  const classes = classesWithKin(structure?.declarations ?? [], new TextDocument(text));
  return (name) => {
    const named = declarations.get(name) ?? [];
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

function closedBodies(source: Source): UnseenBody[] {
  if (FILE_DIRECTIVE.test(source.text)) return [];
  const document = new TextDocument(source.text);
  return pythonFunctions(source).flatMap((item): UnseenBody[] => {
    const { declaration, body, declaresResult } = item;
    const text = document.slice(declaration.range);
    if (body[0] === endOf(declaration.signatureRange).line || goesOn(item, document) || saysNothing(item) || isSeen(item)) return [];
    const classes = declaration.qualname.slice(0, -1);
    return [{ declaration, body, text, words: item.usesItself ? new Set([...item.words, ...classes]) : item.words, classes, declaresResult }];
  });
}

/** True where a statement goes on behind a backslash, so that line ends do not tell statements apart. */
function goesOn({ inBody }: PythonFunction, document: TextDocument): boolean {
  return inBody.some(({ range }, index) => range[2] < (inBody[index + 1]?.range[0] ?? 0) && document.lineText(range[2]).endsWith('\\'));
}

function isSeen(item: PythonFunction): boolean {
  const { inBody, isAsync, outerNames } = item;
  if (outerNames.length > 0 || decidedAttributes(item).length > 0) return true;
  // Of an async function that yields its result is another one.
  return isAsync && inBody.some((token) => token.text === 'yield');
}
