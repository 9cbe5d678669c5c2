import type { Declaration, FileStructure, Token } from '../base/declaration.js';
import { groupBy } from '../base/group-by.js';
import { identifiersIn, isIdentifier } from '../base/identifiers.js';
import { isSameList } from '../base/same-list.js';
import { Kept } from '../base/kept.js';
import { comparePositions, endOf, startOf } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import { FUNCTIONS, unitsOf } from './declaration-units.js';
import { LISTED } from './interface-change.js';
import { BLOCKS, ENDING_WORDS, KEYWORDS, statementsOf, textOf, type Source, type Statement } from './python-functions.js';

/** What a step changed of the code of a Python file outside its declarations. */
export interface ModuleChange {
  /** The names of the file that may mean something else: those that changed statements bind, and those that stand under other conditions now. */
  readonly names: readonly string[];
  /** True when no more can be seen of the change, in the file itself too. Else any part of it may have other diagnostics, and other files see the names. */
  readonly isByName: boolean;
}

/** The code of a file outside functions, classes and other declarations. */
interface ModuleCode {
  /** Its statements in their order, each with the headers of the blocks around it. */
  readonly statements: readonly string[];
  /** By each name that they bind, those that do. */
  readonly bound: ReadonlyMap<string, readonly string[]>;
  /** By each declared name the blocks in which it is. */
  readonly declaredIn: ReadonlyMap<string, readonly string[]>;
  /** The statements of which it cannot be told what they mean for the rest of the file: those that may end it, tell cases apart, or list or import names that they do not say. */
  readonly untold: ReadonlySet<string>;
  /** Those that do more than to bind names or to open a block: what is called for nothing may not return, and an attribute or an item is taken for what it was assigned where functions use it. */
  readonly acting: ReadonlySet<string>;
  /** False where line ends do not tell statements apart, and where the file does not parse. */
  readonly isPlain: boolean;
}

const kept = new Kept<ModuleCode>();
/** Clauses that belong to the block before them. */
const GOES_ON = /^(?:elif|else|except|finally)$/u;
/** What changes the list of what the file offers by names in strings. */
const LISTS = /^(?:__all__|append|extend|remove|\+?=|[[\]().,])$/u;
/** What may end the module, or never end. */
const ENDS = new RegExp(`^(?:${ENDING_WORDS.join('|')})$`, 'u');

/** Compares what two versions of a Python file do outside their declarations; null where it cannot be told what that changes. */
export function moduleChange(before: Source, after: Source): ModuleChange | null {
  const [old, now] = [moduleCodeOf(before), moduleCodeOf(after)];
  if (old === null || now === null) return null;
  if (!isSameList(old.statements, now.statements) && !isTold(old, now)) return null;
  const names = [...new Set([...old.bound.keys(), ...now.bound.keys(), ...now.declaredIn.keys()])].filter((name) => {
    const [was, is] = [old.declaredIn.get(name) ?? [], now.declaredIn.get(name) ?? []];
    // One more declaration, or one less, is a change of its own.
    return !isSameList(old.bound.get(name) ?? [], now.bound.get(name) ?? []) || (was.length === is.length && !isSameList(was, is));
  });
  const isKept = keptIn(old, now);
  return { names, isByName: [...old.acting, ...now.acting].every(isKept) };
}

/** False where statements changed their order, or one changed that may do anything. */
function isTold(old: ModuleCode, now: ModuleCode): boolean {
  if (!old.isPlain || !now.isPlain) return false;
  const isKept = keptIn(old, now);
  return [...old.untold, ...now.untold].every(isKept) && isSameList(old.statements.filter(isKept), now.statements.filter(isKept));
}

/** Says of a statement whether it is there as often as before. */
function keptIn(old: ModuleCode, now: ModuleCode): (statement: string) => boolean {
  const [was, is] = [old, now].map(({ statements }) => groupBy(statements, (statement) => statement));
  return (statement) => was?.get(statement)?.length === is?.get(statement)?.length;
}

function moduleCodeOf(source: Source): ModuleCode | null {
  const { structure, tokens } = source;
  return structure === null || tokens === null ? null : kept.get(structure, tokens, () => readModule(source, structure, tokens.tokens));
}

