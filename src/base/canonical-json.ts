import canonicalize from 'canonicalize';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const DEPTH_MAX = 200;

/**
 * Returns the RFC 8785 form of `value`. Refuses what JSON cannot carry (undefined, functions, non-finite numbers, lone
 * surrogates, class instances, more than 200 levels), because a hash over silently dropped content would lie.
 */
export function canonicalJson(value: unknown): string {
  refuseNonJson(value, '$', 0);
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('BUG: nothing to canonicalise');
  return text;
}

function refuseNonJson(value: unknown, path: string, depth: number): void {
  if (depth > DEPTH_MAX) throw new TypeError(`BUG: ${path.slice(0, 80)} is nested deeper than ${String(DEPTH_MAX)} levels`);
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`BUG: ${path} is ${String(value)}`);
    return;
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError(`BUG: ${path} holds a lone surrogate`);
    return;
  }
  if (Array.isArray(value)) {
    // Not forEach, which passes over the holes of a list.
    for (const [index, item] of (value as readonly unknown[]).entries()) refuseNonJson(item, `${path}[${String(index)}]`, depth + 1);
    return;
  }
  refuseNonPlain(value, path, depth);
}

function refuseNonPlain(value: unknown, path: string, depth: number): void {
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError(`BUG: ${path} is not plain JSON (${typeof value})`);
  for (const [key, item] of Object.entries(value as object)) {
    if (!key.isWellFormed()) throw new TypeError(`BUG: a key of ${path} holds a lone surrogate`);
    refuseNonJson(item, `${path}.${key}`, depth + 1);
  }
}
