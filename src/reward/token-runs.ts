import type { Token } from '../base/declaration.js';

/** Returns the index just after the bracket that closes the one at `open`, or the number of tokens. */
export function bracketEnd(tokens: readonly Token[], open: number): number {
  let nesting = 0;
  for (let index = open; index < tokens.length; index += 1) {
    nesting += nestingOf(tokens[index]?.text ?? '');
    if (nesting <= 0) return index + 1;
  }
  return tokens.length;
}

/** Returns the tokens from `start` to the end of the statement, as one text, and the index just after it. */
export function statementText(tokens: readonly Token[], start: number): { readonly text: string; readonly end: number } {
  let nesting = 0;
  let end = start;
  for (; end < tokens.length; end += 1) {
    const token = tokens[end];
    const previous = tokens[end - 1];
    if (token === undefined || (nesting === 0 && token.text === ';')) break;
    const isOnNextLine = end > start && previous !== undefined && token.range[0] > previous.range[2];
    // A chain that goes on with a dot is the same statement.
    if (nesting <= 0 && isOnNextLine && token.text !== '.' && token.text !== '?.') break;
    nesting += nestingOf(token.text);
    if (nesting < 0) break;
  }
  return { text: tokens.slice(start, end).map((token) => token.text).join(' '), end };
}

function nestingOf(text: string): number {
  if (text === '(' || text === '[' || text === '{' || text === '${') return 1;
  return text === ')' || text === ']' || text === '}' ? -1 : 0;
}
