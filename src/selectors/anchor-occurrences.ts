import type { PositionSpec } from '../base/position-spec.js';

/** More occurrences than anyone could choose from: the rest is not listed. */
const OCCURRENCES_MAX = 10_000;

/** An occurrence of an anchor's snippet, as offsets into the text. */
export interface Occurrence {
  readonly start: number;
  readonly end: number;
}

/**
 * Returns where the anchor's snippet stands in `text` between its `pre` and `suf`, in order.
 */
export function anchorOccurrences(text: string, { snippet, query }: PositionSpec & { kind: 'anchor' }): Occurrence[] {
  const occurrences = occurrencesOf(text, snippet);
  const { pre = '', suf = '' } = query;
  if (pre === '' && suf === '') return occurrences;
  return occurrences.filter(({ start, end }) => text.startsWith(suf, end) && start >= pre.length && text.startsWith(pre, start - pre.length));
}

/** Returns every place where `snippet` stands, overlaps included. */
export function occurrencesOf(text: string, snippet: string): Occurrence[] {
  const found: Occurrence[] = [];
  if (snippet === '') return found;
  for (let at = text.indexOf(snippet); at !== -1 && found.length < OCCURRENCES_MAX; at = text.indexOf(snippet, at + 1)) found.push({ start: at, end: at + snippet.length });
  return found;
}
