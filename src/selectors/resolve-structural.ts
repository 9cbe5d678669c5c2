import type { Declaration, FileStructure } from '../base/declaration.js';
import { assertNever } from '../base/failure.js';
import type { PositionSpec, Role, SelectorQuery } from '../base/position-spec.js';
import type { Position, Range } from '../base/range.js';
import type { ColumnUnit, TextDocument } from '../base/text-document.js';
import { anchorOccurrences } from './anchor-occurrences.js';
import { identifierAt } from './identifier.js';
import { allDeclarationsNamed, declarationsNamed, declarationsOnPath } from './match-declarations.js';

/** A place that a selector may stand for; `declaration` is what it names, if it names one. */
export interface StructuralCandidate {
  readonly range: Range;
  readonly declaration: Declaration | null;
}

export type StructuralResolution =
  | { readonly kind: 'found'; readonly candidates: readonly [StructuralCandidate] }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly StructuralCandidate[] }
  | { readonly kind: 'notFound'; readonly reason: string };

export interface ResolutionInput {
  readonly document: TextDocument;
  /** Null for a file without a grammar: then symbolic and AST selectors find nothing. */
  readonly structure: FileStructure | null;
  /** The unit of columns in selectors without `enc=`. */
  readonly indexIo: ColumnUnit;
}

/**
 * Returns where `spec` points in this text, reading nothing else. Ranges lie inside the text.
 * Throws E/INDEXING_UNSUPPORTED for a column inside a character.
 */
export function resolveStructural(spec: PositionSpec, input: ResolutionInput): StructuralResolution {
  switch (spec.kind) {
    case 'cursor':
      return resolveCursor(spec.line, spec.column, spec.query, input);
    case 'range':
      return resolveRange(spec, input);
    case 'symbolic':
    case 'ast':
      return resolveDeclared(spec, input);
    case 'anchor':
      return choose(anchorOccurrences(input.document.text, spec).map(({ start, end }) => ({ range: input.document.rangeOf(start, end), declaration: null })), spec.query, 'the text of the anchor does not occur in the file');
    default:
      return assertNever(spec);
  }
}

/** Returns the range of a role, or null when the declaration has no such part. */
export function rangeOfRole(declaration: Declaration, role: Role): Range | null {
  switch (role) {
    case 'def':
      return declaration.nameRange;
    case 'sig':
      return declaration.signatureRange;
    case 'body':
      return declaration.bodyRange;
    case 'doc':
      return declaration.docRange;
    default:
      return assertNever(role);
  }
}

function resolveCursor(line: number, column: number, query: SelectorQuery, input: ResolutionInput): StructuralResolution {
  const position = positionOf(line, column, query, input);
  if (typeof position === 'string') return { kind: 'notFound', reason: position };
  const hasPrivateNames = input.structure !== null && /^(typescript|tsx|javascript)$/.test(input.structure.language);
  const range = identifierAt(input.document, position, hasPrivateNames) ?? ([position.line, position.character, position.line, position.character] as const);
  return { kind: 'found', candidates: [{ range, declaration: null }] };
}

function resolveRange(spec: PositionSpec & { kind: 'range' }, input: ResolutionInput): StructuralResolution {
  const start = positionOf(spec.startLine, spec.startColumn, spec.query, input);
  if (typeof start === 'string') return { kind: 'notFound', reason: start };
  const end = positionOf(spec.endLine, spec.endColumn, spec.query, input);
  if (typeof end === 'string') return { kind: 'notFound', reason: end };
  return { kind: 'found', candidates: [{ range: [start.line, start.character, end.line, end.character], declaration: null }] };
}

/** Returns the 0-based UTF-16 position of a 1-based line and column, or why the text has none. */
function positionOf(line: number, column: number, query: SelectorQuery, { document, indexIo }: ResolutionInput): Position | string {
  if (line > document.lineCount) return `line ${String(line)} lies past the end of the file, which has ${String(document.lineCount)}`;
  const character = document.columnFrom(query.enc ?? indexIo, line - 1, column - 1);
  if (character > document.lineText(line - 1).length) return `column ${String(column)} lies past the end of line ${String(line)}`;
  return { line: line - 1, character };
}

function resolveDeclared(spec: PositionSpec & { kind: 'symbolic' | 'ast' }, { structure }: ResolutionInput): StructuralResolution {
  if (structure === null) return { kind: 'notFound', reason: 'there is no grammar for this kind of file' };
  const name = spec.kind === 'symbolic' ? spec.qualname.join('.') : spec.segments.map((segment) => segment.name).join('.');
  const matching = spec.kind === 'symbolic' ? declarationsNamed(structure, spec.qualname) : declarationsOnPath(structure, spec.segments);
  const { overload } = spec.query;
  const all = spec.kind === 'symbolic' ? allDeclarationsNamed(structure, spec.qualname) : matching;
  const chosen = overload === undefined ? matching : all.filter((declaration) => declaration.overload === overload);
  if (chosen.length === 0) {
    if (all.length === 0) return { kind: 'notFound', reason: `the file declares no ${name}` };
    return { kind: 'notFound', reason: `${name} has ${String(all.length)} declarations, so there is no overload ${String(overload)}` };
  }
  const role = spec.kind === 'symbolic' ? spec.role : 'def';
  const candidates = chosen.flatMap((declaration) => {
    const range = rangeOfRole(declaration, role);
    return range === null ? [] : [{ range, declaration }];
  });
  return choose(candidates, spec.query, `${name === '' ? 'the module' : name} has no ${role === 'doc' ? 'documentation' : role}`);
}

/** `nth` picks among several; without it several stay several. */
function choose(candidates: readonly StructuralCandidate[], { nth }: SelectorQuery, none: string): StructuralResolution {
  const [first] = candidates;
  if (first === undefined) return { kind: 'notFound', reason: none };
  if (nth !== undefined) {
    const picked = candidates[nth];
    return picked === undefined ? { kind: 'notFound', reason: `there are ${String(candidates.length)} matches, so there is no nth=${String(nth)}` } : { kind: 'found', candidates: [picked] };
  }
  return candidates.length === 1 ? { kind: 'found', candidates: [first] } : { kind: 'ambiguous', candidates };
}
