import { Failure } from '../base/failure.js';
import type { Position } from '../base/range.js';

/** A range as servers write it, in the encoding that was negotiated. */
export interface WireRange {
  readonly start: Position;
  readonly end: Position;
}

export interface WireLocation {
  readonly uri: string;
  readonly range: WireRange;
}

type Fields = Readonly<Record<string, unknown>>;

/** Thrown where an answer does not have the shape that LSP gives it; a reader turns it into one Failure. */
export function malformedAnswer(server: string, method: string): Failure {
  return new Failure('E/LS_CRASH', `${server} answered ${method} with something else than LSP says`, {
    hint: 'Nothing was written. --verbose shows what the server said; another version of it may do better.',
    details: { server, method },
  });
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isRange(value: unknown): value is WireRange {
  return isFields(value) && isPosition(value['start']) && isPosition(value['end']);
}

export function isLocation(value: unknown): value is WireLocation {
  return isFields(value) && typeof value['uri'] === 'string' && isRange(value['range']);
}

function isPosition(value: unknown): value is Position {
  return isFields(value) && isIndex(value['line']) && isIndex(value['character']);
}

function isIndex(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** Returns the text of a string, a MarkupContent or a MarkedString; null for anything else. */
export function markupText(markup: unknown): string | null {
  if (typeof markup === 'string') return markup;
  if (!isFields(markup) || typeof markup['value'] !== 'string') return null;
  const { language, value } = markup;
  return typeof language === 'string' ? `\`\`\`${language}\n${value}\n\`\`\`` : value;
}

/** True for what LSP lets a server leave out: absent or null counts as nothing. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}
