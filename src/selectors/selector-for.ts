import type { Declaration, FileStructure } from '../base/declaration.js';
import type { PositionSpec, SelectorQuery } from '../base/position-spec.js';
import { startOf, type Range } from '../base/range.js';
import type { TextDocument } from '../base/text-document.js';
import { printSelector } from './grammar.js';
import { identifierAt } from './identifier.js';
import { declarationsNamed } from './match-declarations.js';
import { languageOf } from './languages.js';
import { pythonModuleOf } from './module-paths.js';

/**
 * Returns the symbolic selector of a declaration: `py://` where Python can import the module by that name, else `sym://`,
 * with `overload=` only where the name alone would not lead back to it. `paths` are the workspace's files.
 */
export function selectorForDeclaration(path: string, declaration: Declaration, structure: FileStructure, paths: ReadonlySet<string>): string {
  const module = structure.language === 'python' ? pythonModuleOf(path, paths) : null;
  const [only, ...others] = declarationsNamed(structure, declaration.qualname);
  const query: SelectorQuery = only === declaration && others.length === 0 ? {} : { overload: declaration.overload };
  const where = module === null ? ({ scheme: 'sym', module: path } as const) : ({ scheme: 'py', module } as const);
  return printSelector({ kind: 'symbolic', ...where, qualname: declaration.qualname, role: 'def', query });
}

/**
 * Returns the selector of a place in one version of a file: a cursor where `range` is an identifier, else a range, pinned to
 * the content by `digest` (64 hex digits of its sha256). Columns count code points, said with `enc=` on lines where that differs from UTF-16.
 */
export function selectorForUsage(path: string, range: Range, document: TextDocument, digest: string): string {
  const [startLine, startCharacter, endLine, endCharacter] = range;
  const mixed = [startLine, endLine].some((line) => /[\u{10000}-\u{10ffff}]/u.test(document.lineText(line)));
  const query: SelectorQuery = { ...(mixed ? { enc: 'codepoint' as const } : {}), v: { kind: 'sha256', digest } };
  const startColumn = document.columnIn('codepoint', startLine, startCharacter) + 1;
  const identifier = identifierAt(document, startOf(range), /^(typescript|tsx|javascript)$/.test(languageOf(path)?.id ?? ''));
  if (range.join() === (identifier ?? [startLine, startCharacter, startLine, startCharacter]).join()) {
    return printSelector({ kind: 'cursor', path, line: startLine + 1, column: startColumn, query });
  }
  const endColumn = document.columnIn('codepoint', endLine, endCharacter) + 1;
  const spec: PositionSpec = { kind: 'range', path, startLine: startLine + 1, startColumn, endLine: endLine + 1, endColumn, query };
  return printSelector(spec);
}
