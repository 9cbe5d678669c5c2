import type { PositionSpec } from '../base/position-spec.js';
import { SelectorScanner } from './selector-scanner.js';
import { parseQuery } from './selector-query.js';

const HINT = 'Write a cursor as path@L12:C5, a range as path@R(12,5->14,1), a symbol as sym://path#Name; percent-encode : # ? & = % " [ ] ( ) and spaces in a path.';

/** Parses `path@L12:C5` and `path@R(12,5->14,1)`; `toPath` makes a workspace path of the decoded text. */
export function parsePosition(text: string, toPath: (raw: string) => string): PositionSpec {
  const queryAt = text.indexOf('?');
  const scanner = new SelectorScanner(text, 0, queryAt === -1 ? text.length : queryAt, HINT);
  const mark = Math.max(lastMark(text, '@L', scanner.end), lastMark(text, '@R', scanner.end));
  const raw = mark === -1 ? scanner.rawUntil('#') : text.slice(0, mark);
  if (text === '') throw scanner.failure('a path or a scheme such as "sym://"');
  const hash = raw.indexOf('#');
  if (hash !== -1) throw scanner.failureAt(hash, '"%23" for a # in a path');
  if (mark === -1) throw scanner.failure('"@L", "@R" or a scheme such as "sym://" in front');
  if (mark === 0) throw scanner.failure('a path');
  const path = scanner.decode(toPath(raw), 0);
  scanner.at = mark + 2;
  return text[mark + 1] === 'L' ? parseCursor(scanner, path) : parseRange(scanner, path);
}

/** From the right: a path may hold marks of its own. */
function lastMark(text: string, mark: string, end: number): number {
  return end < 2 ? -1 : text.lastIndexOf(mark, end - 2);
}

function parseCursor(scanner: SelectorScanner, path: string): PositionSpec {
  const line = scanner.integer('a line number', 1);
  scanner.expect(':C', '":C" and a column');
  const column = scanner.integer('a column number', 1);
  return { kind: 'cursor', path, line, column, query: queryAfter(scanner) };
}

function parseRange(scanner: SelectorScanner, path: string): PositionSpec {
  scanner.expect('(');
  const startLine = scanner.integer('a line number', 1);
  scanner.expect(',');
  const startColumn = scanner.integer('a column number', 1);
  scanner.expect('->');
  const endAt = scanner.at;
  const endLine = scanner.integer('a line number', 1);
  scanner.expect(',');
  const endColumn = scanner.integer('a column number', 1);
  if (endLine < startLine || (endLine === startLine && endColumn < startColumn)) throw scanner.failureAt(endAt, 'an end that is not before the start');
  scanner.expect(')');
  return { kind: 'range', path, startLine, startColumn, endLine, endColumn, query: queryAfter(scanner) };
}

function queryAfter(scanner: SelectorScanner) {
  if (!scanner.isAtEnd) throw scanner.failure('"?" or the end');
  scanner.end = scanner.text.length;
  return parseQuery(scanner);
}
