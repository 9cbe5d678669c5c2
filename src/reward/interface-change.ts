import type { Declaration, Token } from '../base/declaration.js';
import { identifiersIn } from '../base/identifiers.js';
import { Kept } from '../base/kept.js';
import { containsRange, startOf, type Position } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import { blankRanges } from './blank-text.js';
import type { ChangedDeclaration } from './changed-declarations.js';
import { FUNCTIONS, isReadInPart, unitsOf, VALUES } from './declaration-units.js';
import { relativeTokens } from './declaration-alignment.js';
import { decidedAttributes, ENDING_WORDS, KEYWORDS, MAKES_OBJECTS, pythonFunctionOf, saysNothing } from './python-functions.js';
import { withoutProse } from './python-prose.js';
import type { FileSide } from './step-facts.js';

/**
 * What a changed declaration means for other files: `none` when its text proves that they see what they saw before, `ask` when
 * the types that a server shows for it decide, `changed` when they may see something else.
 */
export type InterfaceChange = 'none' | 'ask' | 'changed';

/** What of a declaration its own file and no other can see. */
export function interfaceChange(change: ChangedDeclaration, before: FileSide, after: FileSide): InterfaceChange {
  const [old, now] = [change.before, change.after];
  if (change.change !== 'modified' || old === null || now === null || old.kind !== now.kind || change.signatureChanged) return 'changed';
  if (ownCode(old, before) === ownCode(now, after)) return 'none';
  if (FUNCTIONS.has(now.kind)) {
    const attributes = attributesToAsk(old, now, before, after);
    // Whether an async function yields decides what it returns, whatever its header says.
    if (attributes === null || isImplemented(old, before) !== isImplemented(now, after) || /\byield\b/u.test(sourceOf(old, before)) !== /\byield\b/u.test(sourceOf(now, after))) return 'changed';
    if (!declaresItsResult(now, after.path, new TextDocument(after.text))) return hidesTypes(old, before) || hidesTypes(now, after) ? 'changed' : 'ask';
    return attributes.length === 0 ? 'none' : 'ask';
  }
  // What a type stands for a hover does not show where it is used.
  if (isTypeAlias(old, before) || isTypeAlias(now, after)) return 'changed';
  // Of a value the type is seen, of a field also whether it has a default.
  return FREE_VALUES.has(now.kind) && now.qualname.length === 1 && !makesTypes(sourceOf(old, before) + sourceOf(now, after)) ? 'ask' : 'changed';
}

/** A place of a declaration where a server shows what others see of it, before a step and after it. */
interface AskedPlace {
  readonly before: Position;
  readonly after: Position;
}

/** Where a server shows whether others see a change that is to be asked about: what it returns or holds, and the attributes to which it gives a type. */
export function placesToAsk({ before: old, after: now }: ChangedDeclaration, before: FileSide, after: FileSide): readonly AskedPlace[] {
  if (old === null || now === null) return [];
  const isTold = FUNCTIONS.has(now.kind) && declaresItsResult(now, after.path, new TextDocument(after.text));
  const attributes = FUNCTIONS.has(now.kind) ? attributesToAsk(old, now, before, after) : null;
  return [...(isTold ? [] : [{ before: startOf(old.nameRange), after: startOf(now.nameRange) }]), ...(attributes ?? [])];
}

/** Who can see a change without naming what changed. */
export interface UnnamedReach {
  /** The class or type of which it is a part. */
  readonly type: string;
  /** Those who make an object of it or of a class derived from it, or whoever has a value of it: the language calls it, compares by it or takes it over from there. */
  readonly by: 'heirs' | 'values';
}

/** Returns who can see a change of a declaration without naming it; null when nobody can. */
export function unnamedReach({ change, before: old, after: now, signatureChanged }: ChangedDeclaration, before: FileSide, after: FileSide): UnnamedReach | null {
  const reaches = [[old, before] as const, [now, after] as const].flatMap(([declaration, side]): UnnamedReach[] => {
    if (declaration === null) return [];
    const { name, kind } = declaration;
    if (isTypeAlias(declaration, side)) return change === 'modified' ? [{ type: name, by: 'values' }] : [];
    if (TYPES.has(kind)) return change === 'modified' && (signatureChanged || kind === 'type') ? [{ type: name, by: 'values' }] : [];
    const owner = ownerOf(declaration, side);
    const by = owner === undefined ? null : reachOfMember(declaration, owner, new TextDocument(side.text));
    return owner === undefined || by === null ? [] : [{ type: owner.name, by }];
  });
  return reaches.find(({ by }) => by === 'values') ?? reaches[0] ?? null;
}

