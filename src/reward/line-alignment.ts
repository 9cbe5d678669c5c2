import { matchLines, type MatchingBlock } from '../base/line-diff.js';
import { TextDocument } from '../base/text-document.js';
import { groupBy } from './group-by.js';
import { dice, wordsOf } from './similarity.js';

/** Where each line of the file before is in the file after; -1 where it is nowhere. White space at the ends of lines is not looked at. */
export interface LineAlignment {
  readonly before: TextDocument;
  readonly after: TextDocument;
  /** Lines that the diff leaves unchanged. */
  readonly unchanged: readonly number[];
  /** Lines of blocks that were cut in one place and pasted in another. */
  readonly moved: readonly number[];
  /** Lines that were edited: the likest lines of the two sides of a replaced hunk, in order. */
  readonly edited: readonly number[];
}

/** A pasted block has at least this many lines that are not blank. */
const MOVED_LINES_MIN = 3;
/** An edited line keeps at least this share of its words. */
const EDITED_SIMILARITY_MIN = 0.5;
/** Larger hunks are not aligned line by line. */
const HUNK_CELLS_MAX = 40_000;
/** Of a line that occurs more often than this among the added ones, only the first places are tried. */
const PLACES_MAX = 20;

/** Aligns two texts line by line. `rename` maps the words of the text before that the step renamed. Deterministic. */
export function alignLines(before: string, after: string, rename: (word: string) => string = (word) => word): LineAlignment {
  const documents = { before: new TextDocument(before), after: new TextDocument(after) };
  const a = linesOf(documents.before);
  if (before === after) return { ...documents, unchanged: [...a.keys()], moved: a.map(() => -1), edited: a.map(() => -1) };
  const b = linesOf(documents.after);
  const blocks = matchLines(a, b);
  const unchanged = new Array<number>(a.length).fill(-1);
  const taken = new Set<number>();
  for (const block of blocks) {
    for (let index = 0; index < block.length; index += 1) {
      unchanged[block.aStart + index] = block.bStart + index;
      taken.add(block.bStart + index);
    }
  }
  return { ...documents, unchanged, moved: movedLines(a, b, unchanged, taken), edited: editedLines(a, b, blocks, rename) };
}

/** Returns the lines of a text without white space at their ends. */
export function linesOf(document: TextDocument): string[] {
  return Array.from({ length: document.lineCount }, (_, line) => document.lineText(line).trim());
}

function movedLines(a: readonly string[], b: readonly string[], unchanged: readonly number[], taken: Set<number>): number[] {
  const moved = new Array<number>(a.length).fill(-1);
  const places = groupBy(b.keys(), (index) => (b[index] === '' || taken.has(index) ? null : (b[index] ?? null)));
  const isFree = (aIndex: number, bIndex: number): boolean => unchanged[aIndex] === -1 && moved[aIndex] === -1 && !taken.has(bIndex) && a[aIndex] === b[bIndex];
  for (let start = 0; start < a.length; start += 1) {
    let best = { at: -1, length: 0, solid: 0 };
    for (const at of (places.get(a[start] ?? '') ?? []).slice(0, PLACES_MAX)) {
      let length = 0;
      let solid = 0;
      while (start + length < a.length && at + length < b.length && isFree(start + length, at + length)) {
        if (a[start + length] !== '') solid += 1;
        length += 1;
      }
      if (solid > best.solid) best = { at, length, solid };
    }
    if (best.solid < MOVED_LINES_MIN) continue;
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
  const likeness = aWords.map((words) => bWords.map((other) => (words.length === 0 || other.length === 0 ? 0 : dice(words, other))));
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
