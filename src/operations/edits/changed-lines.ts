import { decodeFile } from '../../apply/file-text.js';
import type { EditPlan } from '../../apply/planned-change.js';
import type { FileImage } from '../../base/file-image.js';
import { matchLines } from '../../base/line-diff.js';
import { isTestPath } from '../../reward/path-roles.js';
import { parseTokens } from '../../selectors/structure.js';

/** How many lines come or go, by where they are. */
export interface ChangedLines {
  readonly code: number;
  readonly test: number;
  readonly comment: number;
}

const PARSED_CHARACTERS_MAX = 1_000_000;

/** Counts the lines that an edit adds and takes away. A line that is nothing but a comment counts as one, in tests too; what no grammar knows counts as code. */
export async function changedLines({ changes }: EditPlan): Promise<ChangedLines> {
  const counts = { code: 0, test: 0, comment: 0 };
  for (const { path, before, after } of changes) {
    const [old, fresh] = [textOf(before), textOf(after)];
    const blocks = matchLines(linesOf(old), linesOf(fresh));
    for (const [text, kept] of [[old, blocks.map(({ aStart: start, length }) => ({ start, length }))], [fresh, blocks.map(({ bStart: start, length }) => ({ start, length }))]] as const) {
      const isKept = new Set(kept.flatMap(({ start, length }) => Array.from({ length }, (_, index) => start + index)));
      const changed = linesOf(text).flatMap((_, line) => (isKept.has(line) ? [] : [line]));
      const comments = changed.length === 0 ? new Set<number>() : await commentLines(path, text);
      for (const line of changed) counts[comments.has(line) ? 'comment' : isTestPath(path) ? 'test' : 'code'] += 1;
    }
  }
  return counts;
}

function textOf(image: FileImage | null): string {
  return image === null || image.mode === 'symlink' ? (image?.bytes.toString('utf8') ?? '') : decodeFile(image.bytes).text;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The lines, from 0, on which a comment stands and nothing else. */
async function commentLines(path: string, text: string): Promise<Set<number>> {
  const parsed = text.length > PARSED_CHARACTERS_MAX ? null : await parseTokens(path, text);
  const lines = new Set<number>();
  for (const { range } of parsed?.comments ?? []) for (let line = range[0]; line <= range[2]; line += 1) lines.add(line);
  for (const { range } of parsed?.tokens ?? []) for (let line = range[0]; line <= range[2]; line += 1) lines.delete(line);
  return lines;
}