function reachOfMember(declaration: Declaration, owner: Declaration, document: TextDocument): UnnamedReach['by'] | null {
  if (makesObjects(declaration) || isAbstract(declaration, document)) return 'heirs';
  const { name } = declaration;
  if ((/^__\w+__$/u.test(name) && !ANY_OBJECT_HAS.test(name)) || owner.kind === 'interface') return 'values';
  const header = headerOf(owner, document);
  if (STRUCTURAL.test(header)) return 'values';
  return VALUES.has(declaration.kind) && MAKES_CONSTRUCTOR.test(header) ? 'heirs' : null;
}

/** True for a part of making an object, which is named by its class. */
export function makesObjects({ name, kind }: Declaration): boolean {
  return MAKES_OBJECTS.test(name) || kind === 'constructor';
}

/** Returns for whom a member asks that those who have another one of its name, in other classes, keep it: of a protocol for whoever has a value, of an abstract one for whoever makes an object. */
export function demandOf(declaration: Declaration, side: Pick<FileSide, 'text' | 'structure'>): UnnamedReach['by'] | null {
  const document = new TextDocument(side.text);
  if (isAbstract(declaration, document)) return 'heirs';
  const owner = ownerOf(declaration, side);
  return owner !== undefined && /\bProtocol\b/u.test(headerOf(owner, document)) ? 'values' : null;
}

/** True for a member without which no object of a derived class can be made. */
function isAbstract({ range, nameRange }: Declaration, document: TextDocument): boolean {
  return ABSTRACT.test(document.slice([range[0], range[1], nameRange[0], nameRange[1]]));
}

/** The code of a server's hover, without documentation; null where it showed nothing. */
export function shownCode(hover: string | null): string | null {
  return hover === null ? null : (/```\w*\n([^]*?)\n?```/u.exec(hover)?.[1] ?? hover);
}

/** True for a declaration of which a hover shows what it means: a function, or a value that is no type and makes none. */
export function isShown(declaration: Declaration, side: Pick<FileSide, 'path' | 'text'>): boolean {
  return FUNCTIONS.has(declaration.kind) || (VALUES.has(declaration.kind) && !makesTypes(sourceOf(declaration, side)) && !isTypeAlias(declaration, side));
}

export function makesTypes(text: string): boolean {
  return MAKES_TYPES.test(text);
}

/** True for a value of Python that is used as a type, as far as its text or its name says so. */
function isTypeAlias(declaration: Declaration, side: Pick<FileSide, 'path' | 'text'>): boolean {
  return FREE_VALUES.has(declaration.kind) && /\.pyi?$/u.test(side.path) && TYPE_ALIAS.test(sourceOf(declaration, side));
}

/** The class or type of which a declaration is a part. */
function ownerOf({ qualname }: Declaration, { structure }: Pick<FileSide, 'structure'>): Declaration | undefined {
  return structure?.declarations.find((item) => TYPES.has(item.kind) && item.qualname.length === qualname.length - 1 && item.qualname.every((part, index) => part === qualname[index]));
}

/** A class up to its body, with its decorators. */
function headerOf({ range, signatureRange }: Declaration, document: TextDocument): string {
  return document.slice([range[0], range[1], signatureRange[2], signatureRange[3]]);
}

/**
 * Returns what a server's hover proves of a declaration, without its documentation; null when it leaves something open: a type cut short, or an unknown result,
 * which pyright works out anew for every call.
 */
export function provenInterface(hover: string | null): string | null {
  const code = shownCode(hover);
  return code === null || /\.\.\.|…|->[^]*\bUnknown\b/u.test(code) ? null : code;
}

/** The name under which a file of Python lists what it offers. */
export const LISTED = '__all__';

/** True for a change of whether a file of Python lists what it offers: every name of it may mean something else. */
export function concernsAnyName({ before: old, after: now }: ChangedDeclaration, { path }: Pick<FileSide, 'path'>): boolean {
  return isOfModule(now ?? old, LISTED, path) && (old === null || now === null);
}

/** True for a change of what answers for the names that a file of Python does not have. */
export function concernsMissingNames({ before: old, after: now }: ChangedDeclaration, { path }: Pick<FileSide, 'path'>): boolean {
  return isOfModule(now ?? old, '__getattr__', path);
}

