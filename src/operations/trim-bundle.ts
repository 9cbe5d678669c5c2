import * as z from 'zod';
import type { Json } from '../base/canonical-json.js';
import { Failure } from '../base/failure.js';
import { isArray, isObject, type JsonObject } from '../bundles/json-shape.js';
import { bundleSchema, type Bundle } from '../bundles/schema/bundle.js';

/** A tree of keys; null for all that is below. Lists are looked through. */
export type TrimFields = ReadonlyMap<string, TrimFields | null>;

/** What a trimmed bundle has in any case: by these it is found again, and an error says what to do. */
const KEPT = ['bundleId', 'status', 'error'];

/**
 * Parses `facts.references.uri,resolution.resolved`: paths of keys into a bundle, lists looked through. Throws E/BAD_ARGUMENT for one that no
 * bundle has.
 */
export function parseFields(text: string): TrimFields {
  const fields = new Map<string, TrimFields | null>(KEPT.map((key) => [key, null]));
  const schema = bundleJsonSchema();
  for (const path of text.split(',').map((part) => part.trim())) {
    const keys = path.split('.');
    refuseUnknown(path, keys, schema);
    add(fields, keys);
  }
  return fields;
}

/** Returns what of a bundle is wanted. */
export function trimBundle(bundle: Bundle, fields: TrimFields): Json {
  return trim(bundle as unknown as Json, fields);
}

function trim(value: Json, fields: TrimFields | null): Json {
  if (fields === null) return value;
  if (isArray(value)) return value.map((item) => trim(item, fields));
  if (!isObject(value)) return value;
  return Object.fromEntries([...fields].flatMap(([key, below]) => (value[key] === undefined ? [] : [[key, trim(value[key], below)]])));
}

function add(fields: Map<string, TrimFields | null>, [key = '', ...rest]: readonly string[]): void {
  const known = fields.get(key);
  if (rest.length === 0) fields.set(key, null);
  else if (known !== null) {
    const below = new Map(known);
    add(below, rest);
    fields.set(key, below);
  }
}

function refuseUnknown(path: string, keys: readonly string[], schema: JsonObject): void {
  let at: readonly JsonObject[] = [schema];
  for (const key of keys) {
    const inside = at.flatMap((each) => structuresOf(each, schema));
    const below = inside.flatMap((each) => belowKey(each, key));
    if (below.length === 0) {
      const known = [...new Set(inside.flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : [])))].sort();
      throw new Failure('E/BAD_ARGUMENT', `no bundle has ${JSON.stringify(path)}: there is no ${JSON.stringify(key)}`, { hint: `${known.length === 0 ? 'Nothing is below that.' : `There are ${known.join(', ')}.`} Nothing was started.` });
    }
    at = below;
  }
}

function belowKey({ properties, additionalProperties }: JsonObject, key: string): JsonObject[] {
  const named = isObject(properties) ? properties[key] : undefined;
  if (isObject(named)) return [named];
  return isObject(additionalProperties) ? [additionalProperties] : [];
}

/** The objects that a schema allows for, behind references, alternatives and lists. */
function structuresOf(schema: JsonObject, root: JsonObject): JsonObject[] {
  const { $ref, anyOf, oneOf, items, prefixItems } = schema;
  if (typeof $ref === 'string') {
    const found = $ref.split('/').slice(1).reduce<Json | undefined>((at, key) => (isObject(at) ? at[key] : undefined), root);
    return isObject(found) ? structuresOf(found, root) : [];
  }
  const inner = [anyOf, oneOf, prefixItems].flatMap((list) => (isArray(list) ? list : [])).concat(isObject(items) ? [items] : []);
  return [schema, ...inner.filter(isObject).flatMap((each) => structuresOf(each, root))];
}

function bundleJsonSchema(): JsonObject {
  return z.toJSONSchema(bundleSchema, { io: 'output' }) as unknown as JsonObject;
}
