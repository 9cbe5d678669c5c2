import type { Captures, Span } from './captures.js';
import type { Language } from './languages.js';

/** What stands directly before a declaration and belongs to it. All offsets. */
export interface LeadingTrivia {
  /** Where the declaration begins with its decorators. */
  readonly start: number;
  /** Where its first modifier or keyword stands, after any decorators. */
  readonly signatureStart: number;
  readonly doc: { readonly start: number; readonly end: number } | null;
}

/** Returns a function that finds the decorators and the documentation comment of the declaration that spans `start`–`end`. */
export function leadingTriviaFinder(language: Language, captures: Captures, text: string): (start: number, end: number) => LeadingTrivia {
  const endingAt = new Map<number, { readonly span: Span; readonly isComment: boolean }>();
  for (const span of captures.decorators) endingAt.set(skipSpacesBack(text, span.end), { span, isComment: false });
  // Rust's documentation comments include their line break.
  for (const span of captures.comments) endingAt.set(skipSpacesBack(text, span.end), { span, isComment: true });
  const decoratorAt = new Map(captures.decorators.map((span) => [span.start, span]));
  return (start, end) => {
    let signatureStart = start;
    for (let span = decoratorAt.get(signatureStart); span !== undefined && span.end < end; span = decoratorAt.get(signatureStart)) {
      signatureStart = skipSpaces(text, span.end);
    }
    return walkBack(language, text, endingAt, start, signatureStart);
  };
}

function walkBack(
  language: Language,
  text: string,
  endingAt: ReadonlyMap<number, { readonly span: Span; readonly isComment: boolean }>,
  start: number,
  signatureStart: number,
): LeadingTrivia {
  let outerStart = start;
  let from = signatureStart;
  const docs: Span[] = [];
  for (;;) {
    const item = endingAt.get(skipSpacesBack(text, from));
    if (item === undefined) break;
    if (!item.isComment) outerStart = Math.min(outerStart, item.span.start);
    else if (!isDoc(language, text, item.span, from, docs.length > 0) || !joins(text, item.span, docs)) break;
    else docs.unshift(item.span);
    from = item.span.start;
  }
  const [first] = docs;
  const last = docs.at(-1);
  return { start: outerStart, signatureStart, doc: first === undefined || last === undefined ? null : { start: first.start, end: skipSpacesBack(text, last.end) } };
}

/** A run of one-line comments is one documentation; a block comment stands alone. */
function joins(text: string, comment: Span, docs: readonly Span[]): boolean {
  return docs.length === 0 || (text.startsWith('//', comment.start) && docs.every((doc) => text.startsWith('//', doc.start)));
}

function isDoc(language: Language, text: string, comment: Span, before: number, continues: boolean): boolean {
  if (language.docComment?.test(text.slice(comment.start, comment.start + 4)) !== true) return false;
  const gap = text.slice(comment.end, before);
  const breaks = gap.match(/\r\n|\r|\n/g)?.length ?? 0;
  const endsInBreak = /[\r\n]$/.test(text.slice(comment.start, comment.end));
  if ((language.docTouches || continues) && breaks + (endsInBreak ? 1 : 0) > 1) return false;
  // A comment after code on its line belongs to that code.
  const lineStart = Math.max(text.lastIndexOf('\n', comment.start - 1), text.lastIndexOf('\r', comment.start - 1)) + 1;
  return /^\s*(\/\*.*\*\/\s*)*$/.test(text.slice(lineStart, comment.start));
}

function skipSpacesBack(text: string, offset: number): number {
  let end = offset;
  while (end > 0 && /\s/.test(text[end - 1] ?? '')) end -= 1;
  return end;
}

function skipSpaces(text: string, offset: number): number {
  let start = offset;
  while (start < text.length && /\s/.test(text[start] ?? '')) start += 1;
  return start;
}
