import { STRING, type CodeLine } from './code-lines.js';
import { liveLines, tokenCounts, type TokenCounts } from './live-code.js';
import { readDiff, type DiffFile } from './read-diff.js';

/** A hunk of a source file that changes code, with the tokens of what does nothing taken out. */
export interface LiveHunk {
  readonly path: string;
  readonly isNew: boolean;
  readonly start: number;
  /** How many lines of the old side it shows. */
  readonly span: number;
  /** Every line as it is written, those without code too. */
  readonly written: readonly CodeLine[];
  /** The lines that have live code. */
  readonly lines: readonly CodeLine[];
}

/** A patch as the model sees it. */
export interface LivePatch {
  /** By path, then place: no order of the input has a part in it. */
  readonly hunks: readonly LiveHunk[];
  /** Test files that gain at least eight tokens. */
  readonly addingTests: ReadonlySet<string>;
  readonly scratch: ReadonlySet<string>;
  readonly other: ReadonlySet<string>;
  /** True when code of a source file that was there before changes. */
  readonly changesSource: boolean;
  /** False when nothing but comments and layout changes: no string either, and no code that nothing in the patch uses. */
  readonly changesCode: boolean;
  /** True when a hunk takes out a string and puts one in: what it says may be another. */
  readonly changesStrings: boolean;
}

const TEST_TOKENS_MIN = 8;

/** Reads a patch. The twin of `Patch` in training/features.py. */
export function readLivePatch(patch: string): LivePatch {
  const files = readDiff(patch);
  const counts = tokenCounts(files);
  const pathsOf = (wanted: (file: DiffFile) => boolean): Set<string> => new Set(files.filter(wanted).map((file) => file.path));
  const hunks = files.filter((file) => file.role === 'source').flatMap((file) => liveHunks(file, counts));
  return {
    hunks: hunks.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.start - b.start)),
    addingTests: pathsOf((file) => file.role === 'test' && gainOf(file, counts) >= TEST_TOKENS_MIN),
    scratch: pathsOf((file) => file.role === 'scratch'),
    other: pathsOf((file) => file.role === 'other'),
    changesSource: hunks.some(({ isNew }) => !isNew),
    changesCode: files.some(({ hunks }) => hunks.some(({ lines }) => rewrites(lines))),
    changesStrings: files.some(({ hunks }) => hunks.some(({ lines }) => (['-', '+'] as const).every((side) => lines.some(({ tag, tokens }) => tag === side && tokens.includes(STRING))))),
  };
}

function liveHunks(file: DiffFile, counts: TokenCounts): LiveHunk[] {
  return liveLines(file, counts)
    .map((lines, index) => {
      const { start = 0, lines: written = [] } = file.hunks[index] ?? {};
      return { path: file.path, isNew: file.isNew, start, span: written.filter(({ tag }) => tag !== '+').length, written, lines: lines.filter(({ tokens }) => tokens.length > 0) };
    })
    .filter((hunk) => hunk.lines.some((line) => line.tag !== ' '));
}

function gainOf(file: DiffFile, counts: TokenCounts): number {
  const sign = { '+': 1, '-': -1, ' ': 0 };
  return liveLines(file, counts).flat().reduce((sum, line) => sum + sign[line.tag] * line.tokens.length, 0);
}

/** What a string says is not kept, so that one in a changed line may be another. */
function rewrites(lines: readonly CodeLine[]): boolean {
  const changed = lines.filter(({ tag }) => tag !== ' ');
  const side = (tag: CodeLine['tag']): string => changed.filter((line) => line.tag === tag).flatMap(({ tokens }) => tokens).join(' ');
  return side('-') !== side('+') || changed.some(({ tokens }) => tokens.includes(STRING));
}
