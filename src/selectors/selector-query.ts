import type { DocumentVersion, SelectorQuery } from '../base/position-spec.js';
import type { ColumnUnit } from '../base/text-document.js';
import { percentEncode, RESERVED } from './percent-encoding.js';
import type { SelectorScanner } from './selector-scanner.js';

/** In the order in which they are printed. */
const KEYS = ['overload', 'nth', 'ctx', 'pre', 'suf', 'hash', 'enc', 'v'] as const;
type Key = (typeof KEYS)[number];
const UNITS: readonly string[] = ['codepoint', 'utf-16', 'utf-8'] satisfies ColumnUnit[];

/** Reads `?key=value&…` up to the end; no `?`, no query. Unknown and repeated keys fail. */
export function parseQuery(scanner: SelectorScanner): SelectorQuery {
  const values: Partial<Record<Key, string | number | DocumentVersion>> = {};
  if (scanner.isAtEnd) return values as SelectorQuery;
  scanner.expect('?', '"?" or the end');
  do {
    const at = scanner.at;
    const key = scanner.rawUntil('=', '&');
    if (!isKey(key)) throw scanner.failureAt(at, `one of the keys ${KEYS.join(', ')}`);
    if (key in values) throw scanner.failureAt(at, `the key ${key} only once`);
    scanner.expect('=', `"=" and a value for ${key}`);
    values[key] = valueOf(scanner, key);
  } while (scanner.skip('&'));
  return values as SelectorQuery;
}

/** Returns `?key=value&…` in the canonical order, '' for an empty query. */
export function printQuery(query: SelectorQuery): string {
  const pairs = KEYS.flatMap((key) => {
    const value = query[key];
    if (value === undefined) return [];
    return [`${key}=${percentEncode(typeof value === 'object' ? printVersion(value) : String(value), RESERVED.value)}`];
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function isKey(key: string): key is Key {
  return (KEYS as readonly string[]).includes(key);
}

function valueOf(scanner: SelectorScanner, key: Key): string | number | DocumentVersion {
  const at = scanner.at;
  const text = scanner.decode(scanner.rawUntil('&'), at);
  switch (key) {
    case 'overload':
    case 'nth':
    case 'ctx':
      if (!/^\d{1,9}$/.test(text)) throw scanner.failureAt(at, `a number for ${key}`);
      return Number(text);
    case 'enc':
      if (!UNITS.includes(text)) throw scanner.failureAt(at, `one of ${UNITS.join(', ')}`);
      return text;
    case 'v':
      return versionOf(scanner, text, at);
    case 'hash':
      if (text === '') throw scanner.failureAt(at, 'a digest');
      return text;
    case 'pre':
    case 'suf':
      return text;
  }
}

function versionOf(scanner: SelectorScanner, text: string, at: number): DocumentVersion {
  const [, kind, rest = ''] = /^(git|sha256):(.+)$/s.exec(text) ?? [];
  if (kind === 'git') return { kind, rev: rest };
  if (kind === 'sha256' && /^[0-9a-f]{64}$/i.test(rest)) return { kind, digest: rest.toLowerCase() };
  throw scanner.failureAt(at, 'git: and a revision, or sha256: and 64 hex digits');
}

function printVersion(version: DocumentVersion): string {
  return version.kind === 'git' ? `git:${version.rev}` : `sha256:${version.digest}`;
}
