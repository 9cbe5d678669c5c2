import type { Declaration } from '../base/declaration.js';
import { matchLines } from '../base/line-diff.js';
import { comparePositions, endOf, startOf, type Position, type Range } from '../base/range.js';
import { lexemesOf } from './lexemes.js';
import { lineLikeness } from './line-likeness.js';
import type { Side } from './relocation-side.js';

/** A span of the new text that may be the old one, and why. All numbers in [0,1]. */
export interface SpanFollow {
  readonly range: Range;
  /** Likeness of the two first lines. */
  readonly token: number;
  /** Agreement of the lines around. */
  readonly proximity: number;
  /** True when the line is the old one, white space around it aside. */
  readonly unchanged: boolean;
}

/** Lines above and below that are compared. */
const CONTEXT_LINES = 4;
/** A changed line between two kept neighbours is still the same line from this likeness on; anywhere else from the second one on. */
const SANDWICHED_LIKENESS_MIN = 0.6;
const CHANGED_LIKENESS_MIN = 0.7;

/** The lines of a scope that are not blank. */
interface Scope {
  readonly side: Side;
  readonly rows: readonly number[];
  readonly texts: readonly string[];
}

/** Returns where the span `range` of `from` may be within `scopeTo`, best first; empty when it is gone. */
export function followSpan(from: Side, to: Side, range: Range, scopeFrom: Declaration, scopeTo: Declaration): readonly SpanFollow[] {
  // A decorator is no part of what it decorates, unless it is what is looked for.
  const inHeader = range[0] < scopeFrom.signatureRange[0];
  const a = scopeOf(from, scopeFrom, inHeader);
  const b = scopeOf(to, scopeTo, inHeader);
  const index = a.rows.indexOf(range[0]);
  if (index === -1) return [];
  const mapping = new Map<number, number>();
  for (const block of matchLines(a.texts, b.texts)) for (let offset = 0; offset < block.length; offset += 1) mapping.set(block.aStart + offset, block.bStart + offset);
  const equal = equalLines(a, b, index, mapping);
  const chosen = equal.length > 0 ? equal : changedLines(a, b, index, mapping);
  return chosen.flatMap((line) => {
    const landed = land(a, b, range, index, line, mapping);
    return landed === null ? [] : [landed];
  });
}

interface LineFollow {
  readonly index: number;
  readonly token: number;
  readonly proximity: number;
}

/** Lines with the old text. One that the diff takes for another old line only counts if it fits this one better. */
function equalLines(a: Scope, b: Scope, index: number, mapping: ReadonlyMap<number, number>): LineFollow[] {
  const text = a.texts[index] ?? '';
  const inverse = new Map([...mapping].map(([from, to]) => [to, from]));
  const twins = a.texts.filter((other) => other === text).length;
  const found: LineFollow[] = [];
  for (const [place, other] of b.texts.entries()) {
    if (other !== text) continue;
    const context = contextOf(a, b, index, place);
    const owner = inverse.get(place);
    if (owner !== undefined && owner !== index && contextOf(a, b, owner, place) >= context) continue;
    found.push({ index: place, token: 1, proximity: owner === index ? 0.5 + 0.5 * context : context });
  }
  // The only line of its text, where the diff has it too, is beyond doubt whatever was written around it.
  if (found.length === 1 && twins === 1 && found[0] !== undefined) return [{ ...found[0], proximity: mapping.get(index) === found[0].index ? 1 : Math.max(0.75, found[0].proximity) }];
  return found.sort((x, y) => y.proximity - x.proximity || x.index - y.index);
}

/** The share of neighbouring lines that agree, nearer ones counting more; both at the edge of their scope agree too. */
function contextOf(a: Scope, b: Scope, index: number, place: number): number {
  let agreed = 0;
  let total = 0;
  for (let distance = 1; distance <= CONTEXT_LINES; distance += 1) {
    for (const step of [-distance, distance]) {
      total += 1 / distance;
      if (a.texts[index + step] === b.texts[place + step]) agreed += 1 / distance;
    }
  }
  return agreed / total;
}

