import type { PositionSpec } from '../base/position-spec.js';
import { endOf, type Position } from '../base/range.js';
import type { ColumnUnit } from '../base/text-document.js';
import { parseSelector } from '../selectors/grammar.js';
import type { SelectorPlace } from './ask-at.js';

/**
 * Returns where typing would go on: a cursor itself, not the start of the name that it is in, and the end of what every other
 * selector stands for. A cursor of another version has moved with its name; then that is the end of the name.
 */
export function insertionPoint(selector: string | PositionSpec, { file, range }: SelectorPlace, indexUnit: ColumnUnit): Position {
  const spec = typeof selector === 'string' ? parseSelector(selector) : selector;
  const { v, enc } = spec.query;
  const isOfThisVersion = v === undefined || (v.kind === 'sha256' && v.digest === file.digest);
  if (spec.kind !== 'cursor' || !isOfThisVersion) return endOf(range);
  return { line: spec.line - 1, character: file.document.columnFrom(enc ?? indexUnit, spec.line - 1, spec.column - 1) };
}
