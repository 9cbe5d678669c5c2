import type { Declaration } from '../base/declaration.js';
import { groupBy } from '../base/group-by.js';
import { identifierCounts, identifiersIn } from '../base/identifiers.js';
import { Kept } from '../base/kept.js';
import { endOf, type Range } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import { pythonFunctions, type PythonFunction, type Source } from './python-functions.js';

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
  let counts: ReadonlyMap<string, number> | null = null;
  return bodies.filter(({ declaration: { name, qualname }, declaresResult }) => {
    if (declaresResult) return true;
    // What a class offers, a protocol of a library may ask for by name.
    if (qualname.length > 1 && !name.startsWith('test')) return false;
    counts ??= identifierCounts(text);
    return isNamedElsewhere === null ? isNamedAlone(source, name, counts.get(name) ?? 0) : counts.get(name) === 1 && !isNamedElsewhere(name);
  });
}

/** True when all that a file says of a name is that it has members of that name, which no class of it has two of: those would be compared. */
function isNamedAlone({ text, structure }: Source, name: string, count: number): boolean {
  const declarations = structure?.declarations ?? [];
  const named = declarations.filter((item) => item.name === name);
  if (named.length !== count) return false;
  const owners = named.map(({ qualname }) => qualname.at(-2) ?? null).filter((owner) => owner !== null);
  if (owners.length === 0) return true;
  const document = new TextDocument(text);
  const classes = groupBy(declarations.filter(({ kind }) => kind === 'class'), (item) => item.name);
  const headers = new Map([...classes].map(([one, items]) => [one, new Set(items.flatMap((item) => [...identifiersIn(document.slice(item.signatureRange))]))]));
  return [...headers].every(([one, header]) => {
    const kin = new Set([one]);
    // It grows while it is gone through.
    for (const each of kin) for (const other of headers.get(each) ?? []) if (headers.has(other)) kin.add(other);
    const inherited = owners.filter((owner) => kin.has(owner));
    const hasOtherBases = [...header].some((other) => !headers.has(other) && other !== 'class');
    return inherited.length <= 1 && (inherited.length === 0 || inherited[0] === one || !hasOtherBases);
  });
}

function closedBodies(source: Source): UnseenBody[] {
  if (FILE_DIRECTIVE.test(source.text)) return [];
  const document = new TextDocument(source.text);
  const lines = source.text.split('\n');
  return pythonFunctions(source).flatMap((item): UnseenBody[] => {
    const { declaration, body, declaresResult } = item;
    const text = document.slice(declaration.range);
    if (body[0] === endOf(declaration.signatureRange).line || goesOn(item, lines) || saysNothing(item) || isSeen(item)) return [];
    const classes = declaration.qualname.slice(0, -1);
    return [{ declaration, body, text, words: item.usesItself ? new Set([...item.words, ...classes]) : item.words, classes, declaresResult }];
  });
}

/** An empty body means something by that: a stub, something abstract, a refusal. */
function saysNothing({ inBody }: PythonFunction): boolean {
  return inBody.length < 2 || /^(?:\.\.\.|pass|raise)$/u.test(inBody[0]?.text ?? '');
}

/** True where a statement goes on behind a backslash, so that line ends do not tell statements apart. */
function goesOn({ inBody }: PythonFunction, lines: readonly string[]): boolean {
  return inBody.some(({ range }, index) => range[2] < (inBody[index + 1]?.range[0] ?? 0) && /\\\r?$/u.test(lines[range[2]] ?? ''));
}

function isSeen({ inBody, isAsync, sets, outerNames }: PythonFunction): boolean {
  if (outerNames.length > 0 || !sets.every(({ isDeclaredElsewhere }) => isDeclaredElsewhere)) return true;
  // Of an async function that yields its result is another one.
  return isAsync && inBody.some((token) => token.text === 'yield');
}
