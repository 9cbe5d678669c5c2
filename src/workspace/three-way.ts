import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lineMapping } from '../base/line-diff.js';
import { askGit } from './git-call.js';
import { hardenedEnvironment } from './git-environment.js';
import { gitFailed } from './git.js';
import { parseBlobs, splitZero } from './git-output.js';
import { runGit } from './git-process.js';
import type { PatchConflict } from './patch-conflicts.js';
import type { FilePatch } from './patch-headers.js';
import type { ScratchIndex, UnmergedFile } from './scratch-index.js';

/** What a three-way merge needs of the user's repository. Paths are those of the tree that the patch is applied to. */
export interface MergeGround {
  readonly algorithm: 'sha1' | 'sha256';
  /** The contents that the patch was made from, as far as the repository holds them. */
  readonly bases: readonly Buffer[];
  /** The `merge` attribute of the files that have one. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Files whose lines end in CRLF on disk and in LF in the repository. */
  readonly converted: ReadonlySet<string>;
}

/**
 * Reads the ground for a merge of `paths`, which `fromTop` leads to the top of the repository. Contents are copied and not borrowed: Git touches
 * the objects of others that it comes to write again.
 */
export async function readMergeGround(top: string, patch: Buffer, paths: readonly string[], fromTop: (path: string) => string): Promise<MergeGround> {
  const env = hardenedEnvironment(top);
  const ask = async (args: readonly string[]): Promise<string[]> => {
    const answer = await askGit(top, env, args);
    if (!answer.ok) throw gitFailed(args[0] ?? '', answer.stderr);
    return splitZero(answer.stdout);
  };
  const places = new Map(paths.map((path) => [fromTop(path), path]));
  const attributes = new Map<string, string>();
  const fields = paths.length === 0 ? [] : await ask(['check-attr', '-z', 'merge', '--', ...places.keys()]);
  for (let index = 0; index + 2 < fields.length; index += 3) if (fields[index + 2] !== 'unspecified') attributes.set(places.get(fields[index] ?? '') ?? '', fields[index + 2] ?? '');
  const endings = paths.length === 0 ? [] : await ask(['ls-files', '--eol', '-z', '--', ...places.keys()]);
  const converted = endings.flatMap((record) => (/^i\/lf +w\/crlf /.test(record) ? [places.get(record.slice(record.indexOf('\t') + 1)) ?? ''] : []));
  const [format = ''] = await ask(['rev-parse', '--show-object-format']);
  return { algorithm: format.trim() === 'sha256' ? 'sha256' : 'sha1', bases: await readBases(top, env, patch), attributes, converted: new Set(converted) };
}

/** The first names on the `index` lines of a patch, as they are: shortened, or whole. */
async function readBases(top: string, env: Record<string, string>, patch: Buffer): Promise<Buffer[]> {
  const named = [...patch.toString('latin1').matchAll(/^index ([0-9a-f]{4,64})\.\.[0-9a-f]{4,64}(?: \d+)?\r?$/gm)].map((match) => match[1] ?? '');
  const wanted = [...new Set(named)].filter((name) => !/^0+$/.test(name));
  if (wanted.length === 0) return [];
  const outcome = await runGit({ args: ['cat-file', '--batch'], cwd: top, env, input: wanted.map((name) => `${name}^{blob}\n`).join('') });
  return [...parseBlobs(outcome.stdout).blobs.values()];
}

/** How Git merges without a program of anybody's: by lines, not at all, or by keeping the lines of both. */
const BUILT_IN: Readonly<Record<string, string>> = { set: 'merge', text: 'merge=text', unset: '-merge', binary: '-merge', union: 'merge=union' };

/** Returns the lines of a Git attributes file that merges files as the repository says. A driver of its own is a program, which is not run: such a file is not merged. */
export function mergeAttributes({ attributes }: MergeGround): string {
  return [...attributes].map(([path, value]) => `${quotedPattern(path)} ${BUILT_IN[value] ?? '-merge'}\n`).join('');
}

