import type { Comment } from '../base/declaration.js';
import { TextDocument } from '../base/text-document.js';

interface CommentSyntax {
  readonly line: readonly string[];
  readonly block: readonly (readonly [string, string])[];
  /** Longest first, so that a triple quote is not read as an empty string. */
  readonly quotes: readonly string[];
}

const HASH: CommentSyntax = { line: ['#'], block: [], quotes: ['"""', "'''", '"', "'"] };
const SLASH: CommentSyntax = { line: ['//'], block: [['/*', '*/']], quotes: ['"', "'", '`'] };
/** Rust's `'` opens lifetimes as well as characters, so it opens nothing here. */
const RUST: CommentSyntax = { line: ['//'], block: [['/*', '*/']], quotes: ['"'] };

const SYNTAX: ReadonlyMap<string, CommentSyntax> = new Map([
  ...['py', 'pyi', 'pyx', 'rb', 'sh', 'bash', 'toml', 'yml', 'yaml'].map((name) => [name, HASH] as const),
  ...['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'go', 'java', 'kt', 'kts', 'scala', 'c', 'h', 'cc', 'cpp', 'hpp', 'cs', 'swift', 'php', 'vue', 'svelte'].map(
    (name) => [name, SLASH] as const,
  ),
  ['rs', RUST],
]);

/** Returns the comments of a file whose language has no grammar here, by its extension: an approximation that knows strings. */
export function scanComments(path: string, text: string): Comment[] {
  const syntax = SYNTAX.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase());
  if (syntax === undefined) return [];
  const document = new TextDocument(text);
  const comments: Comment[] = [];
  let offset = 0;
  while (offset < text.length) {
    const quote = syntax.quotes.find((mark) => text.startsWith(mark, offset));
    const block = syntax.block.find(([open]) => text.startsWith(open, offset));
    const isLine = syntax.line.some((mark) => text.startsWith(mark, offset));
    if (quote !== undefined) {
      offset = endOfString(text, offset, quote);
      continue;
    }
    if (block === undefined && !isLine) {
      offset += 1;
      continue;
    }
    const end = block === undefined ? endOfLine(text, offset) : endOfBlock(text, offset, block);
    comments.push({ text: text.slice(offset, end), range: document.rangeOf(offset, end) });
    offset = end;
  }
  return comments;
}

function endOfLine(text: string, from: number): number {
  let end = from;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return end;
}

function endOfBlock(text: string, from: number, [open, close]: readonly [string, string]): number {
  const end = text.indexOf(close, from + open.length);
  return end === -1 ? text.length : end + close.length;
}

/** A string in single marks ends at its line's end at the latest, so that a stray quote hides no more than a line. */
function endOfString(text: string, from: number, quote: string): number {
  for (let offset = from + quote.length; offset < text.length; offset += 1) {
    const character = text[offset];
    if (character === '\\') offset += 1;
    else if (quote.length === 1 && quote !== '`' && (character === '\n' || character === '\r')) return offset;
    else if (text.startsWith(quote, offset)) return offset + quote.length;
  }
  return text.length;
}
