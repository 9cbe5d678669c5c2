import { Edit, Language as Grammar, Parser, Query, type Point, type Tree } from 'web-tree-sitter';
import { Failure } from '../base/failure.js';
import { TextDocument } from '../base/text-document.js';
import { readGrammar, readParserRuntime } from './grammar-files.js';
import type { Language } from './languages.js';

/** A language that is ready to parse: one parser, reused, and its compiled query. */
export interface LoadedLanguage {
  readonly language: Language;
  readonly parser: Parser;
  readonly query: Query;
  readonly trees: RecentTrees;
}

/** The trees of the texts that were parsed last: structure and tokens of one text are asked for one after the other, and texts that are much like it. */
class RecentTrees {
  private readonly trees = new Map<string, Tree>();
  private held = 0;

  get(text: string): Tree | undefined {
    const tree = this.trees.get(text);
    if (tree !== undefined) {
      this.trees.delete(text);
      this.trees.set(text, tree);
    }
    return tree;
  }

  add(text: string, tree: Tree): void {
    this.trees.set(text, tree);
    this.held += text.length;
    for (const [oldest, its] of this.trees) {
      if (oldest === text || (this.held <= TREES_CHARACTERS && this.trees.size <= TREES_MAX)) return;
      its.delete();
      this.trees.delete(oldest);
      this.held -= oldest.length;
    }
  }
}

/** A tree takes up to forty bytes for a character. */
const TREES_CHARACTERS = 1024 * 1024;
const TREES_MAX = 64;

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
}

/** Parses `text` and hands the tree to `use`, whose result must not hold on to nodes: the tree's memory is freed when other texts are parsed. */
export function withTree<Result>(loaded: LoadedLanguage, text: string, use: (tree: Tree) => Result): Result {
  const tree = loaded.trees.get(text) ?? parsed(loaded, text, null);
  return use(tree);
}

/** As withTree, with where the text can differ from `like`; null where that is not known: its tree is not at hand, or one of them does not parse. */
export function withChangedTree<Result>(loaded: LoadedLanguage, { text, like }: { readonly text: string; readonly like: string }, use: (tree: Tree, difference: Difference | null) => Result): Result {
  const old = loaded.trees.get(like);
  // A parser does not take a lone CR for the end of a line.
  if (old === undefined || old.rootNode.hasError || /\r(?!\n)/u.test(like + text)) return withTree(loaded, text, (tree) => use(tree, null));
  const edited = old.copy();
  const edit = editBetween(like, text);
  edited.edit(edit);
  try {
    const tree = loaded.trees.get(text) ?? parsed(loaded, text, edited);
    if (tree.rootNode.hasError) return use(tree, null);
    const ranges = edited.getChangedRanges(tree);
    return use(tree, { from: Math.min(edit.startIndex, ...ranges.map(({ startIndex }) => startIndex)), to: Math.max(edit.newEndIndex, ...ranges.map(({ endIndex }) => endIndex)) });
  } finally {
    edited.delete();
  }
}

/** What does not parse is read anew: how a parser goes on after an error depends on where it began. */
function parsed({ parser, language, trees }: LoadedLanguage, text: string, like: Tree | null): Tree {
  const beside = like === null ? null : parser.parse(text, like);
  const isWhole = beside?.rootNode.hasError === false;
  if (!isWhole) beside?.delete();
  const tree = isWhole ? beside : parser.parse(text);
  if (tree === null) throw new Failure('E/INTERNAL', `BUG: the ${language.id} parser returned no tree`);
  trees.add(text, tree);
  return tree;
}

/** The one stretch of text between what both have in front and what both have at the end. */
function editBetween(before: string, after: string): Edit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let end = 0;
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end += 1;
  // No character is cut in two.
  if (/[\uD800-\uDBFF]/.test(after.charAt(start - 1))) start -= 1;
  if (/[\uDC00-\uDFFF]/.test(after.charAt(after.length - end))) end -= 1;
  const [oldEndIndex, newEndIndex] = [before.length - end, after.length - end];
  const [old, now] = [new TextDocument(before), new TextDocument(after)];
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
  return { language, parser, query: new Query(grammar, language.query), trees: new RecentTrees() };
}

async function startRuntime(): Promise<void> {
  await Parser.init({ wasmBinary: await readParserRuntime() });
}
