import { pathFromUri } from '../../src/base/relative-uri.js';
import type { Bundle } from '../../src/bundles/schema/bundle.js';

interface WirePosition {
  readonly line: number;
  readonly character: number;
}

export interface WireRange {
  readonly start: WirePosition;
  readonly end: WirePosition;
}

/** What an answer of assay says, in the form of placesFrom and its like. An error is what a client hears as nothing. */
export function foundBy(cmd: string, { facts, edits, error }: Bundle): unknown {
  if (error !== undefined) return ['error'];
  if (cmd === 'hover') return facts.hover ?? null;
  if (cmd === 'signature') return facts.signature === undefined || facts.signature === null ? null : facts.signature.signatures.map(({ label }) => label);
  if (cmd === 'rename') {
    const changes = edits?.workspaceEdit?.documentChanges ?? [];
    return sorted(changes.flatMap((change) => ('kind' in change ? [change.kind] : change.edits.map(({ range, newText }) => `${nameOf(change.textDocument.uri)} ${flat(range)} ${newText}`))));
  }
  const places = facts.definitions ?? facts.declarations ?? facts.typeDefinitions ?? facts.references ?? facts.highlights ?? [];
  return sorted(places.map(({ uri, range }) => `${nameOf(uri)} ${range.join(',')}`));
}

export function flat({ start, end }: WireRange): string {
  return [start.line, start.character, end.line, end.character].join(',');
}

export function sorted(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}

/** A file of the workspace by its path, any other by its name: only its folder is spelt differently. */
function nameOf(uri: string): string {
  return uri.startsWith('ext:') ? `outside ${decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1))}` : pathFromUri(uri);
}
