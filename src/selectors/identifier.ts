import { rangeBetween, type Position, type Range } from '../base/range.js';
import type { TextDocument } from '../base/text-document.js';

const CONTINUES = /[\p{ID_Continue}$\u200c\u200d]/u;
const STARTS = /^[\p{ID_Start}_$]/u;

/**
 * Returns the range of the identifier that `position` is in, at the start of or directly behind, or null. Unicode's rules, `_` and `$`;
 * with `hash` a leading `#` belongs to it, as in JavaScript's private names.
 */
export function identifierAt(document: TextDocument, position: Position, hash: boolean): Range | null {
  const line = document.lineText(position.line);
  let end = position.character;
  while (end < line.length && continues(line, end)) end += widthAt(line, end);
  let start = position.character;
  while (start > 0 && continuesBefore(line, start)) start -= widthBefore(line, start);
  if (hash && line[start - 1] === '#') start -= 1;
  else if (hash && start === end && line[start] === '#') return identifierAt(document, { line: position.line, character: start + 1 }, hash);
  const name = line.slice(start, end).replace(/^#/, '');
  if (!STARTS.test(name)) return null;
  return rangeBetween({ line: position.line, character: start }, { line: position.line, character: end });
}

function continues(line: string, at: number): boolean {
  return CONTINUES.test(String.fromCodePoint(line.codePointAt(at) ?? 0));
}

function continuesBefore(line: string, at: number): boolean {
  return continues(line, at - widthBefore(line, at));
}

function widthAt(line: string, at: number): number {
  return (line.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function widthBefore(line: string, at: number): number {
  return at >= 2 && (line.codePointAt(at - 2) ?? 0) > 0xffff ? 2 : 1;
}
