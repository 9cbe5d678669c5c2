import type { Range } from '../base/range.js';
import type { RenderContext } from './render-context.js';
import { printableText } from './printable-text.js';

const WIDTH_MAX = 120;
const LEAD = 40;

/**
 * Returns the first line of `range` with its number and a row of carets below. When the text at hand is not the one that the
 * range speaks about (`lineText` is its trimmed line), only that line is shown, because the carets would lie.
 */
export function excerpt(context: RenderContext, uri: string, range: Range, lineText?: string): string[] {
  const number = String(range[0] + 1);
  const line = context.view.line(uri, range[0]);
  const gutter = ' '.repeat(4 + number.length);
  if (line === undefined || (lineText !== undefined && line.trim() !== lineText)) {
    return lineText === undefined || lineText === '' ? [] : [`    ${number} | ${printableText(clip(lineText, 0).text)}`];
  }
  const end = range[2] === range[0] ? range[3] : line.trimEnd().length;
  const { text, start } = clip(line.trimEnd(), range[1]);
  const padding = text.slice(0, Math.max(0, range[1] - start)).replace(/[^\t]/gu, ' ');
  const carets = '^'.repeat(Math.max(1, characters(text.slice(Math.max(0, range[1] - start), Math.max(0, end - start)))));
  return [`    ${number} | ${printableText(text)}`, `${gutter} | ${padding}${context.colors.red(carets)}`];
}

/** Returns at most WIDTH_MAX UTF-16 units of the line, with `column` among them. */
function clip(line: string, column: number): { readonly text: string; readonly start: number } {
  const start = column > WIDTH_MAX - LEAD ? column - LEAD : 0;
  return { text: line.slice(start, start + WIDTH_MAX).toWellFormed(), start };
}

function characters(text: string): number {
  return Array.from(text).length;
}
