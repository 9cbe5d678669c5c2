export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const DEPTH_MAX = 200;

/** Half a character: a request may hold one, and a server may name one, but no UTF-8 text can. */
export class LoneSurrogate extends TypeError {}

/**
 * Returns the RFC 8785 form of `value`. Refuses what JSON cannot carry (undefined, functions, non-finite numbers, lone
 * surrogates, class instances, more than 200 levels), because a hash over silently dropped content would lie.
 */
export function canonicalJson(value: unknown): string {
  try {
    return textOf(value, 0);
  } catch (error) {
    if (error === NOT_JSON) refuseNonJson(value, '$', 0);
    throw error;
  }
}

/** Only the reason to look for where it was. */
const NOT_JSON = new TypeError('BUG: not JSON');

/** Returns the value itself, from now on unchangeable: its canonical JSON is made once. For parts that many bundles have in common. */
export function asConstant<T extends object>(value: T): T {
  if (!constants.has(value)) constants.set(freeze(value), canonicalJson(value));
  return value;
}

export function isConstant(value: object): boolean {
  return constants.has(value);
}

const constants = new WeakMap<object, string>();

function freeze<T extends object>(value: T): T {
  for (const item of Object.values(value) as readonly unknown[]) if (typeof item === 'object' && item !== null) freeze(item);
  return Object.freeze(value);
}

/** Every answer is written twice: this takes as long as JSON.stringify, which sorts nothing and refuses nothing. */
function textOf(value: unknown, depth: number): string {
  if (depth > DEPTH_MAX) throw NOT_JSON;
  if (typeof value === 'string') return textOfString(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw NOT_JSON;
    return String(value);
  }
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value !== 'object') throw NOT_JSON;
  return Array.isArray(value) ? textOfList(value, depth) : textOfObject(value as Readonly<Record<string, unknown>>, depth);
}

function textOfList(list: readonly unknown[], depth: number): string {
  let text = '[';
  // By index, which does not pass over the holes of a list.
  for (let index = 0; index < list.length; index += 1) text += `${index === 0 ? '' : ','}${textOf(list[index], depth + 1)}`;
  return `${text}]`;
}

function textOfObject(object: Readonly<Record<string, unknown>>, depth: number): string {
  const known = constants.get(object);
  if (known !== undefined) return known;
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) throw NOT_JSON;
  let text = '{';
  for (const key of Object.keys(object).sort()) text += `${text.length === 1 ? '' : ','}${textOfString(key)}:${textOf(object[key], depth + 1)}`;
  return `${text}}`;
}

/** ASCII without what is escaped. */
const PLAIN = /^[ !#-[\]-~]*$/;

function textOfString(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw NOT_JSON;
  return JSON.stringify(value);
}

/** Returns the value with U+FFFD in the place of every lone surrogate. */
export function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(wellFormed);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed(item)]));
}

/** Throws what says where `value` is not JSON. */
function refuseNonJson(value: unknown, path: string, depth: number): void {
  if (depth > DEPTH_MAX) throw new TypeError(`BUG: ${path.slice(0, 80)} is nested deeper than ${String(DEPTH_MAX)} levels`);
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`BUG: ${path} is ${String(value)}`);
    return;
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new LoneSurrogate(`BUG: ${path} holds a lone surrogate`);
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
    if (!key.isWellFormed()) throw new LoneSurrogate(`BUG: a key of ${path} holds a lone surrogate`);
    refuseNonJson(item, `${path}.${key}`, depth + 1);
  }
}
