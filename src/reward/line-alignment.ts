import { lineMapping, matchLines, type MatchingBlock } from '../base/line-diff.js';
import { TextDocument } from '../base/text-document.js';
import { groupBy } from '../base/group-by.js';
import { dice, wordsOf } from './similarity.js';

/** A text and the same text without its comments, position by position. */
export interface CommentedText {
  readonly text: string;
  readonly codeOnly: string;
}

/**
 * Where each line of the file before is in the file after; -1 where it is nowhere. Only code decides: comments and blank lines
 * change nothing for the lines around them, and white space at the ends of lines is not looked at.
 */
export interface LineAlignment {
  readonly before: TextDocument;
  readonly after: TextDocument;
  /** Lines that the diff leaves unchanged, comments included. */
  readonly unchanged: readonly number[];
  /** Lines of blocks that were cut in one place and pasted in another. */
  readonly moved: readonly number[];
  /** Lines that were edited: the likest lines of the two sides of a replaced hunk, in order, and lines with another comment. */
  readonly edited: readonly number[];
}

/** A pasted block has at least this many lines of code. */
const MOVED_LINES_MIN = 3;
/** An edited line keeps at least this share of its words. */
const EDITED_SIMILARITY_MIN = 0.5;
/** Larger hunks are not aligned line by line. */
const HUNK_CELLS_MAX = 40_000;
/** Of a line that occurs more often than this among the added ones, only the first places are tried. */
const PLACES_MAX = 20;

/** Aligns two texts line by line. `rename` maps the words of the text before that the step renamed. Deterministic. */
export function alignLines(before: CommentedText, after: CommentedText, rename: (word: string) => string = (word) => word): LineAlignment {
  const documents = { before: new TextDocument(before.text), after: new TextDocument(after.text) };
  const nowhere = (): number[] => new Array<number>(documents.before.lineCount).fill(-1);
  if (before.text === after.text) return { ...documents, unchanged: [...nowhere().keys()], moved: nowhere(), edited: nowhere() };
  const a = codeLines(before.codeOnly);
  const b = codeLines(after.codeOnly);
  const blocks = matchLines(a.texts, b.texts);
  const same = mappingOf(blocks, a.texts.length);
  const result = { ...documents, unchanged: nowhere(), moved: nowhere(), edited: nowhere() };
  const put = (mapping: readonly number[], into: number[]): void => {
    mapping.forEach((target, index) => {
      const from = a.lines[index] ?? -1;
      const to = target === -1 ? -1 : (b.lines[target] ?? -1);
      if (from === -1 || to === -1) return;
      const isSame = documents.before.lineText(from).trim() === documents.after.lineText(to).trim();
      (isSame ? into : result.edited)[from] = to;
    });
  };
  put(editedLines(a.texts, b.texts, blocks, rename), result.edited);
  put(movedLines(a.texts, b.texts, same), result.moved);
  put(same, result.unchanged);
  alignComments(result, same.map((target, index): [number, number] => [a.lines[index] ?? -1, target === -1 ? -1 : (b.lines[target] ?? -1)]));
  return result;
}

interface CodeLines {
  readonly texts: readonly string[];
  /** The line number of each. */
  readonly lines: readonly number[];
}

function codeLines(codeOnly: string): CodeLines {
  const document = new TextDocument(codeOnly);
  const all = Array.from({ length: document.lineCount }, (_, line) => document.lineText(line).trim());
  const lines = [...all.keys()].filter((line) => all[line] !== '');
  return { texts: lines.map((line) => all[line] ?? ''), lines };
}

function mappingOf(blocks: readonly MatchingBlock[], length: number): number[] {
  const mapping = new Array<number>(length).fill(-1);
  for (const block of blocks) {
    for (let index = 0; index < block.length; index += 1) mapping[block.aStart + index] = block.bStart + index;
  }
  return mapping;
}

