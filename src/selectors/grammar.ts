import { assertNever } from '../base/failure.js';
import type { AstSegment, PositionSpec } from '../base/position-spec.js';
import { LANGUAGES, languagesOfScheme } from './languages.js';
import { percentEncode, RESERVED } from './percent-encoding.js';
import { parseAnchor } from './selector-anchors.js';
import { parsePosition } from './selector-positions.js';
import { printQuery } from './selector-query.js';
import { SelectorScanner } from './selector-scanner.js';
import { parseAst, parseSymbolic } from './selector-symbols.js';

export interface ParseSelectorOptions {
  /** On `win32` a raw backslash in a path is a separator. Default: posix. */
  readonly platform?: 'posix' | 'win32';
}

/**
 * Returns what a selector says. Throws E/BAD_SELECTOR_SYNTAX whose details name the 1-based column (in code points),
 * what was expected there and what was found.
 */
export function parseSelector(text: string, { platform = 'posix' }: ParseSelectorOptions = {}): PositionSpec {
  const toPath = (raw: string): string => (platform === 'win32' ? raw.replaceAll('\\', '/') : raw);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1];
  if (scheme === undefined) return parsePosition(text, toPath);
  const at = scheme.length + 3;
  if (scheme === 'ast') return parseAst(text, at, toPath);
  if (scheme === 'anchor') return parseAnchor(text, at, toPath);
  if (scheme === 'py' || scheme === 'sym' || languagesOfScheme(scheme).length > 0) return parseSymbolic(text, at, scheme, toPath);
  const schemes = ['py', 'sym', 'ast', 'anchor', ...new Set(LANGUAGES.map((language) => language.scheme).filter((name) => name !== 'py'))];
  throw new SelectorScanner(text, 0, text.length, 'For a path that looks like a scheme, write %3A for its colon.').failure(`one of the schemes ${schemes.join(', ')}`);
}

/** Returns the canonical text of `spec`: `parseSelector` gives it back unchanged. */
export function printSelector(spec: PositionSpec): string {
  return printBody(spec) + printQuery(spec.query);
}

function printBody(spec: PositionSpec): string {
  switch (spec.kind) {
    case 'cursor':
      return `${path(spec.path)}@L${String(spec.line)}:C${String(spec.column)}`;
    case 'range':
      return `${path(spec.path)}@R(${String(spec.startLine)},${String(spec.startColumn)}->${String(spec.endLine)},${String(spec.endColumn)})`;
    case 'symbolic':
      return `${spec.language ?? spec.scheme}://${path(spec.module)}#${spec.qualname.map(name).join('.')}${spec.role === 'def' ? '' : `:${spec.role}`}`;
    case 'ast':
      return `ast://${[`[${spec.root.kind}=${path(spec.root.name)}]`, ...spec.segments.map(segment), ...(spec.nameOnly ? ['name[1]'] : [])].join('/')}`;
    case 'anchor':
      return `anchor://${path(spec.path)}#"${percentEncode(spec.snippet, RESERVED.quoted)}"`;
    default:
      return assertNever(spec);
  }
}

function path(text: string): string {
  return percentEncode(text, RESERVED.path);
}

function name(text: string): string {
  return percentEncode(text, RESERVED.name);
}

function segment({ kind, name: written, index }: AstSegment): string {
  return `[${kind}=${name(written)}]${index === undefined ? '' : `[${String(index)}]`}`;
}
