import type { ColumnUnit } from './text-document.js';

/** Which part of a declaration a selector stands for: its name token, its signature, its body or its documentation. */
export type Role = 'def' | 'sig' | 'body' | 'doc';

/** The document a selector was made from: a Git revision (of the whole tree) or the sha256 of the file's bytes. */
export type DocumentVersion = { readonly kind: 'git'; readonly rev: string } | { readonly kind: 'sha256'; readonly digest: string };

/** The `?key=value` part, all optional. `overload` and `nth` are 0-based; `ctx` counts characters. */
export interface SelectorQuery {
  readonly overload?: number;
  readonly nth?: number;
  readonly ctx?: number;
  readonly pre?: string;
  readonly suf?: string;
  readonly hash?: string;
  readonly enc?: ColumnUnit;
  readonly v?: DocumentVersion;
}

/** One step of an AST path: a declaration kind as the language names it (`class`, `def`, …), its name and a 0-based index among its namesakes. */
export interface AstSegment {
  readonly kind: string;
  readonly name: string;
  readonly index?: number;
}

/**
 * A parsed selector. Lines and columns are 1-based, as compilers print them; columns count in `query.enc` if given,
 * else in the caller's `--index-io` unit. Paths are workspace-relative with forward slashes.
 */
export type PositionSpec =
  | { readonly kind: 'cursor'; readonly path: string; readonly line: number; readonly column: number; readonly query: SelectorQuery }
  | {
      readonly kind: 'range';
      readonly path: string;
      readonly startLine: number;
      readonly startColumn: number;
      readonly endLine: number;
      readonly endColumn: number;
      readonly query: SelectorQuery;
    }
  | {
      readonly kind: 'symbolic';
      /** `py`: `module` is a dotted Python module. `sym`: `module` is a file path; `language` keeps a `ts://`-like spelling, whose module lacks the extension. */
      readonly scheme: 'py' | 'sym';
      readonly language?: string;
      readonly module: string;
      /** Dotted name parts; empty for the module itself. */
      readonly qualname: readonly string[];
      readonly role: Role;
      readonly query: SelectorQuery;
    }
  | {
      readonly kind: 'ast';
      readonly root: { readonly kind: 'module' | 'file'; readonly name: string };
      readonly segments: readonly AstSegment[];
      /** True for the `/name[1]` suffix: the name token of the declaration. */
      readonly nameOnly: boolean;
      readonly query: SelectorQuery;
    }
  | { readonly kind: 'anchor'; readonly path: string; readonly snippet: string; readonly query: SelectorQuery };
