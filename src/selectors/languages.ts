import { cQuery, cppQuery } from './queries/c.js';
import { goQuery } from './queries/go.js';
import { javaQuery } from './queries/java.js';
import { javascriptQuery, typescriptQuery } from './queries/javascript.js';
import { pythonQuery } from './queries/python.js';
import { rustQuery } from './queries/rust.js';

/** Everything that is special about a language. Adding one is a query, a vendored grammar and a row of this table. */
export interface Language {
  readonly id: string;
  /** The family whose members name the same declarations the same way: the prefix of a `symbolId`, and a selector scheme beside `sym`. */
  readonly scheme: string;
  /** With the dot; the first is the one that a scheme spelling without an extension is tried with first. */
  readonly extensions: readonly string[];
  readonly grammarFile: string;
  readonly query: string;
  /** What a documentation comment looks like; null when documentation is not a comment. */
  readonly docComment: RegExp | null;
  /** True when a documentation comment must end on the line before its declaration. */
  readonly docTouches: boolean;
  readonly constructorNames: readonly string[];
  /** True when an assignment declares a name: only the first one to it does. */
  readonly assignmentDeclares: boolean;
  /** True when functions of one name may differ in their parameters. */
  readonly hasOverloads: boolean;
}

const JSDOC = /^\/\*\*(?!\/)/;
const base = { docTouches: false, constructorNames: [] as readonly string[], assignmentDeclares: false, hasOverloads: false };
const script = { ...base, docComment: JSDOC, constructorNames: ['constructor'] };

export const LANGUAGES: readonly Language[] = [
  { ...base, id: 'python', scheme: 'py', extensions: ['.py', '.pyi'], grammarFile: 'tree-sitter-python.wasm', query: pythonQuery, docComment: null, constructorNames: ['__init__'], assignmentDeclares: true },
  { ...script, id: 'typescript', scheme: 'ts', extensions: ['.ts', '.mts', '.cts'], grammarFile: 'tree-sitter-typescript.wasm', query: typescriptQuery },
  { ...script, id: 'tsx', scheme: 'ts', extensions: ['.tsx'], grammarFile: 'tree-sitter-tsx.wasm', query: typescriptQuery },
  { ...script, id: 'javascript', scheme: 'js', extensions: ['.js', '.mjs', '.cjs', '.jsx'], grammarFile: 'tree-sitter-javascript.wasm', query: javascriptQuery },
  { ...base, id: 'go', scheme: 'go', extensions: ['.go'], grammarFile: 'tree-sitter-go.wasm', query: goQuery, docComment: /^\/[/*]/, docTouches: true },
  { ...base, id: 'rust', hasOverloads: true, scheme: 'rs', extensions: ['.rs'], grammarFile: 'tree-sitter-rust.wasm', query: rustQuery, docComment: /^(\/\/\/(?!\/)|\/\*\*(?![*/]))/ },
  { ...base, id: 'java', hasOverloads: true, scheme: 'java', extensions: ['.java'], grammarFile: 'tree-sitter-java.wasm', query: javaQuery, docComment: JSDOC },
  { ...base, id: 'c', scheme: 'c', extensions: ['.c'], grammarFile: 'tree-sitter-c.wasm', query: cQuery, docComment: /^\/[/*]/, docTouches: true },
  {
    ...base,
    id: 'cpp',
    hasOverloads: true,
    scheme: 'cpp',
    // A header may be C: the C++ grammar reads nearly all of C, the C grammar little of C++.
    extensions: ['.cpp', '.cc', '.cxx', '.c++', '.h', '.hpp', '.hh', '.hxx', '.h++', '.ipp', '.inl'],
    grammarFile: 'tree-sitter-cpp.wasm',
    query: cppQuery,
    docComment: /^\/[/*]/,
    docTouches: true,
  },
];

/** Returns the language that the extension of `path` names, or null when there is no grammar for it. */
export function languageOf(path: string): Language | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? null : (LANGUAGES.find((language) => language.extensions.includes(name.slice(dot))) ?? null);
}

/** Returns the languages that a selector scheme stands for: several dialects may share one. Empty for an unknown scheme. */
export function languagesOfScheme(scheme: string): readonly Language[] {
  const name = SCHEME_ALIASES[scheme] ?? scheme;
  return LANGUAGES.filter((language) => language.scheme === name || language.id === name);
}

/** Other spellings that a parser takes for a scheme. */
const SCHEME_ALIASES: Readonly<Record<string, string>> = { 'c++': 'cpp', cc: 'cpp', golang: 'go', python: 'py' };
