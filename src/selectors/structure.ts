import type { FileStructure, FileTokens } from '../base/declaration.js';
import { Recent } from '../base/recent.js';
import { TextDocument } from '../base/text-document.js';
import { assembleDeclarations } from './assemble-declarations.js';
import { collectCaptures } from './captures.js';
import { languageOf, type Language } from './languages.js';
import { loadLanguage, withChangedTree, withTree } from './parser.js';
import { tokensOf, tokensSince } from './tokens.js';

/** Structures of so many characters of text are kept for each language: every file of a project of middle size, which steps and renames ask about again and again. */
const KEPT_CHARACTERS = 8 * 1024 * 1024;

const kept = new Map<string, Recent<string, Promise<FileStructure>>>();

/** Returns the declarations of a file, the module itself first, or null when there is no grammar for its extension. Broken code yields what parses. */
export async function parseStructure(path: string, text: string): Promise<FileStructure | null> {
  const language = languageOf(path);
  if (language === null) return null;
  const ofLanguage = kept.get(language.id) ?? new Recent<string, Promise<FileStructure>>(KEPT_CHARACTERS);
  kept.set(language.id, ofLanguage);
  return ofLanguage.get(text, text.length, () => structureOf(language, text));
}

async function structureOf(language: Language, text: string): Promise<FileStructure> {
  const loaded = await loadLanguage(language);
  return withTree(loaded, text, (tree) => {
    const captures = collectCaptures(loaded.query, tree.rootNode);
    const document = new TextDocument(text);
    return {
      language: language.id,
      declarations: assembleDeclarations(language, captures, tree.rootNode, document),
      syntaxErrors: captures.errors.map(({ start, end }) => document.rangeOf(start, end)),
    };
  });
}

/** What was read of a text that is much like another one. */
export interface ReadText {
  readonly text: string;
  readonly tokens: FileTokens | null;
}

/**
 * Returns the tokens and comments of a file in source order, or null when there is no grammar for its extension. Of a text that is much like `like`,
 * a text of the same language, only what differs is read.
 */
export async function parseTokens(path: string, text: string, like: ReadText | null = null): Promise<FileTokens | null> {
  const language = languageOf(path);
  if (language === null) return null;
  const loaded = await loadLanguage(language);
  const document = new TextDocument(text);
  const old = like?.tokens;
  if (old == null) return withTree(loaded, text, (tree) => tokensOf(tree, document));
  return withChangedTree(loaded, { text, like: like?.text ?? '' }, (tree, difference) => (difference === null ? tokensOf(tree, document) : tokensSince(tree, document, old, difference)));
}
