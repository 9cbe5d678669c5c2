import type { Comment, FileTokens } from '../../base/declaration.js';
import type { FilePair, FileSide } from '../step-facts.js';
import { firing, type Gate } from './gate.js';

/**
 * Fires when a step changes nothing that a checker or a machine reads: no touched file was created, deleted or renamed, all
 * have the same tokens at the same depths and the same comments that mean something, and no directive was added or removed.
 * A file without grammar must be equal to the last character. The reward of such a step is 0.
 */
export const noOp: Gate = ({ facts, suppressions }) => {
  const touched = facts.pairs.filter((pair) => pair.touched);
  if (suppressions.added.length + suppressions.removed.length > 0 || !touched.every(isUnchanged)) return null;
  return firing('no-op', false, 'The step changes nothing but comments and layout: its reward is 0.', []);
};

function isUnchanged({ before, after }: FilePair): boolean {
  if (before === null || after === null || before.path !== after.path) return false;
  if (before.text === after.text) return true;
  if (before.tokens === null || after.tokens === null) return false;
  return sameTokens(before.tokens, after.tokens) && meaningfulComments(before) === meaningfulComments(after);
}

function sameTokens(before: FileTokens, after: FileTokens): boolean {
  if (before.tokens.length !== after.tokens.length) return false;
  return before.tokens.every((token, index) => {
    const other = after.tokens[index];
    return other !== undefined && token.depth === other.depth && token.type === other.type && withoutReturns(token.text) === withoutReturns(other.text);
  });
}

/** Compilers read every line end as the same one. */
function withoutReturns(text: string): string {
  return text.replace(/\r\n?/gu, '\n');
}

const HASH_MEANING = /^#\s*type:\s*(?!ignore\b)|^#.*?coding[:=]|^#!|^#\s*(?:cython|distutils)\s*:/u;
const SLASH_MEANING = /^\/\/\/\s*<|@jsx\w*|^\/\/\s*go:|^\/\/go:|^\/\/\s*\+build|^\/\/export\b|__PURE__|__NO_SIDE_EFFECTS__|webpack[A-Z]\w*:|@(?:vitest|jest)-environment|[#@]\s*source(?:Mapping)?URL=/u;
const JSDOC_MEANING = /@(?:type|typedef|param|arg|argument|returns?|template|callback|import|extends|augments|implements|this|enum|satisfies|overload|class|constructor|private|protected|public|readonly|override|deprecated|property|prop)\b/u;

/** The comments that compilers, checkers or bundlers read, each with its place among the tokens, as one text. */
function meaningfulComments(side: FileSide): string {
  const tokens = side.tokens?.tokens ?? [];
  const isScript = /\.[cm]?jsx?$/u.test(side.path);
  const means = (comment: Comment): boolean => {
    if (comment.text.startsWith('#')) return HASH_MEANING.test(comment.text);
    return SLASH_MEANING.test(comment.text) || (isScript && comment.text.startsWith('/**') && JSDOC_MEANING.test(comment.text));
  };
  let index = 0;
  return (side.tokens?.comments ?? [])
    .filter(means)
    .map((comment) => {
      while (index < tokens.length && isBefore(tokens[index]?.range, comment.range)) index += 1;
      return `${String(index)}:${withoutReturns(comment.text)}`;
    })
    .join('\u0000');
}

function isBefore(token: readonly number[] | undefined, comment: readonly number[]): boolean {
  if (token === undefined) return false;
  return (token[0] ?? 0) < (comment[0] ?? 0) || (token[0] === comment[0] && (token[1] ?? 0) < (comment[1] ?? 0));
}
