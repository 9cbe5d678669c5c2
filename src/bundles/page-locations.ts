import { withoutRepetitions } from './order-locations.js';
import { isArray, mapValues, type JsonObject } from './json-shape.js';

/** No list of facts is longer than this in one bundle. */
export const LOCATIONS_MAX = 100_000;

/** The lists that are sets: a server that repeats a location says nothing new. A diagnostic that is repeated counts twice. */
const SETS: ReadonlySet<string> = new Set(['definitions', 'declarations', 'typeDefinitions', 'implementations', 'references', 'highlights']);

/** Which part of long lists a bundle holds. */
export interface Page {
  /** How many items are left out in front: what `nextCursor` of the page before says. */
  readonly start: number;
  readonly sizeMax: number;
}

/**
 * Returns ordered facts with repetitions dropped and every list cut to the page. When a list goes on behind it, `truncated`
 * is set and `nextCursor` is the start of the next page.
 */
export function pageFacts(facts: JsonObject, page: Page): JsonObject {
  const end = page.start + page.sizeMax;
  const whole = mapValues(facts, (value, key) => (isArray(value) && SETS.has(key) ? withoutRepetitions(value) : value));
  const paged = mapValues(whole, (value) => (isArray(value) ? value.slice(page.start, end) : value));
  const goesOn = Object.values(whole).some((value) => isArray(value) && value.length > end);
  return goesOn ? { ...paged, truncated: true, nextCursor: String(end) } : paged;
}
