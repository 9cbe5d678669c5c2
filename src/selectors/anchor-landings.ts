import type { PositionSpec } from '../base/position-spec.js';
import { occurrencesOf } from './anchor-occurrences.js';
import { scoreOf } from './relocation-score.js';
import type { Landing } from './relocate.js';
import type { Side } from './relocation-side.js';

/**
 * Returns where an anchor's text stands now, judged by its own context alone: an occurrence whose `pre` and `suf`
 * agree fully scores 1.
 */
export function anchorLandings(spec: PositionSpec & { kind: 'anchor' }, side: Side): readonly Landing[] {
  const { text } = side.document;
  const { pre, suf } = spec.query;
  const occurrences = occurrencesOf(text, spec.snippet);
  const landings = occurrences.map(({ start, end }, index): Landing => {
    const proximity = pre === undefined && suf === undefined ? 1 : (agreeingEnd(pre ?? '', text.slice(Math.max(0, start - (pre ?? '').length), start)) + agreeingStart(suf ?? '', text.slice(end, end + (suf ?? '').length))) / 2;
    const features = { ast: proximity, module: 1, token: 1, proximity };
    const chosen = spec.query.nth === undefined || spec.query.nth === index;
    return { path: side.path, range: side.document.rangeOf(start, end), declaration: null, features, score: chosen ? scoreOf(features) : 0, evidence: proximity === 1 ? 'exact' : 'fuzzy' };
  });
  return landings.sort((a, b) => b.score - a.score);
}

/** The share of the context that agrees, counted from the snippet outwards. */
function agreeingEnd(wanted: string, actual: string): number {
  if (wanted === '') return 1;
  let length = 0;
  while (length < wanted.length && length < actual.length && wanted[wanted.length - 1 - length] === actual[actual.length - 1 - length]) length += 1;
  return length / wanted.length;
}

function agreeingStart(wanted: string, actual: string): number {
  if (wanted === '') return 1;
  let length = 0;
  while (length < wanted.length && length < actual.length && wanted[length] === actual[length]) length += 1;
  return length / wanted.length;
}
