import type { Declaration } from '../base/declaration.js';
import { identifierCounts, identifiersIn } from '../base/identifiers.js';
import { Kept } from '../base/kept.js';
import { endOf, startOf, type Position, type Range } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import { typeBehind } from './comments-read.js';
import { FUNCTIONS, insideFunctions, VALUES } from './declaration-units.js';
import { declaresItsResult, isShown, makesTypes } from './interface-change.js';
import { withoutProse } from './python-prose.js';
import type { FileSide } from './step-facts.js';

/** How one declaration passes on what it sees of other names, as far as its text says. */
export interface InterfaceWays {
  readonly declaration: Declaration;
  /** Every word of it. The own name of one that is a member is among them: it may take its type over from a class above. */
  readonly words: ReadonlySet<string>;
  /** The words that decide about what a server shows of it. */
  readonly shown: ReadonlySet<string>;
  /** The words of which a server does not show what they do to it: bases, decorators, what a value is declared as. */
  readonly hidden: ReadonlySet<string>;
  /** The types that a function declares for itself. A server shows them by their names, which say nothing of what they are. */
  readonly ownTypes: ReadonlySet<string>;
  /** The attributes to which it gives values. */
  readonly attributes: readonly AttributeWay[];
  /** The names of its file to which it gives values. */
  readonly globals: readonly string[];
}

export interface AttributeWay {
  readonly name: string;
  /** Where a server shows what the value is. */
  readonly place: Position;
  /** The words of what it is declared as there. */
  readonly hidden: ReadonlySet<string>;
}

type Source = Pick<FileSide, 'path' | 'text' | 'structure'>;

const NOTHING: ReadonlySet<string> = new Set();
const kept = new Kept<readonly InterfaceWays[]>();

/** Returns the ways of all declarations that other files can see, in source order. */
export function interfaceWays(source: Source): readonly InterfaceWays[] {
  const { structure } = source;
  return structure === null ? [] : kept.get(structure, structure, () => readWays(source, structure.declarations));
}

function readWays({ path, text: written }: Source, all: readonly Declaration[]): InterfaceWays[] {
  const text = withoutProse(path, written);
  const document = new TextDocument(text);
  const declarations = all.filter((item) => item.qualname.length > 0);
  const isInside = insideFunctions(declarations);
  return declarations.flatMap((declaration) => {
    if (isInside(declaration)) return [];
    const { range, nameRange, signatureRange, kind } = declaration;
    const own = document.slice(range);
    const wordsOf = (part: string): ReadonlySet<string> => (declaration.qualname.length > 1 ? identifiersIn(part) : wordsBut(declaration.name, part));
    const words = wordsOf(own);
    const ways = { declaration, words, shown: NOTHING, hidden: NOTHING, ownTypes: NOTHING, attributes: [], globals: [] };
    if (kind === 'import') return ways;
    if (FUNCTIONS.has(kind)) {
      const ownTypes = declarations.filter((item) => isWithin(item, declaration) && item.kind !== 'import' && !FUNCTIONS.has(item.kind) && !VALUES.has(item.kind)).map(({ name }) => name);
      const globals = [...own.matchAll(GLOBALS)].flatMap((match) => [...identifiersIn(match[1] ?? '')]);
      return {
        ...ways,
        shown: declaresItsResult(declaration, path, document) ? wordsOf(document.slice(signatureRange)) : words,
        ownTypes: new Set([...ownTypes, UNNAMED]),
        hidden: makesTypes(own) ? words : identifiersIn(document.slice([range[0], range[1], nameRange[0], nameRange[1]])),
        attributes: attributesIn(document, range, words),
        globals,
      };
    }
    if (isShown(declaration, { path, text })) {
      const inComment = identifiersIn(typeBehind(document, range[2]));
      return { ...ways, words: new Set([...words, ...inComment]), shown: words, hidden: /\.pyi?$/u.test(path) ? new Set([...declaredAs(own, words), ...inComment]) : NOTHING };
    }
    // What is listed in quotes stays listed.
    const decides = declaration.name === '__all__' ? own.replace(/(['"])[^'"\n]*\1/gu, '') : withoutMembers(declaration, declarations, document);
    return { ...ways, hidden: wordsOf(decides) };
  });
}

/** By what TypeScript shows a class without a name. */
const UNNAMED = 'Anonymous';
const GLOBALS = /^\s*(?:global|nonlocal)\s+([\w, \t]+)/gmu;
/** What an attribute is declared as, at the start of a statement; else what may be a target of an assignment, alone or among others; of `self.a.b = c` and `self.a[0] = c` it is not `a`. */
const SETS = /^[ \t]*(?:self|cls)\s*\.\s*(\w+)[ \t]*:(?!=)([^=\n]*)|\b(?:self|cls|this)\s*\.\s*(\w+)\b(?!\s*[.[])(?=[^\n()]*?(?<![=!<>])=(?!=))|\b(?:for|as)\s+(?:self|cls)\s*\.\s*(\w+)/gmu;

function attributesIn(document: TextDocument, range: Range, words: ReadonlySet<string>): AttributeWay[] {
  const start = document.offsetAt(startOf(range));
  return [...document.slice(range).matchAll(SETS)].map((match) => {
    const name = match[1] ?? match[3] ?? match[4] ?? '';
    const place = document.positionAt(start + match.index + match[0].indexOf(name, match[0].indexOf('.')));
    return { name, place, hidden: new Set([...wordsOfType(match[2] ?? '', words), ...identifiersIn(typeBehind(document, place.line))]) };
  });
}

/** The words of what a value of Python is declared as. A server shows what it is narrowed to. */
function declaredAs(text: string, words: ReadonlySet<string>): ReadonlySet<string> {
  return wordsOfType(/^\w+\s*:([^=]*)/u.exec(text)?.[1] ?? '', words);
}

/** Those of a type as far as it stands in one line and holds no call, else `all`. */
function wordsOfType(type: string, all: ReadonlySet<string>): ReadonlySet<string> {
  const count = (bracket: string): number => type.split(bracket).length;
  return type.includes('(') || count('[') !== count(']') ? all : identifiersIn(type);
}

function wordsBut(name: string, text: string): ReadonlySet<string> {
  const counts = identifierCounts(text);
  return new Set([...counts].filter(([word, count]) => word !== name || count > 1).map(([word]) => word));
}

function isWithin({ qualname }: Declaration, outer: Declaration): boolean {
  return qualname.length > outer.qualname.length && outer.qualname.every((part, index) => part === qualname[index]);
}

function withoutMembers(declaration: Declaration, all: readonly Declaration[], document: TextDocument): string {
  const members = all.filter((item) => item.qualname.length === declaration.qualname.length + 1 && isWithin(item, declaration));
  const parts: string[] = [];
  let at = document.offsetAt(startOf(declaration.range));
  for (const { range } of members) {
    const start = document.offsetAt(startOf(range));
    if (start < at) continue;
    parts.push(document.text.slice(at, start));
    at = document.offsetAt(endOf(range));
  }
  return [...parts, document.text.slice(at, Math.max(at, document.offsetAt(endOf(declaration.range))))].join(' ');
}
