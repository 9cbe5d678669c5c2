import type { Validation } from '../bundles/schema/validation.js';
import { counted } from './wording.js';

const SHOWN_MAX = 50;

/** One line for each document that is not valid, and a last one that a CI log can show. */
export function renderValidation({ files, documents, valid, schemas, invalid }: Validation): string[] {
  const shown = invalid.slice(0, SHOWN_MAX).map(({ file, line, schema, at, says }) => `${file}:${String(line)} ${[schema ?? 'unknown', at].filter((part) => part !== '').join(' ')}: ${says}`);
  const more = invalid.length > SHOWN_MAX ? [`and ${String(invalid.length - SHOWN_MAX)} more`] : [];
  const kinds = Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name} ${String(count)}`);
  return [...shown, ...more, `${counted(files, 'file')}, ${counted(documents, 'document')}: ${String(valid)} valid, ${String(documents - valid)} invalid${kinds.length === 0 ? '' : ` (${kinds.join(', ')})`}`];
}
