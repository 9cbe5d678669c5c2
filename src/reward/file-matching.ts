import { TextDocument } from '../base/text-document.js';
import { Kept } from '../base/kept.js';
import { blankRanges } from './blank-text.js';
import { scanComments } from './comment-scan.js';
import { alignUnits, type UnitAlignment } from './declaration-alignment.js';
import { unitsOf, type DeclarationUnit } from './declaration-units.js';
import { DiagnosticPools, type DiagnosticPair } from './diagnostic-pools.js';
import { alignLines, type CommentedText, type LineAlignment } from './line-alignment.js';
import { locateDiagnostics, type LocatedDiagnostic } from './located-diagnostic.js';
import type { Renames } from './renames.js';
import { dice, wordsOf } from './similarity.js';
import type { MeasuredPair, MeasuredSide } from './measured-pair.js';

/** What one file's diagnostics became, and what is left of both sides. */
export interface FileMatch {
  readonly pair: MeasuredPair;
  readonly beforeUnits: readonly DeclarationUnit[];
  readonly afterUnits: readonly DeclarationUnit[];
  readonly alignment: UnitAlignment;
  readonly persisting: readonly DiagnosticPair[];
  readonly updated: readonly DiagnosticPair[];
  readonly pools: DiagnosticPools;
}

/** Of an edited line, a diagnostic is the same one only if this share of the flagged code stayed. */
const FLAGGED_SIMILARITY_MIN = 0.5;

/** Matches the diagnostics of one file that exists on both sides, or on one of them. */
export function matchFile(pair: MeasuredPair, renames: Renames): FileMatch {
  return matchUnchanged(pair) ?? matchSides(pair, renames);
}

/** Of a file that is as it was, with the very diagnostics that it had, every one persists. */
function matchUnchanged(pair: MeasuredPair): FileMatch | null {
  const { before, after } = pair;
  if (before === null || before.diagnostics !== after?.diagnostics || before.text !== after.text || before.path !== after.path) return null;
  const units = unitsOf(after.structure, after.tokens);
  const located = kept.get(after.diagnostics, units, () => locateDiagnostics(after.diagnostics, new TextDocument(after.text), units));
  return { pair, beforeUnits: units, afterUnits: units, alignment: UNUSED, persisting: located.map((item) => ({ before: item, after: item })), updated: [], pools: new DiagnosticPools([], []) };
}

const kept = new Kept<readonly LocatedDiagnostic[]>();
/** No diagnostic is left for which it would be looked at. */
const UNUSED: UnitAlignment = { toAfter: new Map(), toBefore: new Map() };

function matchSides(pair: MeasuredPair, renames: Renames): FileMatch {
  const beforeUnits = pair.before === null ? [] : unitsOf(pair.before.structure, pair.before.tokens);
  const afterUnits = pair.after === null ? [] : unitsOf(pair.after.structure, pair.after.tokens);
  const lines = pair.before?.text === pair.after?.text ? alignLines(uncommented(pair.before), uncommented(pair.after)) : alignLines(commentedText(pair.before), commentedText(pair.after), renames.word);
  const pools = new DiagnosticPools(
    pair.before === null ? [] : locateDiagnostics(pair.before.diagnostics, lines.before, beforeUnits),
    pair.after === null ? [] : locateDiagnostics(pair.after.diagnostics, lines.after, afterUnits),
  );
  const alignment = alignUnits(beforeUnits, afterUnits);
  if (pair.before === null || pair.after === null) return { pair, beforeUnits, afterUnits, alignment, persisting: [], updated: [], pools };
  const symbolAfter = (item: LocatedDiagnostic): string | null => {
    const index = alignment.toAfter.get(item.unit);
    return index === undefined ? null : (afterUnits[index]?.symbol ?? null);
  };
  // Of equal lines the diff may pair those of two declarations, where each has its own.
  const persisting = [...matchLinesOf(pools, lines.unchanged, symbolAfter), ...matchWithin(pools, symbolAfter), ...matchLinesOf(pools, lines.unchanged), ...matchLinesOf(pools, lines.moved)];
  const updated = matchUpdated(pools, lines, symbolAfter, renames);
  return { pair, beforeUnits, afterUnits, alignment, persisting, updated, pools };
}

