import { canonicalJson, type Json } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';

/** Takes a content and returns nothing: its digest is its name. */
export type KeepContent = (digest: string, bytes: Buffer) => void;
/** Returns a content by its digest. Throws when there is none. */
export type FindContent = (digest: string) => Buffer;

/** Canonical JSON sorts keys. Whoever writes an object out again may need them as they were: then one whose keys are not sorted is written as a list. */
type KeyOrder = 'sorted' | 'kept';

interface Pen {
  readonly keep: KeepContent;
  readonly order: KeyOrder;
}

/** Longer strings and larger values stand in a trace once, under their digest. */
const INLINE_STRING_MAX = 1024;
const INLINE_VALUE_MAX = 4096;

/**
 * Returns JSON for a value of plain objects, lists, Maps, Sets, bytes, big integers and undefined. What is large, and every run of
 * bytes, is handed to `keep` and named by its digest. A property that is undefined is left out, as JSON.stringify does.
 */
export function encodeValue(value: unknown, keep: KeepContent, order: KeyOrder = 'sorted'): Json {
  const encoded = encode(value, { keep, order });
  if (typeof encoded !== 'object' || encoded === null) return encoded;
  const text = canonicalJson(encoded);
  return text.length <= INLINE_VALUE_MAX ? encoded : { $json: kept(Buffer.from(text, 'utf8'), keep) };
}

/** The inverse of encodeValue. */
export function decodeValue(written: Json, find: FindContent): unknown {
  if (typeof written !== 'object' || written === null) return written;
  if (Array.isArray(written)) return (written as readonly Json[]).map((item) => decodeValue(item, find));
  const object = written as { readonly [key: string]: Json };
  const [tag = ''] = Object.keys(object);
  if (!tag.startsWith('$')) return fromEntries(Object.entries(object).map(([key, item]) => [key, decodeValue(item, find)]));
  return decodeTagged(tag, object[tag] as Json, find);
}

function encode(value: unknown, pen: Pen): Json {
  switch (typeof value) {
    case 'string':
      return encodeString(value, pen);
    case 'number':
    case 'boolean':
      return value;
    case 'undefined':
      return { $undefined: true };
    case 'bigint':
      return { $bigint: value.toString() };
    case 'object':
      return value === null ? null : encodeObject(value, pen);
    default:
      throw new TypeError(`BUG: a ${typeof value} cannot be written into a trace`);
  }
}

function encodeObject(value: object, pen: Pen): Json {
  if (Array.isArray(value)) return value.map((item) => encode(item, pen));
  if (value instanceof Uint8Array) return { $bytes: kept(Buffer.from(value), pen.keep) };
  if (value instanceof Map) return { $map: [...(value as Map<unknown, unknown>)].map(([key, item]) => [encode(key, pen), encode(item, pen)]) };
  if (value instanceof Set) return { $set: [...(value as Set<unknown>)].map((item) => encode(item, pen)) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError(`BUG: a ${value.constructor.name} cannot be written into a trace`);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  // A key that looks like one of our marks, or that JSON cannot carry, must not be taken for one.
  const isRewritten = pen.order === 'kept' && entries.some(([key], index) => index > 0 && key < (entries[index - 1]?.[0] ?? ''));
  if (isRewritten || entries.some(([key]) => key.startsWith('$') || !key.isWellFormed())) return { $object: entries.map(([key, item]) => [encode(key, pen), encode(item, pen)]) };
  return fromEntries(entries.map(([key, item]) => [key, encode(item, pen)])) as Json;
}

/** JSON.stringify escapes lone surrogates, which canonical JSON refuses. */
function encodeString(value: string, pen: Pen): Json {
  if (!value.isWellFormed()) return { $string: JSON.stringify(value) };
  return value.length <= INLINE_STRING_MAX ? value : { $text: kept(Buffer.from(value, 'utf8'), pen.keep) };
}

function decodeTagged(tag: string, written: Json, find: FindContent): unknown {
  switch (tag) {
    case '$undefined':
      return undefined;
    case '$bigint':
      return BigInt(written as string);
    case '$string':
      return JSON.parse(written as string);
    case '$text':
      return find(written as string).toString('utf8');
    case '$bytes':
      return find(written as string);
    case '$json':
      return decodeValue(JSON.parse(find(written as string).toString('utf8')) as Json, find);
    case '$set':
      return new Set((written as readonly Json[]).map((item) => decodeValue(item, find)));
    case '$map':
      return new Map(decodePairs(written, find));
    case '$object':
      return fromEntries(decodePairs(written, find) as [string, unknown][]);
    default:
      throw new TypeError(`${tag} is no mark of a trace of this version`);
  }
}

function decodePairs(written: Json, find: FindContent): [unknown, unknown][] {
  return (written as readonly (readonly [Json, Json])[]).map(([key, item]) => [decodeValue(key, find), decodeValue(item, find)]);
}

/** Unlike Object.fromEntries it keeps a key called __proto__ a key. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, value] of entries) Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  return object;
}

function kept(bytes: Buffer, keep: KeepContent): string {
  const digest = sha256(bytes);
  keep(digest, bytes);
  return digest;
}