/** Lines of the stretch that replaced the one with the old line in it. */
function changedLines(a: Scope, b: Scope, index: number, mapping: ReadonlyMap<number, number>): LineFollow[] {
  let before = index - 1;
  while (before >= 0 && !mapping.has(before)) before -= 1;
  let after = index + 1;
  while (after < a.texts.length && !mapping.has(after)) after += 1;
  const start = before < 0 ? 0 : (mapping.get(before) ?? 0) + 1;
  const end = after >= a.texts.length ? b.texts.length : (mapping.get(after) ?? 0);
  const text = a.texts[index] ?? '';
  const sandwiched = after - before === 2 && end - start === 1;
  const found: LineFollow[] = [];
  for (let place = start; place < end; place += 1) {
    const least = sandwiched ? SANDWICHED_LIKENESS_MIN : CHANGED_LIKENESS_MIN;
    const token = lineLikeness(text, b.texts[place] ?? '', least);
    if (token < least) continue;
    const rivals = a.texts.slice(before + 1, after);
    if (rivals.some((rival, at) => at !== index - before - 1 && lineLikeness(rival, b.texts[place] ?? '', token) > token)) continue;
    found.push({ index: place, token, proximity: sandwiched ? 1 : 0.5 });
  }
  return found.sort((x, y) => y.token - x.token || x.index - y.index);
}

/** Carries the columns and the end of the span over to the new line. */
function land(a: Scope, b: Scope, range: Range, index: number, line: LineFollow, mapping: ReadonlyMap<number, number>): SpanFollow | null {
  const row = b.rows[line.index] ?? 0;
  const unchanged = line.token === 1 && a.texts[index] === b.texts[line.index];
  const start = carry(a.side, b.side, startOf(range), row, 'start');
  if (start === null) return null;
  const lastIndex = a.rows.indexOf(range[2]);
  const lastRow = range[2] === range[0] ? row : (b.rows[mapping.get(lastIndex) ?? -1] ?? Math.min(row + range[2] - range[0], b.side.document.lineCount - 1));
  const end = comparePositions(startOf(range), endOf(range)) === 0 ? start : carry(a.side, b.side, endOf(range), Math.max(row, lastRow), 'end');
  const safeEnd = end === null || comparePositions(end, start) < 0 ? { line: row, character: b.side.document.lineText(row).trimEnd().length } : end;
  const last = comparePositions(safeEnd, start) < 0 ? start : safeEnd;
  return { range: [start.line, start.character, last.line, last.character], token: line.token, proximity: line.proximity, unchanged };
}

/** Returns the place in `row` that corresponds to `position`: the same edge of the line, or of the same lexeme. */
function carry(from: Side, to: Side, position: Position, row: number, edge: 'start' | 'end'): Position | null {
  const oldLine = from.document.lineText(position.line);
  const newLine = to.document.lineText(row);
  const oldIndent = oldLine.length - oldLine.trimStart().length;
  const newIndent = newLine.length - newLine.trimStart().length;
  if (position.character <= oldIndent && edge === 'start') return { line: row, character: newIndent };
  if (oldLine.trim() === newLine.trim()) return { line: row, character: Math.min(newLine.length, position.character - oldIndent + newIndent) };
  if (edge === 'end' && position.character >= oldLine.trimEnd().length) return { line: row, character: newLine.trimEnd().length };
  const character = carryLexeme(oldLine, newLine, position.character, edge);
  return character === null ? null : { line: row, character };
}

function carryLexeme(oldLine: string, newLine: string, column: number, edge: 'start' | 'end'): number | null {
  const a = placed(oldLine);
  const b = placed(newLine);
  const index = a.findIndex((lexeme) => (edge === 'start' ? lexeme.start <= column && column < lexeme.end : lexeme.start < column && column <= lexeme.end));
  const found = a[index];
  if (found === undefined) return null;
  for (const block of matchLines(a.map((lexeme) => lexeme.text), b.map((lexeme) => lexeme.text))) {
    if (index < block.aStart || index >= block.aStart + block.length) continue;
    const target = b[block.bStart + index - block.aStart];
    return target === undefined ? null : target.start + column - found.start;
  }
  return null;
}

function placed(line: string): { readonly text: string; readonly start: number; readonly end: number }[] {
  let from = 0;
  return lexemesOf(line).map((text) => {
    const start = line.indexOf(text, from);
    from = start + text.length;
    return { text, start, end: from };
  });
}

function scopeOf(side: Side, declaration: Declaration, decorated: boolean): Scope {
  const rows: number[] = [];
  const first = decorated || declaration.kind === 'module' ? declaration.range[0] : declaration.signatureRange[0];
  for (let row = first; row <= declaration.range[2]; row += 1) if ((side.lines[row] ?? '') !== '') rows.push(row);
  return { side, rows, texts: rows.map((row) => side.lines[row] ?? '') };
}
