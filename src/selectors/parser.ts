import { Edit, Language as Grammar, Parser, Query, type Point, type Tree } from 'web-tree-sitter';
import { Failure } from '../base/failure.js';
import { Recent } from '../base/recent.js';
import { TextDocument } from '../base/text-document.js';
import { readGrammar, readParserRuntime } from './grammar-files.js';
import type { Language } from './languages.js';

/** A language that is ready to parse: one parser, reused, and its compiled query. */
export interface LoadedLanguage {
  readonly language: Language;
  readonly parser: Parser;
  readonly query: Query;
  /** Of the texts that were parsed last: structure and tokens of one text are asked for one after the other, and texts that are much like it. */
  readonly trees: Recent<string, Tree>;
}

/** A tree takes up to forty bytes for a character. */
const TREES_CHARACTERS = 2 * 1024 * 1024;
const TREES_MAX = 256;

let runtime: Promise<void> | undefined;
const loaded = new Map<string, Promise<LoadedLanguage>>();

/** Returns the loaded grammar and query of `language`. The first call loads them; later ones share it. */
export function loadLanguage(language: Language): Promise<LoadedLanguage> {
  let entry = loaded.get(language.id);
  if (entry === undefined) {
    entry = load(language);
    loaded.set(language.id, entry);
  }
  return entry;
}

/** Offsets in a text from which on, and up to which, its tree may differ from the one of a text before; what is before is the same, and what is after is, moved. */
export interface Difference {
  readonly from: number;
  readonly to: number;
  /** So many lines further down, from there on. */
  readonly lines: number;
}

/** Parses `text` and hands the tree to `use`, whose result must not hold on to nodes: the tree's memory is freed when other texts are parsed. */
export function withTree<Result>(loaded: LoadedLanguage, text: string, use: (tree: Tree) => Result): Result {
  return use(treeOf(loaded, text, null));
}

/** As withTree, with where the text can differ from `like`; null where that is not known: its tree is not at hand, or one of them does not parse. */
export function withChangedTree<Result>(loaded: LoadedLanguage, { text, like }: { readonly text: string; readonly like: string }, use: (tree: Tree, difference: Difference | null) => Result): Result {
  const old = loaded.trees.known(like);
  if (old === undefined || old.rootNode.hasError || LONE_CR.test(like) || LONE_CR.test(text)) return withTree(loaded, text, (tree) => use(tree, null));
  const edited = old.copy();
  const [before, after] = [new TextDocument(like), new TextDocument(text)];
  const edit = editBetween(before, after);
  edited.edit(edit);
  try {
    const tree = treeOf(loaded, text, edited);
    if (tree.rootNode.hasError) return use(tree, null);
    const ranges = edited.getChangedRanges(tree);
    return use(tree, { from: Math.min(edit.startIndex, ...ranges.map(({ startIndex }) => startIndex)), to: Math.max(edit.newEndIndex, ...ranges.map(({ endIndex }) => endIndex)), lines: after.lineCount - before.lineCount });
  } finally {
    edited.delete();
  }
}

/** A parser does not take it for the end of a line. */
const LONE_CR = /\r(?!\n)/u;

/** What does not parse is read anew: how a parser goes on after an error depends on where it began. */
function treeOf({ parser, language, trees }: LoadedLanguage, text: string, like: Tree | null): Tree {
  return trees.get(text, text.length, () => {
    const beside = like === null ? null : parser.parse(text, like);
    if (beside?.rootNode.hasError === false) return beside;
    beside?.delete();
    const tree = parser.parse(text);
    if (tree === null) throw new Failure('E/INTERNAL', `BUG: the ${language.id} parser returned no tree`);
    return tree;
  });
}

/** The one stretch of text between what both have in front and what both have at the end. */
function editBetween(old: TextDocument, now: TextDocument): Edit {
  const [before, after] = [old.text, now.text];
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let end = 0;
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end += 1;
  // No character is cut in two.
  if (/[\uD800-\uDBFF]/.test(after.charAt(start - 1))) start -= 1;
  if (/[\uDC00-\uDFFF]/.test(after.charAt(after.length - end))) end -= 1;
  const [oldEndIndex, newEndIndex] = [before.length - end, after.length - end];
  const pointAt = (document: TextDocument, offset: number): Point => {
    const { line, character } = document.positionAt(offset);
    return { row: line, column: character };
  };
  return new Edit({ startIndex: start, oldEndIndex, newEndIndex, startPosition: pointAt(now, start), oldEndPosition: pointAt(old, oldEndIndex), newEndPosition: pointAt(now, newEndIndex) });
}

async function load(language: Language): Promise<LoadedLanguage> {
  runtime ??= startRuntime();
  await runtime;
  const grammar = await Grammar.load(await readGrammar(language.grammarFile));
  const parser = new Parser();
  parser.setLanguage(grammar);
  return { language, parser, query: new Query(grammar, language.query), trees: new Recent<string, Tree>(TREES_CHARACTERS, { entriesMax: TREES_MAX, dispose: (tree) => { tree.delete(); } }) };
}

async function startRuntime(): Promise<void> {
  await Parser.init({ wasmBinary: await readParserRuntime() });
}
