import type { Json } from '../base/canonical-json.js';

export type JsonObject = { readonly [key: string]: Json };

/** True for plain objects only: a class instance is left whole, so that canonicalisation meets and refuses it. */
export function isObject(value: Json | undefined): value is JsonObject {
  if (typeof value !== 'object' || value === null || isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Returns `object` with `change` applied to each of its values. */
export function mapValues(object: JsonObject, change: (item: Json, key: string) => Json): JsonObject {
  const changed: Record<string, Json> = {};
  for (const key of Object.keys(object)) set(changed, key, change(object[key] as Json, key));
  return changed;
}

/** A property that is called __proto__ is one like every other. */
function set(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}