function isOfModule(declaration: Declaration | null, name: string, path: string): boolean {
  return declaration?.name === name && declaration.qualname.length === 1 && /\.pyi?$/u.test(path);
}

/** The names that came to, or went from, the list of what a file of Python offers to those who take everything. */
export function listedAnew({ before: old, after: now }: ChangedDeclaration, before: FileSide, after: FileSide): string[] {
  if (old?.name !== LISTED || now?.name !== LISTED) return [];
  const [was, is] = [identifiersIn(sourceOf(old, before)), identifiersIn(sourceOf(now, after))];
  return [...was, ...is].filter((word) => was.has(word) !== is.has(word));
}

/** The names under which a change of a declaration can reach other files: its own, and those of the classes that it is a part of. */
export function reachingNames(declaration: Declaration): string[] {
  const [own = '', ...outer] = [...declaration.qualname].reverse();
  return /^(?:__\w+__|constructor)$/u.test(own) && outer.length > 0 ? outer : [own, ...outer];
}

/** The names by which other files see what a server shows of a declaration: those of its classes for one that the language calls by itself. */
export function namesFromOutside(declaration: Declaration): string[] {
  const names = reachingNames(declaration);
  return names[0] === declaration.name ? [declaration.name] : names;
}

/** The names under which a file of TypeScript or JavaScript exports what it calls `name`, as no declaration says. */
export function exportedAs({ path, text, structure }: Pick<FileSide, 'path' | 'text' | 'structure'>, name: string): readonly string[] {
  if (/\.pyi?$/u.test(path)) return [];
  const exported = structure === null ? readExports(text) : keptExports.get(structure, structure, () => readExports(text));
  return [...(exported.get(name) ?? [])];
}

/** The name under which exportedAs returns the default export of a file. */
export const DEFAULT_EXPORT = 'default';

/** By each name that a file exports, the others under which it does. */
type OtherNames = ReadonlyMap<string, ReadonlySet<string>>;

/** Names are followed from file to file, for every step anew, over the same parsed files. */
const keptExports = new Kept<OtherNames>();

/** Reads `export { name as other }`, and what a file exports as a whole. */
function readExports(text: string): OtherNames {
  const exported = new Map<string, Set<string>>();
  const add = (own: string, other: string): void => void exported.set(own, (exported.get(own) ?? new Set()).add(other));
  for (const clause of [...text.matchAll(/\bexport\s*(?:type\s*)?\{([^}]*)\}/gu)].flatMap((match) => (match[1] ?? '').split(','))) {
    const [, own, other] = /^\s*(?:type\s+)?([\w$]+)\s+as\s+([\w$]+)\s*$/u.exec(clause) ?? [];
    if (own !== undefined && other !== undefined) add(own, other);
  }
  for (const match of text.matchAll(WHOLE_EXPORT)) for (const own of identifiersIn(match[1] ?? '')) add(own, DEFAULT_EXPORT);
  return exported;
}

/** A statement at the margin with all that is indented below it: its words, and the names that it binds. */
interface BindingBlock {
  readonly words: ReadonlySet<string>;
  readonly names: readonly string[];
}

const keptBound = new Kept<readonly BindingBlock[]>();

/**
 * What a file of Python binds outside all declarations: names that it has declared before. What each word of a block means is not told apart; what may end the module, or narrow what it
 * has, counts for all that follows. A file that is read in part, of any language, is one block that binds every name.
 */
export function boundAgain({ path, text, structure }: Pick<FileSide, 'path' | 'text' | 'structure'>): readonly BindingBlock[] {
  if (structure === null || !(/\.pyi?$/u.test(path) || isReadInPart({ structure }))) return [];
  return keptBound.get(structure, structure, () => {
    if (isReadInPart({ structure })) return [{ words: identifiersIn(text), names: [...identifiersIn(text.replace(UNREAD, ''))].filter((name) => !RESERVED.test(name)) }];
    const document = new TextDocument(withoutProse(path, text));
    const code = blankRanges(document, structure.declarations.filter(({ qualname }) => qualname.length === 1).map(({ range }) => range));
    const before = new Set<string>();
    return blocksOf(code).flatMap((block): BindingBlock[] => {
      const own = identifiersIn(block.text);
      const words = new Set([...own, ...before]);
      if (ENDS.test(block.text)) for (const word of own) before.add(word);
      const names = new Set(block.outside.flatMap((line) => [...line.matchAll(BINDS)]).flatMap((match) => [...identifiersIn(match.slice(1).join(' '))]).filter((name) => !KEYWORDS.test(name)));
      return names.size === 0 ? [] : [{ words, names: [...names] }];
    });
  });
}

