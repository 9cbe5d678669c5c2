import type { Tree, TreeCursor } from 'web-tree-sitter';
import type { Comment, FileTokens, Token } from '../base/declaration.js';
import type { Range } from '../base/range.js';
import type { TextDocument } from '../base/text-document.js';
import type { Difference } from './parser.js';

/** Nodes whose text between their children is content, not layout. */
const TEXT_NODE = /string|char|jsx_text|regex/;

/** Offsets. */
type Part = Pick<Difference, 'from' | 'to'>;

interface Lexer {
  readonly document: TextDocument;
  readonly tokens: Token[];
  readonly comments: Comment[];
  /** What is apart from it is not looked into. */
  readonly part: Part;
}

/** Returns the leaves of `tree` as tokens and its comments, each in source order. Layout (white space, line continuations) is neither. */
export function tokensOf(tree: Tree, document: TextDocument): FileTokens {
  return tokensIn(tree, document, { from: 0, to: document.text.length });
}

/** As tokensOf, of a text that differs from one of which they are known. */
export function tokensSince(tree: Tree, document: TextDocument, old: FileTokens, { from, to, lines }: Difference): FileTokens {
  // By whole lines, so that what is reused moves by lines alone.
  const first = document.positionAt(from).line;
  const last = document.positionAt(to).line;
  const end = document.offsetAt({ line: last + 1, character: 0 });
  const read = tokensIn(tree, document, { from: document.offsetAt({ line: first, character: 0 }), to: end });
  const join = <Item extends { readonly range: Range }>(known: readonly Item[], fresh: readonly Item[]): Item[] => [
    ...known.filter(({ range }) => range[2] < first),
    ...fresh.filter(({ range }) => range[2] >= first && range[0] <= last),
    ...known.filter(({ range }) => range[0] > last - lines).map((item) => (lines === 0 ? item : { ...item, range: [item.range[0] + lines, item.range[1], item.range[2] + lines, item.range[3]] as const })),
  ];
  return { tokens: join(old.tokens, read.tokens), comments: join(old.comments, read.comments) };
}

/** What lies in, or reaches into, a part of the text; of what lies apart from it there may be some, too. */
function tokensIn(tree: Tree, document: TextDocument, part: Part): FileTokens {
  const lexer: Lexer = { document, tokens: [], comments: [], part };
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
    const isApart = end < lexer.part.from || start > lexer.part.to;
    if (isApart) {
      // Neither it nor what is in it is looked at.
    } else if (isComment(type)) lexer.comments.push({ text: lexer.document.text.slice(start, end).trimEnd(), range: lexer.document.rangeOf(start, start + lexer.document.text.slice(start, end).trimEnd().length) });
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