function quotedPattern(path: string): string {
  const literal = path.replace(/[\\*?[]/g, '\\$&');
  return `"/${literal.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t')}"`;
}

/** Where lines are listed, this many at most. */
const LINES_MAX = 200;

/** Returns what a file and a patch disagree about, for each file that Git could not merge, in the order of the paths. */
export async function describeUnmerged(index: ScratchIndex, unmerged: readonly UnmergedFile[], ground: MergeGround, hunksOf: (path: string) => FilePatch['hunks']): Promise<PatchConflict[]> {
  const conflicts: PatchConflict[] = [];
  for (const file of unmerged) {
    const sides = await readSides(index, file);
    const driver = ground.attributes.get(file.path) ?? 'set';
    const isWhole = BUILT_IN[driver] === undefined || BUILT_IN[driver] === '-merge' || sides.some((side) => side.includes(0));
    const regions = isWhole ? [] : await conflictRegions(index, sides);
    if (regions.length === 0) conflicts.push(wholeConflict(file.path, wholeReason(driver)));
    const reason = file.base === null ? 'the patch creates a file that is there already with other content' : 'both the patch and the file have changed these lines';
    for (const region of regions) conflicts.push(regionConflict(file.path, region, reason, hunksOf(file.path)));
  }
  return conflicts;
}

function wholeReason(driver: string): string {
  if (BUILT_IN[driver] === undefined) return `both the patch and the file have changed, and the repository merges it with a program of its own (${driver}), which is not run`;
  return 'both the patch and the file have changed, and it is not merged by lines';
}

function wholeConflict(path: string, reason: string): PatchConflict {
  return { path, hunk: '', line: 0, expected: [], found: [], reason, nearest: null };
}

type Sides = readonly [ours: Buffer, base: Buffer, theirs: Buffer];

async function readSides(index: ScratchIndex, { ours, base, theirs }: UnmergedFile): Promise<Sides> {
  const blobs = await index.readBlobs([ours, base, theirs].filter((oid) => oid !== null));
  const bytes = (oid: string | null): Buffer => (oid === null ? Buffer.alloc(0) : (blobs.get(oid) ?? Buffer.alloc(0)));
  return [bytes(ours), bytes(base), bytes(theirs)];
}

/** A stretch that the two sides changed differently. Lines are 0-based. */
interface Region {
  readonly oursStart: number;
  readonly baseStart: number;
  readonly ours: readonly string[];
  readonly base: readonly string[];
  readonly theirs: readonly string[];
}

/** Reads the stretches out of what `git merge-file` marks. Its markers are longer than anything like them in the files. */
async function conflictRegions(index: ScratchIndex, sides: Sides): Promise<Region[]> {
  const names = ['ours', 'base', 'theirs'] as const;
  const longest = Math.max(6, ...sides.flatMap((side) => (side.toString('latin1').match(/^(?:<+|\|+|=+|>+)/gm) ?? []).map((run) => run.length)));
  const size = longest + 1;
  for (const [at, name] of names.entries()) await writeFile(join(index.folder, name), sides[at] ?? '');
  const outcome = await index.run(['merge-file', '-p', '-q', '--diff3', `--marker-size=${String(size)}`, ...names.flatMap((name) => ['-L', name]), ...names], '');
  const isMarker = (line: string, sign: string): boolean => line.replace(/\r$/, '').split(' ', 1)[0] === sign.repeat(size);
  const merged = linesOf(outcome.stdout);
  const drafts: { at: Record<'ours' | 'base', number>; lines: Record<'ours' | 'base' | 'theirs', string[]> }[] = [];
  const composed: Record<'ours' | 'base', string[]> = { ours: [], base: [] };
  let side: 'ours' | 'base' | 'theirs' | null = null;
  for (const line of merged) {
    const open = drafts.at(-1);
    if (side === null && isMarker(line, '<')) {
      drafts.push({ at: { ours: composed.ours.length, base: composed.base.length }, lines: { ours: [], base: [], theirs: [] } });
      side = 'ours';
    } else if (side === 'ours' && isMarker(line, '|')) side = 'base';
    else if (side === 'base' && isMarker(line, '=')) side = 'theirs';
    else if (side === 'theirs' && isMarker(line, '>')) side = null;
    else if (side === null) for (const text of [composed.ours, composed.base]) text.push(line);
    else {
      open?.lines[side].push(line);
      if (side !== 'theirs') composed[side].push(line);
    }
  }
  const places = { ours: lineMapping(composed.ours, linesOf(sides[0])), base: lineMapping(composed.base, linesOf(sides[1])) };
  return drafts.map(({ at, lines }) => ({ ...lines, oursStart: placeOf(places.ours, at.ours, lines.ours.length), baseStart: placeOf(places.base, at.base, lines.base.length) }));
}

/** Where a stretch of the merged text stands in one of the texts it was made from; one without lines, behind what is before it. */
function placeOf(mapping: readonly number[], start: number, count: number): number {
  const own = count === 0 ? -1 : (mapping[start] ?? -1);
  if (own >= 0) return own;
  const before = mapping.slice(0, start).findLast((line) => line >= 0);
  return before === undefined ? 0 : before + 1;
}

function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function regionConflict(path: string, region: Region, reason: string, hunks: FilePatch['hunks']): PatchConflict {
  const line = region.baseStart + 1;
  const hunk = hunks.findLast(({ oldStart }) => oldStart <= line) ?? hunks[0];
  return {
    path,
    hunk: hunk?.header ?? '',
    line: region.oursStart + 1,
    expected: region.base.slice(0, LINES_MAX),
    found: region.ours.slice(0, LINES_MAX),
    wanted: region.theirs.slice(0, LINES_MAX),
    reason,
    nearest: null,
  };
}
