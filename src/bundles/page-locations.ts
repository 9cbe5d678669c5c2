import { Failure } from '../base/failure.js';
import { withoutRepetitions } from './order-locations.js';
import { isArray, mapValues, type JsonObject } from './json-shape.js';

/** No list of facts is longer than this in one bundle. */
export const LOCATIONS_MAX = 100_000;

/** The lists that are sets: a server that repeats a location says nothing new. A diagnostic that is repeated counts twice. */
const SETS: ReadonlySet<string> = new Set(['definitions', 'declarations', 'typeDefinitions', 'implementations', 'references', 'highlights']);

/** Which part of long lists a bundle holds. */
export interface Page {
  /** How many items are left out in front. */
  readonly start: number;
  readonly sizeMax: number;
  /** Names the state of the files that is paged through: pages of two states do not make one list. Empty where there is none. */
  readonly state: string;
}

const STATE_CHARACTERS = 16;

/** The first page of facts about a snapshot, whose digest is `sha256:…` or null. */
export function firstPage(snapshot: string | null): Page {
  return { start: 0, sizeMax: LOCATIONS_MAX, state: (snapshot ?? '').replace(/^sha256:/, '').slice(0, STATE_CHARACTERS) };
}

/** The page that the `nextCursor` of another one leads to. Throws E/BAD_ARGUMENT for a text that is none. */
export function pageAt(cursor: unknown): Page {
  const [, start = '', state = ''] = /^(\d{1,15})(?:\.([0-9a-f]*))?$/.exec(typeof cursor === 'string' ? cursor : '') ?? [];
  if (start === '') throw new Failure('E/BAD_ARGUMENT', `the cursor ${JSON.stringify(cursor)} is none`, { hint: 'Give facts.nextCursor of the page before. Nothing was started.' });
  return { start: Number(start), sizeMax: LOCATIONS_MAX, state };
}

/** What leads to the page that begins at `start`. */
function cursorOf(start: number, state: string): string {
  return state === '' ? String(start) : `${String(start)}.${state}`;
}

/**
 * Returns ordered facts with repetitions dropped and every list cut to the page. When a list goes on behind it, `truncated`
 * is set and `nextCursor` leads to the next page.
 */
export function pageFacts(facts: JsonObject, page: Page): JsonObject {
  const end = page.start + page.sizeMax;
  const whole = mapValues(facts, (value, key) => (isArray(value) && SETS.has(key) ? withoutRepetitions(value) : value));
  const paged = mapValues(whole, (value) => (isArray(value) ? value.slice(page.start, end) : value));
  const goesOn = Object.values(whole).some((value) => isArray(value) && value.length > end);
  return goesOn ? { ...paged, truncated: true, nextCursor: cursorOf(end, page.state) } : paged;
}
