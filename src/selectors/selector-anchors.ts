import type { PositionSpec } from '../base/position-spec.js';
import { parseQuery } from './selector-query.js';
import { SelectorScanner } from './selector-scanner.js';

const HINT = 'Write an anchor as anchor://path#"text"; inside the quotes write %22 or \\" for a quote and %25 for a percent sign.';

/** Parses what follows `anchor://` at `at`: `path#"snippet"?query`. */
export function parseAnchor(text: string, at: number, toPath: (raw: string) => string): PositionSpec {
  const scanner = new SelectorScanner(text, at, text.length, HINT);
  const raw = scanner.rawUntil('#', '?');
  if (raw === '') throw scanner.failure('a path');
  const path = scanner.decode(toPath(raw), at);
  scanner.expect('#', '"#" and a quoted text');
  scanner.expect('"', 'a quote');
  const snippetAt = scanner.at;
  const { raw: snippet, end } = unquoted(scanner);
  if (end === snippetAt) throw scanner.failureAt(snippetAt, 'some text between the quotes');
  scanner.at = end + 1;
  return { kind: 'anchor', path, snippet, query: parseQuery(scanner) };
}

/**
 * Reads to the closing quote. Backslashes stand for themselves except in front of a quote, where two make one and a
 * single one takes the quote into the text.
 */
function unquoted(scanner: SelectorScanner): { raw: string; end: number } {
  const { text } = scanner;
  let snippet = '';
  let from = scanner.at;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) throw scanner.failureAt(text.length, 'a closing quote');
    let slashes = 0;
    while (quote - slashes - 1 >= from && text[quote - slashes - 1] === '\\') slashes += 1;
    snippet += scanner.decode(text.slice(from, quote - slashes), from) + '\\'.repeat(slashes >> 1);
    if (slashes % 2 === 0) return { raw: snippet, end: quote };
    snippet += '"';
    from = quote + 1;
  }
}
