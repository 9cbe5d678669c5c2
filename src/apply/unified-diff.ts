import { blobName } from '../base/digest.js';
import type { FileImage, FileMode } from '../base/file-image.js';
import { matchLines } from '../base/line-diff.js';
import { binaryPatch, isBinary } from './binary-patch.js';
import type { EditPlan, PlannedChange } from './planned-change.js';

const CONTEXT_LINES = 3;
const MODE_BITS: Readonly<Record<FileMode, string>> = { file: '100644', exec: '100755', symlink: '120000' };

/** Returns a plan as `git diff --binary -M` would print it; `git apply` makes the same change of the same files. Paths are relative to the workspace. */
export function unifiedDiff({ changes }: EditPlan): string {
  return changes.flatMap(fileDiff).join('');
}

/** A file that becomes one of another kind is one deleted and one created, as for Git. */
function fileDiff(change: PlannedChange): string[] {
  const { path, before, after } = change;
  const from = change.kind === 'rename' ? change.from : path;
  const isOtherKind = before !== null && after !== null && (before.mode === 'symlink') !== (after.mode === 'symlink');
  if (isOtherKind) return [partDiff(from, from, before, null), partDiff(path, path, null, after)];
  return [partDiff(from, path, before, after)];
}

function partDiff(from: string, path: string, before: FileImage | null, after: FileImage | null): string {
  const headers = [`diff --git ${quoted(`a/${from}`)} ${quoted(`b/${path}`)}`, ...modeHeaders(before, after)];
  if (from !== path) headers.push(`similarity index ${String(similarity(before, after))}%`, `rename from ${quoted(from)}`, `rename to ${quoted(path)}`);
  const [old, fresh] = [before?.bytes ?? Buffer.alloc(0), after?.bytes ?? Buffer.alloc(0)];
  if (old.equals(fresh)) return `${headers.join('\n')}\n`;
  if (isBinary(old) || isBinary(fresh)) {
    headers.push(`index ${before === null ? ZERO : blobName(old)}..${after === null ? ZERO : blobName(fresh)}`);
    return `${headers.join('\n')}\n${binaryPatch(old, fresh)}`;
  }
  const markers = [`--- ${before === null ? '/dev/null' : marker(`a/${from}`)}`, `+++ ${after === null ? '/dev/null' : marker(`b/${path}`)}`];
  return `${[...headers, ...markers].join('\n')}\n${hunks(linesOf(old), linesOf(fresh))}`;
}

const ZERO = '0'.repeat(40);

function modeHeaders(before: FileImage | null, after: FileImage | null): string[] {
  if (before === null && after !== null) return [`new file mode ${MODE_BITS[after.mode]}`];
  if (before !== null && after === null) return [`deleted file mode ${MODE_BITS[before.mode]}`];
  if (before !== null && after !== null && before.mode !== after.mode) return [`old mode ${MODE_BITS[before.mode]}`, `new mode ${MODE_BITS[after.mode]}`];
  return [];
}

/** Percent of the larger file's bytes that lie on lines which both have. */
function similarity(before: FileImage | null, after: FileImage | null): number {
  if (before === null || after === null || before.bytes.equals(after.bytes)) return 100;
  const [a, b] = [linesOf(before.bytes), linesOf(after.bytes)];
  const kept = matchLines(a, b).reduce((sum, { aStart, length }) => sum + a.slice(aStart, aStart + length).join('').length, 0);
  return Math.min(99, Math.floor((100 * kept) / Math.max(1, a.join('').length, b.join('').length)));
}

/** Lines with the line feed that ends them; the last may have none. */
function linesOf(bytes: Buffer): string[] {
  return bytes.toString('utf8').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

interface Stretch {
  /** 0-based lines of both sides, end exclusive. */
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
}

function hunks(a: readonly string[], b: readonly string[]): string {
  const grouped: Stretch[][] = [];
  for (const stretch of changedStretches(a, b)) {
    const last = grouped.at(-1)?.at(-1);
    if (last !== undefined && stretch.aStart - last.aEnd <= 2 * CONTEXT_LINES) grouped.at(-1)?.push(stretch);
    else grouped.push([stretch]);
  }
  return grouped.map((group) => hunk(a, b, group)).join('');
}

function changedStretches(a: readonly string[], b: readonly string[]): Stretch[] {
  const stretches: Stretch[] = [];
  let [aAt, bAt] = [0, 0];
  for (const { aStart, bStart, length } of [...matchLines(a, b), { aStart: a.length, bStart: b.length, length: 0 }]) {
    if (aStart > aAt || bStart > bAt) stretches.push({ aStart: aAt, aEnd: aStart, bStart: bAt, bEnd: bStart });
    aAt = aStart + length;
    bAt = bStart + length;
  }
  return stretches;
}

function hunk(a: readonly string[], b: readonly string[], group: readonly Stretch[]): string {
  const [first, last] = [group[0], group.at(-1)];
  if (first === undefined || last === undefined) return '';
  const before = Math.min(CONTEXT_LINES, first.aStart);
  const after = Math.min(CONTEXT_LINES, a.length - last.aEnd);
  const lines: string[] = [];
  let at = first.aStart - before;
  for (const { aStart, aEnd, bStart, bEnd } of group) {
    lines.push(...a.slice(at, aStart).map((line) => hunkLine(' ', line)), ...a.slice(aStart, aEnd).map((line) => hunkLine('-', line)), ...b.slice(bStart, bEnd).map((line) => hunkLine('+', line)));
    at = aEnd;
  }
  lines.push(...a.slice(at, last.aEnd + after).map((line) => hunkLine(' ', line)));
  const aCount = last.aEnd + after - (first.aStart - before);
  const bCount = last.bEnd + after - (first.bStart - before);
  return `@@ -${span(first.aStart - before, aCount)} +${span(first.bStart - before, bCount)} @@\n${lines.join('')}`;
}

/** A side without lines is named by the line before it. */
function span(start: number, count: number): string {
  const line = String(count === 0 ? start : start + 1);
  return count === 1 ? line : `${line},${String(count)}`;
}

function hunkLine(sign: ' ' | '-' | '+', line: string): string {
  return line.endsWith('\n') ? `${sign}${line}` : `${sign}${line}\n\\ No newline at end of file\n`;
}

const SHORT: Readonly<Record<number, string>> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 34: '\\"', 92: '\\\\' };

/** Git's C-style quotes, where a path needs them. */
function quoted(path: string): string {
  if (!/["\\\p{Cc}]/u.test(path)) return path;
  const escaped = path.replace(/["\\\p{Cc}]/gu, (character) => SHORT[character.charCodeAt(0)] ?? [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''));
  return `"${escaped}"`;
}

/** Without a tab behind it, a path with a space could be taken for a path and a date. */
function marker(path: string): string {
  const text = quoted(path);
  return text === path && path.includes(' ') ? `${path}\t` : text;
}
