import type { PositionSpec } from '../base/position-spec.js';
import { occurrencesOf } from './anchor-occurrences.js';
import { lineLikeness } from './line-likeness.js';
import { moduleAgreement, scoreOf } from './relocation-score.js';
import type { Landing } from './relocate.js';
import type { Side } from './relocation-side.js';
import { containment, fingerprintsOf } from './winnow.js';

type Anchor = PositionSpec & { readonly kind: 'anchor' };

/** A stretch that is no copy of the snippet must be at least this like it, and share this much of its fingerprints, to be looked at. */
const CHANGED_LIKENESS_MIN = 0.6;
const CONTAINED_MIN = 0.3;

/**
 * Returns where the text of an anchor stands in `side`, judged by its own context alone. A copy within its whole
 * context scores 1 in its own file; a copy that is the only one needs one side of it; a changed text needs both.
 */
export function anchorLandings(spec: Anchor, side: Side): readonly Landing[] {
  const { text } = side.document;
  const copies = occurrencesOf(text, spec.snippet);
  const isAlone = copies.length === 1 && side.path === spec.path;
  const landings = copies.map(({ start, end }, index) => {
    const chosen = spec.query.nth === undefined || spec.query.nth === index;
    return chosen ? landingAt(spec, side, start, end, 1, isAlone) : null;
  });
  const found = landings.filter((landing) => landing !== null);
  return ranked(found.length > 0 || spec.query.nth !== undefined ? found : changedLandings(spec, side));
}

function landingAt(spec: Anchor, side: Side, start: number, end: number, token: number, isAlone: boolean): Landing {
  const { pre, suf } = spec.query;
  const { text } = side.document;
  const before = agreement(pre ?? '', text.slice(Math.max(0, start - REACH), start), true);
  const after = agreement(suf ?? '', text.slice(end, end + REACH), false);
  const needed = isAlone ? Math.max(before, after) : Math.min(before, after);
  const hasContext = pre !== undefined || suf !== undefined;
  const features = { ast: hasContext ? needed ** 2 : 1, module: moduleAgreement(spec.path, side.path), token, proximity: hasContext ? (before + after) / 2 : 1 };
  const exact = token === 1 && before === 1 && after === 1;
  return { path: side.path, range: side.document.rangeOf(start, end), declaration: null, features, score: scoreOf(features), evidence: exact ? 'exact' : 'fuzzy' };
}

/** Stretches of as many lines as the snippet has that are like it, found by their fingerprints. Without a context there is nothing to tell them by. */
function changedLandings(spec: Anchor, side: Side): Landing[] {
  if (spec.query.pre === undefined || spec.query.suf === undefined) return [];
  const height = spec.snippet.split(/\r\n|\r|\n/).length;
  const prints = fingerprintsOf(spec.snippet);
  if (containment(prints, fingerprintsOf(side.document.text)) < CONTAINED_MIN) return [];
  const found: Landing[] = [];
  for (let line = 0; line + height <= side.document.lineCount; line += 1) {
    if (side.lines[line] === '' || side.lines[line + height - 1] === '') continue;
    const last = side.document.lineText(line + height - 1).trimEnd();
    const start = side.document.offsetAt({ line, character: side.document.lineText(line).search(/\S/) });
    const end = side.document.offsetAt({ line: line + height - 1, character: last.length });
    const text = side.document.text.slice(start, end);
    if (containment(prints, fingerprintsOf(text)) < CONTAINED_MIN) continue;
    const token = lineLikeness(spec.snippet, text, CHANGED_LIKENESS_MIN);
    if (token >= CHANGED_LIKENESS_MIN) found.push(landingAt(spec, side, start, end, token, false));
  }
  return found;
}

/** Characters around a snippet that a context is looked for in: more than its own length, for white space does not count. */
const REACH = 400;

/** A context that agrees but for white space is a little less than one that agrees. */
const LAYOUT_CHANGED = 0.97;

/** Returns the share of `wanted` that agrees with `actual`, counted from the snippet outwards, white space aside. */
function agreement(wanted: string, actual: string, backwards: boolean): number {
  const a = wanted.replace(/\s+/g, '');
  const b = actual.replace(/\s+/g, '');
  if (a === '') return 1;
  if (backwards ? actual.endsWith(wanted) : actual.startsWith(wanted)) return 1;
  let length = 0;
  while (length < a.length && length < b.length && (backwards ? a.at(-1 - length) === b.at(-1 - length) : a[length] === b[length])) length += 1;
  return (LAYOUT_CHANGED * length) / a.length;
}

function ranked(landings: readonly Landing[]): readonly Landing[] {
  return [...landings].sort((a, b) => b.score - a.score || a.range[0] - b.range[0] || a.range[1] - b.range[1]);
}
