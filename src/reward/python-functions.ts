import type { Declaration, Token } from '../base/declaration.js';
import { identifiersIn, isIdentifier } from '../base/identifiers.js';
import { Kept } from '../base/kept.js';
import { containsRange, startOf, type Position, type Range } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import { commentsRead } from './comments-read.js';
import { unitsOf, VALUES } from './declaration-units.js';
import type { FileSide } from './step-facts.js';

/** What is read of a file. */
export type Source = Pick<FileSide, 'path' | 'text' | 'structure' | 'tokens'>;

/** A Python function that lies inside no other, as far as others can see into it. */
export interface PythonFunction {
  readonly declaration: Declaration;
  readonly body: Range;
  /** The tokens of the body, documentation left out. */
  readonly inBody: readonly Token[];
  readonly isAsync: boolean;
  /** True when the header says what it returns. */
  readonly declaresResult: boolean;
  /** The names from outside that its decorators, its header and comments about types mention, and all that it does. */
  readonly headerWords: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
  /** Its parameters, and the names that it binds outside the functions in it. */
  readonly local: ReadonlySet<string>;
  readonly sets: readonly SetAttribute[];
  /** True where a method uses its object, or its class, otherwise than for a member, or the class of whatever it holds. */
  readonly usesItself: boolean;
  /** What it declares `global` or `nonlocal`, and what its header binds by `:=`. */
  readonly outerNames: readonly string[];
}

/** An attribute of a method's object that the method assigns. */
export interface SetAttribute {
  readonly name: string;
  /** Where it is named. */
  readonly place: Position;
  /** The names from outside that decide its type here. */
  readonly words: ReadonlySet<string>;
  /** The code that does, as its tokens, with what it takes of the header. */
  readonly decidedBy: string;
  /** True where this assignment writes its type. */
  readonly isTyped: boolean;
  /** True where another place of its class writes its type and this one does not, so that it says nothing to others. */
  readonly isDeclaredElsewhere: boolean;
}

const ASSIGNS = /^(?:=|[-+*/%@&|^]=|\*\*=|\/\/=|>>=|<<=)$/u;
const IMPORTS = /^(?:from|import)$/u;
/** What opens a block, up to a colon. */
export const BLOCKS = /^(?:if|elif|else|for|while|with|try|except|finally|def|class|async|match|case)$/u;
/** Words beside the names of a statement that binds some. */
export const KEYWORDS = /^(?:and|as|async|await|del|else|except|finally|for|if|in|is|lambda|not|or|try|with|None|True|False)$/u;
/** Words of statements that may end a module, or never end. */
export const ENDING_WORDS = ['raise', 'assert', 'while', 'exit', '_exit', 'quit', 'abort', 'fail', 'skip', 'assert_never'];
/** Statements that decide which type a name has where they were passed. */
const NARROWS = /^(?:if|elif|while|assert|match|case|with|for|async|except|return|raise|del)$/u;
/** The methods by which objects are made. */
export const MAKES_OBJECTS = /^__(?:init|new|post_init)__$/u;
const kept = new Kept<readonly PythonFunction[]>();

/** Returns the functions of a Python file that lie in no other, methods and properties among them. Empty where it was not parsed. */
export function pythonFunctions({ path, text, structure, tokens }: Source): readonly PythonFunction[] {
  return structure === null || tokens === null ? [] : kept.get(structure, tokens, () => readFunctions({ path, text, structure, tokens }, structure, tokens));
}

/** Returns the function that a declaration of a Python file is; undefined for what is none, or lies in one. */
export function pythonFunctionOf(declaration: Declaration, source: Source): PythonFunction | undefined {
  return pythonFunctions(source).find((item) => item.declaration === declaration);
}

/** The attributes whose types a function decides: those that it assigns and nothing else declares. */
export function decidedAttributes({ sets }: PythonFunction): SetAttribute[] {
  return sets.filter(({ isDeclaredElsewhere }) => !isDeclaredElsewhere);
}

/** True for an empty body, which means something: a stub, something abstract, a refusal. */
export function saysNothing({ inBody }: PythonFunction): boolean {
  return inBody.length < 2 || /^(?:\.\.\.|pass|raise)$/u.test(inBody[0]?.text ?? '');
}

