import { canonicalJson, type Json } from '../base/canonical-json.js';
import { compareRanges, type Range } from '../base/range.js';
import { isArray, isObject, mapValues } from './json-shape.js';
import { withoutMessages } from './without-messages.js';

/** What location lists are ordered by, as `meta.sortingKeys` says it. */
export const SORTING_KEYS = ['uri', 'startLine', 'startColumn', 'endLine', 'endColumn', 'canonicalJson'] as const;

/** These lists mean something by their order. */
const KEEPS_ORDER: ReadonlySet<string> = new Set(['candidates', 'order', 'steps', 'documentChanges']);

/** An item without a place of its own is ordered by the place in one of these, the first that it has. */
const PLACE_KEYS = ['from', 'to', 'after'] as const;

interface Keyed {
  readonly item: Json;
  readonly uri: string;
  readonly range: Range;
  /** Canonical JSON of what is hashed, then of the whole item; made when two places are equal. */
  tie: string | undefined;
}

/**
 * Returns `value` with every location list in it ordered by (uri, range, canonical JSON), strings by UTF-16 code units.
 * A location list is one whose items all have a place or are ranges. The message of a diagnostic decides last, after
 * everything that is hashed, so that the wording of a message cannot change a bundle's id through the order of a list.
 */
export function orderLocations(value: Json): Json {
  if (isArray(value)) return orderList(value.map(orderLocations));
  if (!isObject(value)) return value;
  return mapValues(value, (item, key) => (KEEPS_ORDER.has(key) ? item : orderLocations(item)));
}

/** Returns an ordered list without exact repetitions. Only for lists that are sets, such as references. */
export function withoutRepetitions(list: readonly Json[]): readonly Json[] {
  let previous = '';
  return list.filter((item) => {
    const text = canonicalJson(item);
    const isNew = text !== previous;
    previous = text;
    return isNew;
  });
}

function orderList(list: readonly Json[]): readonly Json[] {
  if (list.every(isRange)) return [...list].sort(compareRanges);
  const keyed = list.map(keyByPlace).filter((item) => item !== undefined);
  return keyed.length === list.length ? keyed.sort(compareKeyed).map(({ item }) => item) : list;
}

function compareKeyed(a: Keyed, b: Keyed): number {
  return compareText(a.uri, b.uri) || compareRanges(a.range, b.range) || compareText(tieOf(a), tieOf(b));
}

function tieOf(keyed: Keyed): string {
  keyed.tie ??= `${canonicalJson(withoutMessages(keyed.item))}\n${canonicalJson(keyed.item)}`;
  return keyed.tie;
}

/** Compares by UTF-16 code units, as RFC 8785 orders keys. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function keyByPlace(item: Json): Keyed | undefined {
  if (!isObject(item)) return undefined;
  const { uri, range } = item;
  if (typeof uri === 'string' && isRange(range)) return { item, uri, range, tie: undefined };
  const place = PLACE_KEYS.map((key) => item[key]).find(isObject);
  const inner = place && keyByPlace(place);
  return inner && { ...inner, item };
}

function isRange(value: Json | undefined): value is Range {
  return isArray(value) && value.length === 4 && value.every((part) => typeof part === 'number');
}
