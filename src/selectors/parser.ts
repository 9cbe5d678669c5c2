import { Language as Grammar, Parser, Query, type Tree } from 'web-tree-sitter';
import { Failure } from '../base/failure.js';
import { readGrammar, readParserRuntime } from './grammar-files.js';
import type { Language } from './languages.js';

/** A language that is ready to parse: one parser, reused, and its compiled query. */
export interface LoadedLanguage {
  readonly language: Language;
  readonly parser: Parser;
  readonly query: Query;
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

/** Parses `text` and hands the tree to `use`, whose result must not hold on to nodes: the tree's memory is freed on return. */
export function withTree<Result>({ parser, language }: LoadedLanguage, text: string, use: (tree: Tree) => Result): Result {
  const tree = parser.parse(text);
  if (tree === null) throw new Failure('E/INTERNAL', `BUG: the ${language.id} parser returned no tree`);
  try {
    return use(tree);
  } finally {
    tree.delete();
  }
}

async function load(language: Language): Promise<LoadedLanguage> {
  runtime ??= startRuntime();
  await runtime;
  const grammar = await Grammar.load(await readGrammar(language.grammarFile));
  const parser = new Parser();
  parser.setLanguage(grammar);
  return { language, parser, query: new Query(grammar, language.query) };
}

async function startRuntime(): Promise<void> {
  await Parser.init({ wasmBinary: await readParserRuntime() });
}
