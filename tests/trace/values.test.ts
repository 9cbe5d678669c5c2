import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { decodeValue, encodeValue } from '../../src/trace/values.js';

const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ minLength: 1100, maxLength: 1200 }),
  fc.constant('a lone \uD800 surrogate'),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.bigInt(),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('any'), { maxLength: 4 }), tie('object'), fc.array(fc.tuple(leaf, tie('any')), { maxLength: 3 }).map((pairs) => new Map(pairs)), fc.uniqueArray(fc.string(), { maxLength: 3 }).map((items) => new Set(items))),
  object: fc.dictionary(fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('$map', '$text', '__proto__', '\uDC00')), tie('any').filter((item) => item !== undefined), { maxKeys: 4 }),
})).any;

test('what is written is read back, and is JSON that a line can carry', () => {
  fc.assert(
    fc.property(value, (original) => {
      const contents = new Map<string, Buffer>();
      const written = encodeValue(original, (digest, bytes) => void contents.set(digest, bytes), 'kept');
      const carried = JSON.parse(canonicalJson(written)) as typeof written;
      expect(decodeValue(carried, (digest) => contents.get(digest) ?? Buffer.alloc(0))).toEqual(original);
    }),
  );
});

test('a large value stands under its digest, once', () => {
  const kept: string[] = [];
  const keep = (digest: string): void => void kept.push(digest);
  const large = { files: Array.from({ length: 500 }, (_item, index) => `file-${String(index)}`) };
  expect(encodeValue(large, keep)).toEqual(encodeValue(large, keep));
  expect(new Set(kept).size).toBe(1);
});

test.each([['a function', () => 1], ['a date', new Date(0)], ['a class instance', new URL('urn:x')]])('refuses %s', (_name, thing) => {
  expect(() => encodeValue({ thing }, () => undefined)).toThrow(/cannot be written into a trace/);
});

test('the order of keys is kept where it is asked for', () => {
  const written = encodeValue({ b: 1, a: { d: 2, c: 3 } }, () => undefined, 'kept');
  expect(JSON.stringify(decodeValue(JSON.parse(canonicalJson(written)) as typeof written, () => Buffer.alloc(0)))).toBe('{"b":1,"a":{"d":2,"c":3}}');
});
