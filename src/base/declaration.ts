import type { Range } from './range.js';

/** LSP's symbol kinds, as far as source declares them, plus `module` for the file itself. */
export type DeclarationKind =
  | 'module'
  | 'namespace'
  | 'class'
  | 'interface'
  | 'struct'
  | 'enum'
  | 'enumMember'
  | 'type'
  | 'function'
  | 'method'
  | 'constructor'
  | 'property'
  | 'field'
  | 'variable'
  | 'constant'
  | 'macro'
  | 'import';

/** One declaration of a source file, in source order (parents before their members). All ranges are 0-based UTF-16. */
export interface Declaration {
  readonly name: string;
  /** Names from the outermost declaration to this one; `[]` for the module. `::` and nesting are both written as parts. */
  readonly qualname: readonly string[];
  readonly kind: DeclarationKind;
  /** The whole declaration with its decorators and modifiers, without its leading documentation comment. */
  readonly range: Range;
  readonly nameRange: Range;
  /** From the first modifier to the end of the header (before the body). */
  readonly signatureRange: Range;
  readonly bodyRange: Range | null;
  readonly docRange: Range | null;
  /** 0-based index among the declarations of the same qualname in this file. */
  readonly overload: number;
  /** False for an overload signature or an abstract or ambient declaration without a body. */
  readonly hasBody: boolean;
  /** The parameters as written, whitespace collapsed; '' when there are none. Distinguishes overloads in a `symbolId`. */
  readonly parameters: string;
  /** The tree-sitter node type, for AST selectors. */
  readonly nodeType: string;
}

/** What a parse says about a file: its declarations, and where the text does not parse. */
export interface FileStructure {
  readonly language: string;
  readonly declarations: readonly Declaration[];
  /** Ranges of ERROR and MISSING nodes; empty when the file parses. */
  readonly syntaxErrors: readonly Range[];
}

/** A leaf of the syntax tree that is not (part of) a comment. `depth` counts its ancestors, so indentation that matters shows. */
export interface Token {
  readonly type: string;
  readonly parentType: string;
  readonly text: string;
  readonly range: Range;
  readonly depth: number;
  /** True for the text of a string that stands for a type (`Omit<T, 'name'>`); else absent. */
  readonly isTypeText?: true;
}

/** A comment as written, delimiters included. */
export interface Comment {
  readonly text: string;
  readonly range: Range;
}

/** Everything a lexer would say of a file, in source order. */
export interface FileTokens {
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
}