/** Equal texts are aligned without a look at their comments. */
function uncommented(side: MeasuredSide | null): CommentedText {
  return { text: side?.text ?? '', codeOnly: side?.text ?? '' };
}

function commentedText(side: MeasuredSide | null): CommentedText {
  if (side === null) return { text: '', codeOnly: '' };
  const comments = side.tokens?.comments ?? scanComments(side.path, side.text);
  return { text: side.text, codeOnly: blankRanges(new TextDocument(side.text), comments.map((comment) => comment.range)) };
}

/** The same rule on the same line is the same diagnostic, with `symbolAfter` in the same declaration; extent and message only say which of several. */
function matchLinesOf(pools: DiagnosticPools, mapping: readonly number[], symbolAfter?: (item: LocatedDiagnostic) => string | null): DiagnosticPair[] {
  const target = (item: LocatedDiagnostic): number => mapping[item.line] ?? -1;
  const beforeKey = (...more: ((item: LocatedDiagnostic) => string)[]) => (item: LocatedDiagnostic) => {
    const symbol = symbolAfter === undefined ? '' : symbolAfter(item);
    return target(item) === -1 || symbol === null ? null : [target(item), symbol, item.rule, item.diagnostic.severity, ...more.map((field) => field(item))];
  };
  const afterKey = (...more: ((item: LocatedDiagnostic) => string)[]) => (item: LocatedDiagnostic) =>
    [item.line, symbolAfter === undefined ? '' : item.diagnostic.symbol, item.rule, item.diagnostic.severity, ...more.map((field) => field(item))];
  return [[extentOf, messageOf], [extentOf], [messageOf], []].flatMap((evidence) => pools.takeEqual(beforeKey(...evidence), afterKey(...evidence)));
}

/** Lines that moved within their declaration, wherever that is now. */
function matchWithin(pools: DiagnosticPools, symbolAfter: (item: LocatedDiagnostic) => string | null): DiagnosticPair[] {
  const key = (symbol: (item: LocatedDiagnostic) => string | null, evidence: readonly ((item: LocatedDiagnostic) => string)[]) => (item: LocatedDiagnostic) => {
    const name = symbol(item);
    return name === null ? null : [name, item.rule, item.diagnostic.severity, item.diagnostic.lineText, ...evidence.map((field) => field(item))];
  };
  const symbolHere = (item: LocatedDiagnostic): string => item.diagnostic.symbol;
  return [[flaggedOf, messageOf], [flaggedOf], []].flatMap((evidence) => pools.takeEqual(key(symbolAfter, evidence), key(symbolHere, evidence)));
}

/** One rule at places that map to each other: another severity, an edited line, or a name that the step changed. */
function matchUpdated(pools: DiagnosticPools, lines: LineAlignment, symbolAfter: (item: LocatedDiagnostic) => string | null, renames: Renames): DiagnosticPair[] {
  const at = (mapping: readonly number[]) => (item: LocatedDiagnostic) => {
    const target = mapping[item.line] ?? -1;
    return target === -1 ? null : [target, item.rule];
  };
  const here = (item: LocatedDiagnostic): (string | number)[] => [item.line, item.rule];
  const likeness = (before: LocatedDiagnostic, after: LocatedDiagnostic): number => dice(wordsOf(before.flagged).map(renames.word), wordsOf(after.flagged));
  const renamedLine = (item: LocatedDiagnostic): string[] | null => {
    const symbol = symbolAfter(item);
    return symbol === null ? null : [symbol, item.rule, wordsOf(item.diagnostic.lineText).map(renames.word).join(' ')];
  };
  const asWritten = (item: LocatedDiagnostic): string[] => [item.diagnostic.symbol, item.rule, wordsOf(item.diagnostic.lineText).join(' ')];
  return [
    ...pools.takeEqual(at(lines.unchanged), here),
    ...pools.takeEqual(at(lines.moved), here),
    ...pools.takeBest(at(lines.edited), here, likeness, FLAGGED_SIMILARITY_MIN),
    ...pools.takeEqual(renamedLine, asWritten),
  ];
}

const extentOf = (item: LocatedDiagnostic): string => item.extent;
const messageOf = (item: LocatedDiagnostic): string => item.diagnostic.message;
const flaggedOf = (item: LocatedDiagnostic): string => item.flagged;
