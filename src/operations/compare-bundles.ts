import { canonicalJson, type Json } from '../base/canonical-json.js';
import type { Bundle } from '../bundles/schema/bundle.js';

/** A place in two documents where they differ: a path of keys, and both values cut short. */
export interface Difference {
  readonly path: string;
  readonly recorded: string;
  readonly now: string;
}

const DIFFERENCES_MAX = 20;
const SHOWN_MAX = 120;

/** Returns the first places where two bundles differ, `meta` left out where `ignoreMeta` says so. */
export function differencesOf(recorded: Json, now: Bundle, { ignoreMeta = false } = {}): Difference[] {
  const differences: Difference[] = [];
  compare(recorded, now as unknown as Json, '', (path) => ignoreMeta && path === 'meta', differences);
  return differences;
}

function compare(a: Json | undefined, b: Json | undefined, path: string, isIgnored: (path: string) => boolean, found: Difference[]): void {
  if (found.length >= DIFFERENCES_MAX || isIgnored(path)) return;
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && Array.isArray(a) === Array.isArray(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    for (const key of [...keys].sort(byNumberOrText)) {
      compare((a as Record<string, Json>)[key], (b as Record<string, Json>)[key], path === '' ? key : `${path}.${key}`, isIgnored, found);
    }
  } else if (textOf(a) !== textOf(b)) found.push({ path, recorded: shortened(a), now: shortened(b) });
}

function byNumberOrText(a: string, b: string): number {
  return Number(a) - Number(b) || (a < b ? -1 : 1);
}

function textOf(value: Json | undefined): string {
  return value === undefined ? '(nothing)' : canonicalJson(value);
}

function shortened(value: Json | undefined): string {
  const text = textOf(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