/** The names that some tokens mention, those in strings too, which may be types; but for `local` ones, and those of arguments. What makes objects is mentioned as `.__init__`, too. */
export function wordsOf(tokens: readonly Token[], local: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const words = new Set<string>();
  tokens.forEach(({ text, parentType }, index) => {
    const isMember = tokens[index - 1]?.text === '.';
    if (isMember && MAKES_OBJECTS.test(text)) words.add(`.${text}`);
    if (!isIdentifier(text) || parentType.includes('string')) for (const word of identifiersIn(text)) words.add(word);
    else if (isMember || !(local.has(text) || (tokens[index + 1]?.text === '=' && /^[(,]$/u.test(tokens[index - 1]?.text ?? '')))) words.add(text);
  });
  return words;
}

/** The names from outside that the statements of a function mention: those among its `local` ones, too, that it imports. */
function mentionedBy(statements: readonly Statement[], local: ReadonlySet<string>): string[] {
  return statements.flatMap(({ tokens }) => [...wordsOf(tokens, IMPORTS.test(tokens[0]?.text ?? '') ? new Set() : local)]);
}

/** The name by which a method calls its object. */
function firstParameter(parameters: string): string | null {
  return /^\w+/u.exec(parameters)?.[0] ?? null;
}

function usesItself({ qualname, parameters }: Declaration, tokens: readonly Token[]): boolean {
  const first = firstParameter(parameters);
  return qualname.length > 1 && tokens.some(({ text }, index) => text === '__class__' || (text === 'type' && tokens[index + 1]?.text === '(') || (text === first && tokens[index - 1]?.text !== '.' && tokens[index + 1]?.text !== '.'));
}

function readFunctions(source: Source, structure: NonNullable<Source['structure']>, tokens: NonNullable<Source['tokens']>): PythonFunction[] {
  const document = new TextDocument(source.text);
  const comments = commentsRead(source);
  const found: PythonFunction[] = [];
  const units = unitsOf(structure, tokens);
  let outer: Range | null = null;
  units.forEach(({ declaration, tokens: all }, index) => {
    if (declaration === null || (outer !== null && containsRange(outer, declaration.range))) return;
    const { bodyRange: body, signatureRange, docRange } = declaration;
    const header = document.slice(signatureRange);
    if (body === null || !/^(?:async\s+)?def\b/u.test(header)) return;
    outer = declaration.range;
    const code = docRange === null ? all : all.filter(({ range }) => !containsRange(docRange, range));
    const inHeader = code.filter(({ range }) => !containsRange(body, range));
    const inBody = code.filter(({ range }) => containsRange(body, range));
    const inner = units.filter((unit) => unit.parent === index).flatMap((unit) => (unit.declaration === null ? [] : [unit.declaration.range]));
    const statements = statementsOf(inBody);
    const itself = firstParameter(declaration.parameters);
    // Where one inside has a parameter of that name, it is another object.
    const others = inner.length === 0 ? [] : structure.declarations.filter((item) => item !== declaration && containsRange(declaration.range, item.range) && firstParameter(item.parameters) === itself);
    const ofItsObject = statements.filter(({ tokens: [token] }) => token === undefined || !others.some(({ range }) => containsRange(range, token.range)));
    const boundByHeader = inHeader.flatMap(({ text }, at) => (inHeader[at + 1]?.text === ':=' ? [text] : []));
    const outerNames = [...boundByHeader, ...statements.flatMap(({ tokens: own }) => (/^(?:global|nonlocal)$/u.test(own[0]?.text ?? '') ? [...wordsOf(own.slice(1))] : []))];
    const parameters = parameterTokens(inHeader);
    const declared = declarationsOf(parameters, inHeader);
    const local = new Set([...declared.keys(), ...statements.filter(({ tokens: [first] }) => first === undefined || !inner.some((range) => containsRange(range, first.range))).flatMap(({ binds }) => binds)]);
    for (const name of outerNames) local.delete(name);
    // A type or a default may have the name of a parameter and still be another thing.
    const inComments = comments.filter(({ range }) => range[0] >= declaration.range[0] && range[0] <= declaration.range[2]).flatMap(({ said }) => [...identifiersIn(said)]);
    const headerWords = new Set([...wordsOf(inHeader.filter((token) => !parameters.includes(token))), ...inComments]);
    const words = new Set([...headerWords, ...mentionedBy(statements, local)]);
    found.push({ declaration, body, inBody, isAsync: header.startsWith('async'), declaresResult: inHeader.some(({ text }) => text === '->'), headerWords, words, local, sets: attributesSetBy(declaration, { statements, ofItsObject, local, declared, all: inner.length > 0 ? { words, decidedBy: textOf([...inHeader, ...inBody]) } : null }), usesItself: usesItself(declaration, inBody), outerNames });
  });
  const isDeclared = declaredAttributes(structure, found, document);
  return found.map((item) => ({ ...item, sets: item.sets.map((set) => ({ ...set, isDeclaredElsewhere: !set.isTyped && isDeclared(item.declaration, set.name) })) }));
}

/** The names of the parameters, where they are declared. */
function parameterTokens(header: readonly Token[]): Token[] {
  let [depth, isOver] = [0, false];
  return header.slice(header.findIndex(({ text }) => text === 'def')).filter(({ text }, index, tokens) => {
    if (/^[([{]$/u.test(text)) depth += 1;
    else if (/^[)\]}]$/u.test(text)) depth -= 1;
    // What it returns may have commas, too.
    isOver ||= depth === 0 && text === ')';
    return !isOver && depth === 1 && isIdentifier(text) && /^(?:[(,*]|\*\*)$/u.test(tokens[index - 1]?.text ?? '');
  });
}

/** By each parameter what the header says of it; where that is no type, all of the header, since what the function overrides may give it one. */
function declarationsOf(parameters: readonly Token[], header: readonly Token[]): ReadonlyMap<string, string> {
  const isGeneric = header[header.findIndex(({ text }) => text === 'def') + 2]?.text === '[';
  return new Map(parameters.map((token) => {
    const start = header.indexOf(token);
    let depth = 0;
    const end = header.findIndex(({ text }, index) => {
      if (index <= start) return false;
      if (/^[([{]$/u.test(text)) depth += 1;
      else if (/^[)\]}]$/u.test(text)) depth -= 1;
      return depth < 0 || (depth === 0 && text === ',');
    });
    const stars = header[start - 1]?.text.replace(/[^*]/gu, '') ?? '';
    return [token.text, isGeneric || header[start + 1]?.text !== ':' ? textOf(header) : stars + textOf(header.slice(start, end))];
  }));
}

/** One statement of a Python text. */
export interface Statement {
  readonly tokens: readonly Token[];
  /** Index of the last assignment outside all brackets; -1 for none. */
  readonly lastAssignment: number;
  /** The names that it binds. */
  readonly binds: readonly string[];
}

/** Tokens by statement, as far as line ends, brackets and `;` tell; what follows the colon of a block is one of its own. */
export function statementsOf(tokens: readonly Token[]): Statement[] {
  const statements: { tokens: Token[]; depths: number[] }[] = [];
  let depth = 0;
  let end = -1;
  for (const token of tokens) {
    if (depth === 0 && token.range[0] > end) statements.push({ tokens: [], depths: [] });
    const statement = statements.at(-1);
    if (statement === undefined) continue;
    if (/^[)\]}]$/u.test(token.text)) depth -= 1;
    statement.tokens.push(token);
    statement.depths.push(depth);
    if (/^[([{]$/u.test(token.text)) depth += 1;
    end = token.range[2];
    if (depth === 0 && (token.text === ';' || (token.text === ':' && BLOCKS.test(statement.tokens[0]?.text ?? '')))) statements.push({ tokens: [], depths: [] });
  }
  return statements.map(({ tokens: own, depths }) => {
    const lastAssignment = own.findLastIndex(({ text }, index) => depths[index] === 0 && ASSIGNS.test(text));
    return { tokens: own, lastAssignment, binds: boundNames(own, depths, lastAssignment) };
  });
}

/** What a statement binds outside all brackets, and in those of its targets: before `=`, after `for`, `as` and `import`. */
function boundNames(tokens: readonly Token[], depths: readonly number[], lastAssignment: number): string[] {
  const colon = tokens.findIndex(({ text }, index) => depths[index] === 0 && text === ':');
  const targetsEnd = colon === -1 ? lastAssignment : Math.min(colon, lastAssignment);
  let target: string | null = null;
  return tokens.flatMap(({ text }, index) => {
    const isOutside = depths[index] === 0;
    const opens = /^(?:for|as|import)$/u.test(text);
    if (isOutside && opens) target = text;
    else if (isOutside && (text === 'in' || text === ':')) target = null;
    else if (isOutside && text === ',' && target === 'as') target = /^(?:import|from)$/u.test(tokens[0]?.text ?? '') ? 'import' : null;
    const isPlain = isIdentifier(text) && !opens && tokens[index - 1]?.text !== '.' && !/^[.[(]$/u.test(tokens[index + 1]?.text ?? '');
    const isTarget = (index < targetsEnd && isOutside) || (target !== null && (isOutside || target === 'for')) || (isOutside && tokens[index + 1]?.text === ':=');
    return isPlain && isTarget ? [text] : [];
  });
}

/** The body of a method. */
interface MethodBody {
  readonly statements: readonly Statement[];
  /** Those in which the name of its first parameter is that. */
  readonly ofItsObject: readonly Statement[];
  readonly local: ReadonlySet<string>;
  /** Its parameters, each with what is declared of it. */
  readonly declared: ReadonlyMap<string, string>;
}

/** What decides the type of an attribute. */
type Deciding = Pick<SetAttribute, 'words' | 'decidedBy'>;

/** The attributes that a method assigns of its first parameter: what other methods see of its body. `all` of it where it cannot be told what decides their types. */
function attributesSetBy({ qualname, parameters }: Declaration, { statements, ofItsObject, local, declared, all }: MethodBody & { readonly all: Deciding | null }): SetAttribute[] {
  const first = firstParameter(parameters);
  if (qualname.length < 2 || first === null) return [];
  return ofItsObject.flatMap((statement) =>
    attributesSetIn(first, statement).map(({ name, place, type }) => ({ name, place, isTyped: type !== null, isDeclaredElsewhere: false, ...(type !== null ? { words: wordsOf(type, local), decidedBy: textOf(type) } : (all ?? whatDecides(statement, { statements, local, declared }, first))) })),
  );
}

/** Code as its tokens, whatever its layout. */
export function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join(' ');
}

/** The attributes that are assigned: before `=`, after `for` and `as`, and where only a type is written, each with that. */
function attributesSetIn(first: string, { tokens, lastAssignment }: Statement): (Pick<SetAttribute, 'name' | 'place'> & { readonly type: readonly Token[] | null })[] {
  let target: 'for' | 'as' | null = null;
  return tokens.flatMap(({ text }, index) => {
    if (text === 'for' || text === 'as') target = text;
    else if (text === 'in' || text === ':') target = null;
    if (text !== first || tokens[index + 1]?.text !== '.' || tokens[index - 1]?.text === '.') return [];
    const isTyped = index === 0 && tokens[3]?.text === ':';
    // Of `self.a.b = c` the assigned attribute is not one of the object.
    const isWhole = !/^[.[(]$/u.test(tokens[index + 3]?.text ?? '');
    if (!isTyped && !(isWhole && (index < lastAssignment || target !== null))) return [];
    const named = tokens[index + 2];
    return named === undefined ? [] : [{ name: named.text, place: startOf(named.range), type: isTyped ? tokens.slice(4, lastAssignment === -1 ? undefined : lastAssignment) : null }];
  });
}

/** What decides about what a statement assigns, through what the method binds and through the conditions that are put on that. */
function whatDecides(statement: Statement, { statements, local, declared }: Omit<MethodBody, 'ofItsObject'>, first: string): Deciding {
  const taken = new Set<Statement>();
  const keys = new Set<string>();
  /** Local names, and attributes of the object. */
  const keysOf = ({ tokens }: Statement): string[] =>
    tokens.flatMap(({ text }, index) => {
      const isMember = tokens[index - 1]?.text === '.';
      if (isMember) return tokens[index - 2]?.text === first ? [`.${text}`] : [];
      return text !== first && local.has(text) ? [text] : [];
    });
  const take = (from: Statement): void => {
    taken.add(from);
    for (const key of keysOf(from)) keys.add(key);
  };
  take(statement);
  for (let size = 0; size !== taken.size; ) {
    size = taken.size;
    for (const other of statements) {
      const decides = other.binds.some((name) => keys.has(name)) || (NARROWS.test(other.tokens[0]?.text ?? '') && keysOf(other).some((key) => keys.has(key)));
      if (!taken.has(other) && decides) take(other);
    }
  }
  const parameters = [...declared].flatMap(([name, text]) => (keys.has(name) ? [text] : []));
  // Who holds a class makes objects of it.
  const classes = parameters.flatMap((text) => (/\b[Tt]ype\b/u.test(text) ? [...identifiersIn(text.replace(/^\W*\w+/u, ''))] : []));
  return { words: new Set([...classes, ...mentionedBy([...taken], local)]), decidedBy: [...parameters, ...statements.filter((each) => taken.has(each)).map(({ tokens }) => textOf(tokens))].join('\n') };
}

/** Says whether the type of an attribute is written in the class itself, or where another function of it assigns it. */
function declaredAttributes({ declarations }: NonNullable<Source['structure']>, functions: readonly PythonFunction[], document: TextDocument): (declaration: Declaration, name: string) => boolean {
  const places = new Map<string, Declaration[]>();
  const keyOf = ({ qualname }: Declaration, name: string): string => JSON.stringify([qualname.slice(0, -1), name]);
  const add = (place: Declaration, name: string): void => void places.set(keyOf(place, name), [...(places.get(keyOf(place, name)) ?? []), place]);
  // What is final has its type from what is assigned, and must be assigned.
  for (const item of declarations) if (VALUES.has(item.kind) && item.bodyRange === null && /^\s*\w+\s*:(?!.*\bFinal\b)/u.test(document.slice(item.range))) add(item, item.name);
  for (const { declaration, sets } of functions) for (const { name, isTyped } of sets) if (isTyped) add(declaration, name);
  return (declaration, name) => (places.get(keyOf(declaration, name)) ?? []).some((place) => place !== declaration);
}
