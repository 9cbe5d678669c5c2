import type { Declaration } from '../base/declaration.js';
import { comparePositions, endOf, rangeBetween, startOf, type Position, type Range } from '../base/range.js';
import type { Side } from './relocation-side.js';

/** Returns the part of `to`'s declaration that corresponds to `range`, an extent of `old`. */
export function carryExtent(from: Side, old: Declaration, range: Range, to: Side, declaration: Declaration): Range {
  const start = carryStart(from, old, startOf(range), to, declaration);
  const end = carryEnd(from, old, endOf(range), to, declaration);
  return rangeBetween(start, comparePositions(end, start) < 0 ? endOf(declaration.range) : end);
}

/** The same boundary of the header, else the same word between the first modifier and the name. */
function carryStart(from: Side, old: Declaration, start: Position, to: Side, declaration: Declaration): Position {
  if (comparePositions(start, startOf(old.signatureRange)) === 0) return startOf(declaration.signatureRange);
  if (comparePositions(start, startOf(old.nameRange)) === 0) return startOf(declaration.nameRange);
  if (comparePositions(start, startOf(old.range)) === 0) return startOf(declaration.range);
  const word = /^[\w$]+/.exec(from.document.slice(rangeBetween(start, startOf(old.nameRange))))?.[0];
  const origin = to.document.offsetAt(startOf(declaration.signatureRange));
  const header = to.document.slice(rangeBetween(startOf(declaration.signatureRange), startOf(declaration.nameRange)));
  const at = word === undefined ? -1 : header.search(new RegExp(`(?<![\\w$])${word.replaceAll('$', '\\$')}(?![\\w$])`));
  return at === -1 ? startOf(declaration.signatureRange) : to.document.positionAt(origin + at);
}

/** The same boundary, with what stood between the signature's end and the end of a quoted header (`:`, ` {`) where it still does. */
function carryEnd(from: Side, old: Declaration, end: Position, to: Side, declaration: Declaration): Position {
  if (comparePositions(end, endOf(old.range)) === 0) return endOf(declaration.range);
  if (old.bodyRange !== null && comparePositions(end, endOf(old.bodyRange)) === 0) return endOf(declaration.bodyRange ?? declaration.range);
  const signatureEnd = endOf(declaration.signatureRange);
  if (comparePositions(end, endOf(old.signatureRange)) <= 0) return signatureEnd;
  const tail = from.document.slice(rangeBetween(endOf(old.signatureRange), end));
  const kept = to.document.lineText(signatureEnd.line).startsWith(tail, signatureEnd.character) ? tail.length : 0;
  return { line: signatureEnd.line, character: signatureEnd.character + kept };
}