function readModule(source: Source, structure: FileStructure, tokens: readonly Token[]): ModuleCode {
  const document = new TextDocument(source.text);
  const declarations = structure.declarations.filter(({ qualname }) => qualname.length === 1);
  const blocks = declarations.filter(({ kind }) => FUNCTIONS.has(kind) || kind === 'class');
  const code = outside(tokens, blocks);
  const own = new Set(unitsOf(structure, source.tokens)[0]?.ownTokens);
  const found = { statements: [] as string[], bound: new Map<string, string[]>(), declaredIn: new Map<string, string[]>(), untold: new Set<string>(), acting: new Set<string>() };
  const add = (to: Map<string, string[]>, name: string, item: string): void => void to.set(name, [...(to.get(name) ?? []), item]);
  const around: { readonly column: number; readonly header: string }[] = [];
  const leave = (column: number): string => {
    while ((around.at(-1)?.column ?? -1) >= column) around.pop();
    return JSON.stringify(around.map(({ header }) => header));
  };
  const events = [...statementsOf(code).map((statement) => ({ at: startOf(statement.tokens[0]?.range ?? [0, 0, 0, 0]), statement, declaration: null })), ...declarations.map((declaration) => ({ at: startOf(declaration.range), statement: null, declaration }))];
  for (const { at, statement, declaration } of events.sort((a, b) => comparePositions(a.at, b.at) || Number(a.statement === null) - Number(b.statement === null))) {
    if (declaration !== null) {
      // What a statement declares is where the statement is.
      add(found.declaredIn, declaration.name, blocks.includes(declaration) ? leave(at.character) : JSON.stringify(around.map(({ header }) => header)));
      continue;
    }
    const [first] = statement.tokens;
    if (first === undefined) continue;
    const isClause = GOES_ON.test(first.text) && around.some(({ column }) => column === at.character);
    if (isClause) leave(at.character + 1);
    const beside = isClause ? `${around.pop()?.header ?? ''} ` : '';
    const text = JSON.stringify([leave(at.character), textOf(statement.tokens)]);
    const isHeader = BLOCKS.test(first.text) && statement.tokens.at(-1)?.text === ':';
    if (isHeader) around.push({ column: at.character, header: beside + textOf(statement.tokens) });
    const takesAll = first.text === 'from' && statement.tokens.at(-1)?.text === '*';
    if (!statement.tokens.some((token) => own.has(token)) || (/^(?:import|from)$/u.test(first.text) && !takesAll) || statement.tokens.every(isString)) continue;
    found.statements.push(text);
    const isListing = statement.tokens.some((token) => token.text === LISTED);
    for (const name of isListing ? [LISTED, ...statement.tokens.filter(isString).flatMap((token) => [...identifiersIn(token.text)])] : namesBound(statement)) add(found.bound, name, text);
    if (takesAll || statement.tokens.some((token) => ENDS.test(token.text) || (isListing && !isString(token) && !LISTS.test(token.text))) || /^(?:match|case)$/u.test(first.text)) found.untold.add(text);
    if (isActing(statement, isHeader)) found.acting.add(text);
  }
  const goesOn = code.some(({ range }, index) => range[2] < (code[index + 1]?.range[0] ?? 0) && document.lineText(range[2]).endsWith('\\'));
  return { ...found, isPlain: !goesOn && structure.syntaxErrors.length === 0 };
}

function isActing({ tokens, lastAssignment }: Statement, isHeader: boolean): boolean {
  const texts = tokens.map(({ text }) => text);
  const [first, second] = texts;
  // What a context swallows decides what is reached behind it.
  if (isHeader) return first === 'with';
  return lastAssignment === -1 ? first !== 'del' && first !== 'pass' && second !== ':' : texts.slice(0, lastAssignment).some((text) => /^[.[]$/u.test(text));
}

function isString({ type, parentType }: Token): boolean {
  return /string|^["'`]/u.test(type + parentType);
}

/** The tokens in none of some declarations. */
function outside(tokens: readonly Token[], declarations: readonly Declaration[]): Token[] {
  const ordered = [...declarations].sort((a, b) => comparePositions(startOf(a.range), startOf(b.range)));
  let next = 0;
  return tokens.filter(({ range }) => {
    while (next < ordered.length && comparePositions(endOf(ordered[next]?.range ?? range), startOf(range)) <= 0) next += 1;
    const declaration = ordered[next];
    return declaration === undefined || comparePositions(startOf(range), startOf(declaration.range)) < 0;
  });
}

/** Every name that a statement outside functions may bind or take away, in brackets too. */
export function namesBound({ tokens, lastAssignment }: Statement): string[] {
  const texts = tokens.map(({ text }) => text);
  const [first = '', second] = texts;
  const isLoop = /^(?:for|async)$/u.test(first);
  const [ends, as] = [isLoop ? texts.indexOf('in') : -1, texts.indexOf('as')];
  return tokens.flatMap((token, index) => {
    const { text } = token;
    // Of `a.b = c` and `a[0] = c` the name stays what it is.
    const isWhole = !/^[.[(]$/u.test(texts[index + 1] ?? '') && (index < Math.max(lastAssignment, ends) || first === 'del' || (as !== -1 && index > as));
    const isTarget = isWhole || texts[index + 1] === ':=' || (index === 0 && second === ':') || (first === 'type' && index === 1);
    return isTarget && isIdentifier(text) && !KEYWORDS.test(text) && !isString(token) && texts[index - 1] !== '.' ? [text] : [];
  });
}

/** The code of a file outside its declarations, with what it imports and exports without one. While it stays, only declarations change what others see. Of Python moduleChange says more. */
export function moduleCode({ structure, tokens }: Source): string {
  const own = unitsOf(structure, tokens)[0]?.ownTokens ?? [];
  return [...groupBy(own, (token) => token.range[0]).values()].map(codeOfLine).filter((line) => line !== '').join('\n');
}

/** Empty for what is left of an import, or of an export, whose names are declarations. */
function codeOfLine(tokens: readonly Token[]): string {
  const code = tokens.filter(({ text }) => !/^[,(){};.]$/u.test(text));
  const textsOf = (some: readonly Token[]): string[] => some.map(({ text }) => text);
  const [first, second] = code;
  if (first === undefined || !/^(?:import|export)$/u.test(first.text)) {
    const line = textsOf(code.filter((token) => !isString(token))).join(' ');
    return /^(?:as|from|type)$/u.test(line) ? '' : line;
  }
  const texts = textsOf(code);
  const isLeft = first.text === 'export' && !texts.includes('from') && texts.some((text) => !/^(?:export|default|type)$/u.test(text));
  const bringsIn = first.text === 'import' && second !== undefined && isString(second);
  return isLeft || bringsIn || texts.some((text) => /^[*=]$/u.test(text)) ? texts.join(' ') : '';
}
