import type { Tree, TreeCursor } from 'web-tree-sitter';
import type { Comment, FileTokens, Token } from '../base/declaration.js';
import type { TextDocument } from '../base/text-document.js';

/** Nodes whose text between their children is content, not layout. */
const TEXT_NODE = /string|char|jsx_text|regex/;

interface Lexer {
  readonly document: TextDocument;
  readonly tokens: Token[];
  readonly comments: Comment[];
}

/** Returns the leaves of `tree` as tokens and its comments, each in source order. Layout (white space, line continuations) is neither. */
export function tokensOf(tree: Tree, document: TextDocument): FileTokens {
  const lexer: Lexer = { document, tokens: [], comments: [] };
  const cursor = tree.walk();
  try {
    walk(cursor, lexer);
  } finally {
    cursor.delete();
  }
  return { tokens: lexer.tokens, comments: lexer.comments };
}

/** Depth first without recursion: a tree is as deep as its author likes. */
function walk(cursor: TreeCursor, lexer: Lexer): void {
  const parents: { readonly type: string; covered: number; readonly end: number }[] = [];
  for (;;) {
    const type = cursor.nodeType;
    const start = cursor.startIndex;
    const end = cursor.endIndex;
    const parent = parents.at(-1);
    if (parent !== undefined) {
      pushGap(lexer, parent, start, parents);
      parent.covered = Math.max(parent.covered, end);
    }
    if (isComment(type)) lexer.comments.push({ text: lexer.document.text.slice(start, end).trimEnd(), range: lexer.document.rangeOf(start, start + lexer.document.text.slice(start, end).trimEnd().length) });
    else if (cursor.gotoFirstChild()) {
      parents.push({ type, covered: start, end });
      continue;
    } else pushToken(lexer, type, parents, start, end);
    while (!cursor.gotoNextSibling()) {
      const closed = parents.pop();
      if (closed === undefined || !cursor.gotoParent()) return;
      pushGap(lexer, closed, closed.end, [...parents, closed]);
    }
  }
}

function isComment(type: string): boolean {
  return type.endsWith('comment') || type === 'hash_bang_line';
}

/** Text of a string that no child covers, between its escapes. */
function pushGap(lexer: Lexer, parent: { readonly type: string; readonly covered: number }, until: number, parents: readonly { readonly type: string }[]): void {
  if (until > parent.covered && TEXT_NODE.test(parent.type)) pushToken(lexer, parent.type, parents.slice(0, -1), parent.covered, until, parents.length);
}

function pushToken(lexer: Lexer, type: string, parents: readonly { readonly type: string }[], start: number, end: number, depth = parents.length): void {
  const text = lexer.document.text.slice(start, end);
  if (type === 'line_continuation' || (text.trim() === '' && !TEXT_NODE.test(type))) return;
  const isTypeText = type === 'string_fragment' && parents.at(-2)?.type === 'literal_type';
  lexer.tokens.push({ type, parentType: parents.at(-1)?.type ?? '', text, range: lexer.document.rangeOf(start, end), depth, ...(isTypeText ? { isTypeText } : {}) });
}