/** Words of statements after which the rest may not be reached, or may find other types. */
const ENDS = new RegExp(`\\b(?:${ENDING_WORDS.join('|')}|match|del)\\b`, 'u');

/** Comments and strings. */
const UNREAD = /\/\*[^]*?\*\/|\/\/[^\n]*|(['"`])(?:\\.|(?!\1)[^\\])*?\1/gu;
/** Words that hardly any declaration has for its name. */
const RESERVED =
  /^(?:abstract|any|as|async|await|bigint|boolean|break|case|catch|class|const|constructor|continue|declare|default|delete|do|else|enum|export|extends|false|finally|for|from|function|get|if|implements|import|in|infer|instanceof|interface|is|keyof|let|namespace|never|new|null|number|object|of|private|protected|public|readonly|return|set|static|string|super|switch|symbol|this|throw|true|try|type|typeof|undefined|unknown|var|void|while|with|yield)$/u;

/** The blocks of a text of Python, each with those of its lines that begin outside brackets, without strings. A bracket that is never closed ends where a line begins at the margin. */
function blocksOf(code: string): { text: string; readonly outside: string[] }[] {
  const blocks = [{ text: '', outside: [''] }];
  const lines = code.split('\n');
  let depth = 0;
  for (const [index, line] of code.replace(STRINGS, (text) => text.replace(/[^\n]/gu, ' ')).split('\n').entries()) {
    if (/^\w/u.test(line)) depth = 0;
    if (/^\w/u.test(line) && !CONTINUES.test(line)) blocks.push({ text: '', outside: [] });
    const block = blocks.at(-1);
    if (block === undefined) continue;
    block.text += `${lines[index] ?? ''}\n`;
    if (depth === 0) block.outside.push(line);
    for (const [bracket] of line.matchAll(/[()[\]{}]/gu)) depth = Math.max(0, depth + (/[([{]/u.test(bracket) ? 1 : -1));
  }
  return blocks;
}

/** What belongs to the statement above it. */
const CONTINUES = /^(?:elif|else|except|finally|case)\b/u;

const STRINGS = /("""|''')[^]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/gu;
/** The names that are targets of assignments, and those that follow `for`, `as` and `del`. */
const BINDS = /(?:^|;|:\s|=)([\s(\[*]*[\p{L}_][\p{L}\p{N}_]*[\s)\]]*(?:,[\s(\[*]*[\p{L}_][\p{L}\p{N}_]*[\s)\]]*)*(?:,\s*)?)(?::[^=;]*)?(?:[-+/%@&|^]|\*\*?|\/\/|>>|<<)?(?==(?!=))|([\p{L}_][\p{L}\p{N}_]*)\s*:=|\bfor\b(.*?)\bin\b|\bas\b([^:]*)|\bdel\b(.*)|^\s*([\p{L}_][\p{L}\p{N}_]*)\s*:(?=\s*[\p{L}_])/gu;

/** The statement that exports by default, up to the next line at the margin that closes nothing. */
const WHOLE_EXPORT = /\b(?:export\s+default\b|export\s*=|module\.exports\s*=)((?:[^\n]|\n(?=[\s})\]]))*)/gu;

const TYPES: ReadonlySet<string> = new Set(['class', 'interface', 'type']);
const ABSTRACT_WORDS = ['abstract', 'abstractmethod', 'abstractproperty', 'abstractclassmethod', 'abstractstaticmethod'];
const ABSTRACT = new RegExp(`\\b(?:${ABSTRACT_WORDS.join('|')})\\b`, 'u');
/** What every object has anyway, for printing and pickling. */
const ANY_OBJECT_HAS = /^__(?:str|repr|format|bytes|del|dir|sizeof|copy|deepcopy|reduce|reduce_ex|getstate|setstate|getnewargs|getnewargs_ex)__$/u;
/** Headers of classes whose members are compared or read without being named, and of those that make a constructor of their fields. */
const STRUCTURAL = /\b(?:Protocol|TypedDict|NamedTuple)\b/u;
const MAKES_CONSTRUCTOR = /@[\w.]*(?:dataclass|define|frozen|attrs)\b/u;
/** Those that lie in no class. */
const FREE_VALUES: ReadonlySet<string> = new Set(['variable', 'constant']);
/** What says that it is one, and what is called like a class and not made by a call. */
const TYPE_ALIAS = /^(?:\w+\s*:\s*(?:\w+\.)*TypeAlias\b|_*[A-Z]\w*[a-z]\w*\s*=\s*\(?[^(=]*$)/u;
/** Calls whose arguments a hover does not show, and names that a language reads. */
const MAKES_TYPES = /\b(?:TypeVar|TypeVarTuple|ParamSpec|NewType|NamedTuple|namedtuple|TypedDict|Enum|IntEnum|StrEnum|Flag|Protocol|dataclass|make_dataclass)\b|__all__|__slots__|__getattr__/u;

function sourceOf({ range }: Declaration, { text }: Pick<FileSide, 'text'>): string {
  return new TextDocument(text).slice(range);
}

/** True for a function that makes types of its own: what it returns is shown by their names. */
function hidesTypes(declaration: Declaration, side: FileSide): boolean {
  return makesTypes(sourceOf(declaration, side)) || (side.structure?.declarations ?? []).some((item) => TYPES.has(item.kind) && containsRange(declaration.range, item.range));
}

/** The code of a declaration that others see as a part of it: all of a function, of a class what is no member, without documentation and what stands for the body of a class that has none. */
function ownCode(declaration: Declaration, { structure, tokens }: FileSide): string | null {
  const unit = unitsOf(structure, tokens).find((each) => each.declaration === declaration);
  const { docRange, kind } = declaration;
  const own = FUNCTIONS.has(kind) ? unit?.tokens : unit?.ownTokens;
  const isCode = ({ range, text }: Token): boolean => !(docRange !== null && containsRange(docRange, range)) && !(kind === 'class' && text === 'pass');
  return own === undefined ? null : JSON.stringify(relativeTokens(own.filter(isCode)));
}

/** Of a member that something asks for, whether there is one: what only a protocol or an abstract class says is to be done is not. */
function isImplemented(declaration: Declaration, side: FileSide): boolean {
  const item = pythonFunctionOf(declaration, side);
  return item === undefined || demandOf(declaration, side) === null || !saysNothing(item);
}

/** The attributes of which a server is to say whether their types are what they were; null where more than types may have changed. */
function attributesToAsk(old: Declaration, now: Declaration, before: FileSide, after: FileSide): AskedPlace[] | null {
  const [was, is] = [pythonFunctionOf(old, before), pythonFunctionOf(now, after)];
  if (was === undefined || is === undefined) return linesOf(SETS_OR_LEAVES, old, before) === linesOf(SETS_OR_LEAVES, now, after) ? [] : null;
  if (linesOf(LEAVES, old, before) !== linesOf(LEAVES, now, after)) return null;
  const [sets, setsNow] = [decidedAttributes(was), decidedAttributes(is)];
  if (sets.length !== setsNow.length) return null;
  const asked: AskedPlace[] = [];
  for (const [index, set] of sets.entries()) {
    const other = setsNow[index];
    if (other === undefined || other.name !== set.name || other.isTyped !== set.isTyped) return null;
    if (other.decidedBy === set.decidedBy) continue;
    if (set.isTyped || makesTypes(set.decidedBy + other.decidedBy)) return null;
    asked.push({ before: set.place, after: other.place });
  }
  return asked;
}

/** Lines that leave the function's own scope, and those or lines that set attributes. */
const LEAVES = /^(?:global|nonlocal)\b|\b(?:globals|setattr)\s*\(/u;
const SETS_OR_LEAVES = new RegExp(`\\b(?:self|cls|this)\\s*\\.\\s*\\w+\\s*(?::[^=]+)?=(?!=)|${LEAVES.source}`, 'u');

function linesOf(pattern: RegExp, declaration: Declaration, side: FileSide): string {
  return sourceOf(declaration, side).split('\n').map((line) => line.trim()).filter((line) => pattern.test(line)).join('\n');
}

/** True when the header says what the function returns. JavaScript never does. */
export function declaresItsResult({ signatureRange, kind }: Declaration, path: string, document: TextDocument): boolean {
  if (/\.[cm]?jsx?$/u.test(path)) return false;
  const header = document.slice(signatureRange);
  if (/\.pyi?$/u.test(path)) return /\)\s*->/u.test(header);
  return kind === 'constructor' || /\)\s*:\s*[^()]+$/u.test(header.replace(/=>\s*$/u, ''));
}
