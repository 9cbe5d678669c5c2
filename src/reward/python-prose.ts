import { blankOffsets } from './blank-text.js';

/** Comments, strings and brackets. */
const PIECE = /#[^\n]*|"""[^"\\]*(?:(?:\\[^]|"(?!""))[^"\\]*)*"""|'''[^'\\]*(?:(?:\\[^]|'(?!''))[^'\\]*)*'''|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'|[()[\]{}]/gu;
/** Comments that a checker reads. */
const READ = /^#\s*(?:type|pyright):/u;
/** What stands before a string that holds code, and before one that is a statement: nothing since the line began that goes on no other. */
const HOLDS_CODE = /(?<![\p{L}\p{N}_])(?:[ft]r?|r[ft])$/iu;
const IS_STATEMENT = /(?:^|[^\\\r]\r?\n)[ \t]*[ru]?$/iu;
/** Two words beside each other, which no expression has, but for those that are operators. */
const OPERATORS = String.raw`(?!(?:and|or|not|in|is|if|else|lambda|for|from|await|async|yield)\b)`;
const NO_EXPRESSION = new RegExp(String.raw`(?<![\p{L}\p{N}_])${OPERATORS}[\p{L}_][\p{L}\p{N}_]*\s+${OPERATORS}[\p{L}_]`, 'u');

/**
 * Returns a text of Python with spaces for what only people read: comments, documentation, and strings that cannot be types because they are no expressions. No position moves. Names
 * mean nothing there. Of another language all is left.
 */
export function withoutProse(path: string, text: string): string {
  if (!/\.pyi?$/u.test(path)) return text;
  const prose: [number, number][] = [];
  let depth = 0;
  let unclear = 0;
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    const end = index + piece.length;
    if (/^[([{]$/u.test(piece)) depth += 1;
    else if (/^[)\]}]$/u.test(piece)) depth = Math.max(0, depth - 1);
    else if (piece.startsWith('#')) {
      if (!READ.test(piece) && index >= unclear) prose.push([index, end]);
    } else {
      const before = text.slice(Math.max(0, text.lastIndexOf('\n', index - 1) - 2), index);
      const isCode = HOLDS_CODE.test(before);
      // In a formatted string there may be others in the same quotes: where it ends is not known then.
      if (isCode && piece.split('{').length !== piece.split('}').length) unclear = endOfLine(text, end);
      else if (!isCode && index >= unclear && (NO_EXPRESSION.test(piece) || (depth === 0 && IS_STATEMENT.test(before)))) prose.push([index, end]);
    }
  }
  return blankOffsets(text, prose);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
