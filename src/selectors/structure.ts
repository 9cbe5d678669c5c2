import type { FileStructure, FileTokens } from '../base/declaration.js';
import { TextDocument } from '../base/text-document.js';
import { assembleDeclarations } from './assemble-declarations.js';
import { collectCaptures } from './captures.js';
import { languageOf } from './languages.js';
import { loadLanguage, withTree } from './parser.js';
import { tokensOf } from './tokens.js';

/** Returns the declarations of a file, the module itself first, or null when there is no grammar for its extension. Broken code yields what parses. */
export async function parseStructure(path: string, text: string): Promise<FileStructure | null> {
  const language = languageOf(path);
  if (language === null) return null;
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

/** Returns the tokens and comments of a file in source order, or null when there is no grammar for its extension. */
export async function parseTokens(path: string, text: string): Promise<FileTokens | null> {
  const language = languageOf(path);
  if (language === null) return null;
  const loaded = await loadLanguage(language);
  return withTree(loaded, text, (tree) => tokensOf(tree, new TextDocument(text)));
}
