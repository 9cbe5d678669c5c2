import type { Comment, FileTokens } from '../base/declaration.js';
import { Kept } from '../base/kept.js';
import { uriFromPath } from '../base/relative-uri.js';
import { compareRanges, type Range } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import { blankOffsets, blankRanges } from './blank-text.js';
import { scanComments } from './comment-scan.js';
import { CODE_DIRECTIVES, HASH_DIRECTIVES, SLASH_DIRECTIVES, type DirectiveSyntax } from './suppression-syntax.js';

/** One directive in one text. */
export interface Suppression {
  readonly kind: string;
  readonly path: string;
  readonly uri: string;
  /** The directive itself. */
  readonly range: Range;
  readonly text: string;
  /** The rules that it names, sorted; null when it speaks of all. */
  readonly rules: readonly string[] | null;
  /** True for a directive that makes the checker stricter. */
  readonly isStrict: boolean;
  /** What is blanked to take it out: itself, and the rest of its comment where nothing else speaks there. Offsets into the text. */
  readonly blank: readonly [number, number];
  /** The line it speaks about, -1 for the file. */
  readonly targetLine: number;
  /** The code of that line without comments and white space at its ends; '' for the file. */
  readonly targetCode: string;
}

/** The directives of a text, in source order, and the text without any comment or directive (same length, same lines). */
export interface SuppressionScan {
  readonly suppressions: readonly Suppression[];
  readonly codeOnly: string;
}

interface Hit {
  readonly syntax: DirectiveSyntax;
  readonly start: number;
  readonly end: number;
  readonly rules: string | undefined;
  readonly blank: readonly [number, number];
}

const kept = new Kept<{ readonly path: string; readonly text: string; readonly scan: SuppressionScan }>();

/** Finds the directives of a file. Comments come from its tokens, or from a scan by extension where there is no grammar. */
export function findSuppressions(path: string, text: string, tokens: FileTokens | null): SuppressionScan {
  if (tokens === null) return scan(path, text, tokens);
  const known = kept.get(tokens, tokens, () => ({ path, text, scan: scan(path, text, tokens) }));
  return known.path === path && known.text === text ? known.scan : scan(path, text, tokens);
}

function scan(path: string, text: string, tokens: FileTokens | null): SuppressionScan {
  const document = new TextDocument(text);
  const comments = tokens?.comments ?? scanComments(path, text);
  const inComments = comments.flatMap((comment) => hitsInComment(comment, document));
  const withoutComments = blankRanges(document, comments.map((comment) => comment.range));
  const inCode = hitsInCode(path, withoutComments, document, tokens);
  const codeOnly = blankOffsets(withoutComments, inCode.map((hit) => hit.blank));
  const lines = new TextDocument(codeOnly);
  const suppressions = [...inComments, ...inCode].map((hit) => suppressionOf(hit, path, document, lines));
  return { suppressions: suppressions.sort((a, b) => compareRanges(a.range, b.range)), codeOnly };
}

function hitsInComment(comment: Comment, document: TextDocument): Hit[] {
  const offset = document.offsetAt({ line: comment.range[0], character: comment.range[1] });
  const isHash = comment.text.startsWith('#');
  const found = (isHash ? HASH_DIRECTIVES : SLASH_DIRECTIVES).flatMap((syntax) =>
    [...comment.text.matchAll(syntax.pattern)].map((match) => ({ syntax, start: match.index, end: match.index + match[0].trimEnd().length, rules: match[1] })),
  );
  return found.map((hit) => {
    const [from, to] = extentOf(comment.text, hit.start, hit.end, isHash, found);
    return { ...hit, start: offset + hit.start, end: offset + hit.end, blank: [offset + from, offset + to] };
  });
}

/** A one-line comment, or its part from one `#` to the next, is taken out whole unless it holds another directive; of a longer one only the directive. */
function extentOf(text: string, start: number, end: number, isHash: boolean, all: readonly { readonly start: number; readonly end: number }[]): [number, number] {
  if (text.includes('\n') || text.includes('\r')) return [start, end];
  const next = isHash ? text.indexOf('#', end) : -1;
  const from = isHash ? start : 0;
  const to = next === -1 ? text.length : next;
  const isAlone = all.every((other) => other.start === start || other.end <= from || other.start >= to);
  return isAlone ? [from, to] : [start, end];
}

function hitsInCode(path: string, withoutComments: string, document: TextDocument, tokens: FileTokens | null): Hit[] {
  const syntaxes = CODE_DIRECTIVES.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase()) ?? [];
  const starts = tokens === null ? null : new Set(tokens.tokens.map((token) => document.offsetAt({ line: token.range[0], character: token.range[1] })));
  return syntaxes
    .flatMap((syntax) => [...withoutComments.matchAll(syntax.pattern)].map((match) => ({ syntax, start: match.index, end: match.index + match[0].trimEnd().length, rules: match[1] })))
    .filter((hit) => starts === null || starts.has(hit.start))
    .map((hit): Hit => ({ ...hit, blank: [hit.start, hit.end] }));
}

function suppressionOf(hit: Hit, path: string, document: TextDocument, code: TextDocument): Suppression {
  const range = document.rangeOf(hit.start, hit.end);
  const text = document.text.slice(hit.start, hit.end);
  const targetLine = targetOf(hit.syntax, range, code);
  const rules = (hit.rules ?? '').split(/[\s,]+/u).map((rule) => rule.replace(/^["']|["']$/gu, '')).filter((rule) => rule !== '');
  return {
    kind: hit.syntax.kind,
    path,
    uri: uriFromPath(path),
    range,
    text,
    rules: rules.length === 0 ? null : [...new Set(rules)].sort(),
    isStrict: hit.syntax.isStrict?.(text) ?? false,
    blank: hit.blank,
    targetLine,
    targetCode: targetLine === -1 ? '' : code.lineText(targetLine).trim(),
  };
}

function targetOf(syntax: DirectiveSyntax, range: Range, code: TextDocument): number {
  const own = range[0];
  const standsAlone = code.lineText(own).trim() === '';
  const isFirst = standsAlone && Array.from({ length: own }, (_, line) => code.lineText(line).trim()).every((line) => line === '');
  if (syntax.reach === 'file') return -1;
  // Checkers of Python read a lone `# type: ignore` above the first line of code as one for the whole file.
  if (syntax.reach === 'line' && syntax.kind === 'type: ignore' && isFirst) return -1;
  if (!standsAlone && syntax.reach !== 'next') return own;
  for (let line = Math.max(own + (standsAlone ? 0 : 1), range[2]); line < code.lineCount; line += 1) {
    if (code.lineText(line).trim() !== '') return line;
  }
  return own;
}