/** Lines without code are aligned between the unchanged lines of code around them. */
function alignComments(result: { readonly before: TextDocument; readonly after: TextDocument; unchanged: number[] }, anchors: readonly (readonly [number, number])[]): void {
  let from = [0, 0] as readonly [number, number];
  for (const anchor of [...anchors.filter(([, to]) => to !== -1), [result.before.lineCount, result.after.lineCount] as const]) {
    const stretch = (document: TextDocument, start: number, end: number): string[] => Array.from({ length: Math.max(0, end - start) }, (_, index) => document.lineText(start + index).trim());
    const a = stretch(result.before, from[0], anchor[0]);
    const b = stretch(result.after, from[1], anchor[1]);
    if (a.length > 0 && b.length > 0) {
      lineMapping(a, b).forEach((target, index) => {
        if (target !== -1) result.unchanged[from[0] + index] = from[1] + target;
      });
    }
    from = [anchor[0] + 1, anchor[1] + 1];
  }
}

function movedLines(a: readonly string[], b: readonly string[], same: readonly number[]): number[] {
  const moved = new Array<number>(a.length).fill(-1);
  const taken = new Set(same.filter((target) => target !== -1));
  const places = groupBy(b.keys(), (index) => (taken.has(index) ? null : (b[index] ?? null)));
  const isFree = (aIndex: number, bIndex: number): boolean => same[aIndex] === -1 && moved[aIndex] === -1 && !taken.has(bIndex) && a[aIndex] === b[bIndex];
  for (let start = 0; start < a.length; start += 1) {
    let best = { at: -1, length: 0 };
    for (const at of (places.get(a[start] ?? '') ?? []).slice(0, PLACES_MAX)) {
      let length = 0;
      while (start + length < a.length && at + length < b.length && isFree(start + length, at + length)) length += 1;
      if (length > best.length) best = { at, length };
    }
    if (best.length < MOVED_LINES_MIN) continue;
    for (let index = 0; index < best.length; index += 1) {
      moved[start + index] = best.at + index;
      taken.add(best.at + index);
    }
    start += best.length - 1;
  }
  return moved;
}

function editedLines(a: readonly string[], b: readonly string[], blocks: readonly MatchingBlock[], rename: (word: string) => string): number[] {
  const edited = new Array<number>(a.length).fill(-1);
  let aFrom = 0;
  let bFrom = 0;
  for (const block of [...blocks, { aStart: a.length, bStart: b.length, length: 0 }]) {
    alignHunk(a.slice(aFrom, block.aStart), b.slice(bFrom, block.bStart), rename).forEach((target, index) => {
      if (target !== -1) edited[aFrom + index] = bFrom + target;
    });
    aFrom = block.aStart + block.length;
    bFrom = block.bStart + block.length;
  }
  return edited;
}

/** The order-keeping pairing of like lines with the greatest total likeness; ties go to the earliest lines. */
function alignHunk(a: readonly string[], b: readonly string[], rename: (word: string) => string): number[] {
  const targets = new Array<number>(a.length).fill(-1);
  if (a.length === 0 || b.length === 0 || a.length * b.length > HUNK_CELLS_MAX) return targets;
  const aWords = a.map((line) => wordsOf(line).map(rename));
  const bWords = b.map(wordsOf);
  const likeness = aWords.map((words) => bWords.map((other) => dice(words, other)));
  const width = b.length + 1;
  const best = new Float64Array((a.length + 1) * width);
  const at = (i: number, j: number): number => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const score = likeness[i]?.[j] ?? 0;
      const paired = score >= EDITED_SIMILARITY_MIN ? score + at(i + 1, j + 1) : 0;
      best[i * width + j] = Math.max(paired, at(i + 1, j), at(i, j + 1));
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const score = likeness[i]?.[j] ?? 0;
    if (score >= EDITED_SIMILARITY_MIN && at(i, j) === score + at(i + 1, j + 1)) targets[i++] = j++;
    else if (at(i, j) === at(i + 1, j)) i += 1;
    else j += 1;
  }
  return targets;
}
