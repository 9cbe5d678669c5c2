import type { Token } from '../../base/declaration.js';
import type { Location } from '../../base/location.js';
import { startOf, type Range } from '../../base/range.js';
import { pathFromUri, uriFromPath } from '../../base/relative-uri.js';
import { TextDocument } from '../../base/text-document.js';
import { locations } from '../../lsp/navigation.js';
import type { Session } from '../../lsp/session.js';
import { isString } from '../../selectors/new-name.js';
import { placeText, type RenameFiles } from './rename-files.js';

/** A place where the old name stands and that the rename leaves alone. */
export interface Mention extends Location {
  readonly kind: 'comment' | 'string' | 'text';
}

export interface Mentions {
  readonly comments: number;
  readonly strings: number;
  /** In files that are not code: documentation, settings. */
  readonly texts: number;
  /** The first of each kind, in the order of paths and places. */
  readonly places: readonly Mention[];
  /** Uses in code that the server does not resolve, in words. */
  readonly unresolved: readonly string[];
  /** Strings that a program looks names up by, in words. */
  readonly dynamic: readonly string[];
}

export interface MentionQuestion {
  readonly files: RenameFiles;
  readonly session: Session;
  readonly name: string;
  /** Dotted paths by which the declaration is known: `pkg.module.Class.name`, `Class.name`. */
  readonly dottedNames: readonly string[];
  /** True for a place that the rename edits, or that is a reference anyway. */
  readonly isKnown: (path: string, range: Range) => boolean;
  readonly scope: NameScope;
}

/** From where a declaration can be named: from other files, through an object, by a keyword of a call, or only near it. */
export type NameScope = 'module' | 'member' | 'parameter' | 'local';

const PLACES_MAX = 20;
/** So many uses of the name are asked about; of a common name there may be thousands, and nearly all of them are resolved. */
const ASKED_MAX = 300;
const TEXT_FILE = /\.(?:md|mdx|rst|txt|toml|cfg|ini|ya?ml|json|html?|po)$/i;
const TEXT_MAX = 1_000_000;
/** Calls whose string arguments are names. */
const LOOKUP = /\b(?:getattr|setattr|hasattr|delattr|attrgetter|methodcaller|patch\.object|Reflect\.(?:get|set|has)|defineProperty|getOwnPropertyDescriptor|spyOn)\s*\([^()]*$/;

/** Looks for the old name in every file of the workspace (what a symlink leads to is a file of its own): in comments, strings and texts, and in code that the server does not resolve. */
export async function findMentions(question: MentionQuestion): Promise<Mentions> {
  const { files, name } = question;
  const found = { comments: 0, strings: 0, texts: 0, unresolved: [] as string[], dynamic: [] as string[] };
  const places: Mention[] = [];
  const uses: { path: string; token: Token }[] = [];
  const note = (kind: Mention['kind'], key: 'comments' | 'strings' | 'texts', path: string, range: Range): void => {
    found[key] += 1;
    if (places.filter((place) => place.kind === kind).length < PLACES_MAX) places.push({ kind, uri: uriFromPath(path), range });
  };
  for (const path of [...files.snapshot.files].flatMap(([path, { mode }]) => (mode === 'symlink' ? [] : [path])).sort()) {
    const isCode = Object.hasOwn(question.session.spec.languageIds, /\.[^./]*$/.exec(path)?.[0] ?? '');
    if (!isCode && !TEXT_FILE.test(path)) continue;
    const text = await files.textOf(path);
    if (!text.includes(name) || text.length > TEXT_MAX) continue;
    const document = new TextDocument(text);
    if (!isCode) {
      for (const range of occurrences(document, name)) note('text', 'texts', path, range);
      continue;
    }
    const parsed = await files.tokensOf(path);
    for (const comment of parsed?.comments ?? []) for (const range of within(document, comment.range, name)) if (!question.isKnown(path, range)) note('comment', 'comments', path, range);
    for (const token of parsed?.tokens ?? []) {
      if (!token.text.includes(name)) continue;
      if (isString(token)) {
        for (const range of within(document, token.range, name)) {
          if (question.isKnown(path, range)) continue;
          note('string', 'strings', path, range);
          if (isLookedUp(question, document, token)) found.dynamic.push(`${placeText(path, range)} ${JSON.stringify(token.text)}`);
        }
      } else if (token.text === name && !question.isKnown(path, token.range)) uses.push({ path, token });
    }
  }
  found.unresolved.push(...(await unresolvedUses(question, uses)));
  return { ...found, places };
}

/** True for a string that names the thing to a program: by its dotted path, as an argument of a call that looks names up, or, of a member, as a type. */
function isLookedUp({ name, dottedNames, scope }: MentionQuestion, document: TextDocument, token: Token): boolean {
  if (dottedNames.some((dotted) => token.text === dotted || token.text.startsWith(`${dotted}.`) || token.text.endsWith(`:${dotted}`))) return true;
  if (token.text === name && token.isTypeText === true) return scope === 'member';
  return token.text === name && LOOKUP.test(document.lineText(token.range[0]).slice(0, token.range[1]));
}

/** A use that the server sends nowhere may be one of the renamed thing: it does not know the type of what stands before it. */
async function unresolvedUses({ session, files, scope }: MentionQuestion, uses: readonly { path: string; token: Token }[]): Promise<string[]> {
  const possible: { path: string; token: Token }[] = [];
  for (const use of uses) if (isUse(use.token, scope, new TextDocument(await files.textOf(use.path)))) possible.push(use);
  const unresolved: string[] = [];
  for (const { path, token } of possible.slice(0, ASKED_MAX)) {
    if ((await locations(session, 'definition', path, startOf(token.range))).length === 0) unresolved.push(placeText(path, token.range));
  }
  if (possible.length > ASKED_MAX) unresolved.push(`${String(possible.length - ASKED_MAX)} more uses of the name were not looked at`);
  return unresolved;
}

/** Where a use of a name can stand: of a member behind a dot, of a parameter before the `=` of an argument, of what a module has anywhere but there. */
function isUse({ type, parentType, range }: Token, scope: NameScope, document: TextDocument): boolean {
  if (scope === 'local' || !/identifier/.test(type)) return false;
  const isKeyword = parentType === 'keyword_argument' && /^\s*=(?!=)/.test(document.lineText(range[2]).slice(range[3]));
  if (scope === 'parameter' || isKeyword) return scope === 'parameter' && isKeyword;
  return scope === 'module' || parentType === 'attribute' || type === 'property_identifier';
}

function occurrences(document: TextDocument, name: string): Range[] {
  return within(document, document.rangeOf(0, document.text.length), name);
}

/** The places inside `range` where `name` stands as a whole word. */
function within(document: TextDocument, range: Range, name: string): Range[] {
  const start = document.offsetAt(startOf(range));
  const text = document.slice(range);
  const found: Range[] = [];
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + name.length)) {
    if (WORD.test(text.slice(at - 1, at)) || WORD.test(text.slice(at + name.length, at + name.length + 1))) continue;
    found.push(document.rangeOf(start + at, start + at + name.length));
  }
  return found;
}

const WORD = /[\p{ID_Continue}$]/u;

/** True for a place among `known`, by where it starts. */
export function startsAmong(known: readonly Location[]): (path: string, range: Range) => boolean {
  const starts = new Set(known.filter(({ uri }) => !uri.startsWith('ext:')).map(({ uri, range }) => `${pathFromUri(uri)}@${String(range[0])}:${String(range[1])}`));
  return (path, range) => starts.has(`${path}@${String(range[0])}:${String(range[1])}`);
}
