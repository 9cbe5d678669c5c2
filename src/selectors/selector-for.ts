import { sha256 } from '../base/digest.js';
import type { Declaration, FileStructure } from '../base/declaration.js';
import type { DocumentVersion, Role, SelectorQuery } from '../base/position-spec.js';
import { endOf, startOf, type Range } from '../base/range.js';
import type { TextDocument } from '../base/text-document.js';
import { printSelector } from './grammar.js';
import { identifierAt } from './identifier.js';
import { declarationsNamed } from './match-declarations.js';
import { languageOf } from './languages.js';
import { pythonModuleOf } from './module-paths.js';

export interface DeclarationSelectorOptions {
  /** Default: its name. */
  readonly role?: Role;
  /** 64 hex digits of the sha256 of the file's bytes. A count among namesakes is pinned to it: any edit may change the count. */
  readonly digest?: string;
}

/**
 * Returns the symbolic selector of a declaration: `py://` where Python can import the module by that name, else `sym://`,
 * with `overload=` only where the name alone would not lead back to it. `paths` are the workspace's files.
 */
export function selectorForDeclaration(path: string, declaration: Declaration, structure: FileStructure, paths: ReadonlySet<string>, { role = 'def', digest }: DeclarationSelectorOptions = {}): string {
  const module = structure.language === 'python' ? pythonModuleOf(path, paths) : null;
  const [only, ...others] = declarationsNamed(structure, declaration.qualname);
  const pin: SelectorQuery = digest === undefined ? {} : { v: { kind: 'sha256', digest } };
  const query: SelectorQuery = only === declaration && others.length === 0 ? {} : { overload: declaration.overload, ...pin };
  const where = module === null ? ({ scheme: 'sym', module: path } as const) : ({ scheme: 'py', module } as const);
  return printSelector({ kind: 'symbolic', ...where, qualname: declaration.qualname, role, query });
}

/** Returns the selector of a usage in one version of a file, pinned to the content by `digest`: 64 hex digits of its bytes' sha256. */
export function selectorForUsage(path: string, range: Range, document: TextDocument, digest: string): string {
  return selectorForPlace(path, range, document, { kind: 'sha256', digest });
}

/**
 * Returns the selector of a place: a cursor where `range` is an identifier (or empty, away from one), else a range. Columns
 * count code points, said with `enc=` on lines where that differs from UTF-16. Null `version`: the present text.
 */
export function selectorForPlace(path: string, range: Range, document: TextDocument, version: DocumentVersion | null): string {
  const [startLine, startCharacter, endLine, endCharacter] = range;
  const mixed = [startLine, endLine].some((line) => /[\u{10000}-\u{10ffff}]/u.test(document.lineText(line)));
  const query: SelectorQuery = { ...(mixed ? { enc: 'codepoint' as const } : {}), ...(version === null ? {} : { v: version }) };
  const startColumn = document.columnIn('codepoint', startLine, startCharacter) + 1;
  const identifier = identifierAt(document, startOf(range), /^(typescript|tsx|javascript)$/.test(languageOf(path)?.id ?? ''));
  if (range.join() === (identifier ?? [startLine, startCharacter, startLine, startCharacter]).join()) {
    return printSelector({ kind: 'cursor', path, line: startLine + 1, column: startColumn, query });
  }
  const endColumn = document.columnIn('codepoint', endLine, endCharacter) + 1;
  return printSelector({ kind: 'range', path, startLine: startLine + 1, startColumn, endLine: endLine + 1, endColumn, query });
}

/** Returns an anchor for the text of `range` with up to `contextMax` characters on either side, and the digest of the three. */
export function selectorForAnchor(path: string, range: Range, document: TextDocument, contextMax: number): string {
  const start = document.offsetAt(startOf(range));
  const end = document.offsetAt(endOf(range));
  const snippet = document.text.slice(start, end);
  const pre = Array.from(document.text.slice(Math.max(0, start - 2 * contextMax), start)).slice(-contextMax).join('');
  const suf = Array.from(document.text.slice(end, end + 2 * contextMax)).slice(0, contextMax).join('');
  return printSelector({ kind: 'anchor', path, snippet, query: { ctx: contextMax, pre, suf, hash: sha256([pre, snippet, suf].join('\u0000')) } });
}
