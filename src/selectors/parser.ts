import { Language as Grammar, Parser, Query, type Tree } from 'web-tree-sitter';
import { Failure } from '../base/failure.js';
import { readGrammar, readParserRuntime } from './grammar-files.js';
import type { Language } from './languages.js';

/** A language that is ready to parse: one parser, reused, and its compiled query. */
export interface LoadedLanguage {
  readonly language: Language;
  readonly parser: Parser;
  readonly query: Query;
  /** The last tree: structure and tokens of one text are asked for one after the other. */
  readonly last: { text: string | null; tree: Tree | null };
}

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

/** Parses `text` and hands the tree to `use`, whose result must not hold on to nodes: the tree's memory is freed when another text is parsed. */
export function withTree<Result>({ parser, language, last }: LoadedLanguage, text: string, use: (tree: Tree) => Result): Result {
  if (last.tree === null || last.text !== text) {
    last.tree?.delete();
    last.tree = null;
    last.tree = parser.parse(text);
    last.text = text;
  }
  if (last.tree === null) throw new Failure('E/INTERNAL', `BUG: the ${language.id} parser returned no tree`);
  return use(last.tree);
}

async function load(language: Language): Promise<LoadedLanguage> {
  runtime ??= startRuntime();
  await runtime;
  const grammar = await Grammar.load(await readGrammar(language.grammarFile));
  const parser = new Parser();
  parser.setLanguage(grammar);
  return { language, parser, query: new Query(grammar, language.query), last: { text: null, tree: null } };
}

async function startRuntime(): Promise<void> {
  await Parser.init({ wasmBinary: await readParserRuntime() });
}
