import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asConstant, canonicalJson, isConstant, type Json } from '../../src/base/canonical-json.js';

test.each<[string, Json, string]>([
  ['no white space', { a: [1, { b: null }] }, '{"a":[1,{"b":null}]}'],
  ['literals', [true, false, null], '[true,false,null]'],
  ['empty containers', [{}, [], ''], '[{},[],""]'],
  ['keys by UTF-16 code units', { '\uFB33': 1, '\u{1F600}': 2, '\u20ac': 3, '\r': 4, '1': 5, '\u0080': 6, 'ö': 7 }, '{"\\r":4,"1":5,"\u0080":6,"ö":7,"€":3,"\u{1F600}":2,"\uFB33":1}'],
  ['keys that look like numbers as text', { 10: 1, 9: 2, 1: 3 }, '{"1":3,"10":1,"9":2}'],
  ['upper case before lower case', { a: 1, A: 2, aa: 3 }, '{"A":2,"a":1,"aa":3}'],
  ['keys without regard to a locale', { péché: 1, peach: 2, pêche: 3 }, '{"peach":2,"péché":1,"pêche":3}'],
  ['no Unicode normalisation', ['A\u030a', '\u00c5'], '["A\u030a","\u00c5"]'],
  ['short escapes where there are any', '\b\t\n\f\r"\\', '"\\b\\t\\n\\f\\r\\"\\\\"'],
  ['other controls as lower-case hex', '\u0000\u000b\u001f', '"\\u0000\\u000b\\u001f"'],
  ['everything else as it is', '/\u007f\u0080\u2028\u{1F600}', '"/\u007f\u0080\u2028\u{1F600}"'],
  ['a key called __proto__', JSON.parse('{"__proto__":1,"a":2}') as Json, '{"__proto__":1,"a":2}'],
])('writes %s', (_name, value, expected) => {
  expect(canonicalJson(value)).toBe(expected);
});

test.each<[number, string]>([
  [0, '0'],
  [-0, '0'],
  [1e21, '1e+21'],
  [1e20, '100000000000000000000'],
  [1e-6, '0.000001'],
  [1e-7, '1e-7'],
  [4.5, '4.5'],
  [0.1 + 0.2, '0.30000000000000004'],
  [333333333.33333329, '333333333.3333333'],
  [5e-324, '5e-324'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
  [-9007199254740991, '-9007199254740991'],
  [9007199254740994, '9007199254740994'],
])('writes the number %d as %s', (value, expected) => {
  expect(canonicalJson(value)).toBe(expected);
});

class Point {
  readonly x = 1;
}

test.each<[string, unknown, RegExp]>([
  ['undefined', undefined, /\$ is not plain JSON/],
  ['an undefined property', { a: { b: undefined } }, /\$\.a\.b/],
  ['an undefined element', [1, undefined], /\$\[1\]/],
  ['NaN', [Number.NaN], /\$\[0\] is NaN/],
  ['an infinity', { a: -Infinity }, /\$\.a is -Infinity/],
  ['a lone high surrogate', 'a\uD800', /lone surrogate/],
  ['a lone low surrogate', ['\uDC00b'], /lone surrogate/],
  ['a lone surrogate in a key', { '\uD800': 1 }, /a key of \$/],
  ['a hole in a list', new Array(1), /\$\[0\]/],
  ['a function', () => 1, /function/],
  ['a symbol', Symbol('a'), /symbol/],
  ['a bigint', 1n, /bigint/],
  ['a date, although it has toJSON', new Date(0), /not plain JSON/],
  ['a class instance', new Point(), /not plain JSON/],
  ['a map', new Map(), /not plain JSON/],
  ['bytes', new Uint8Array(1), /not plain JSON/],
])('refuses %s', (_name, value, expected) => {
  expect(() => canonicalJson(value)).toThrow(expected);
});

function nested(levels: number): Json {
  let value: Json = 0;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

test('takes 200 levels and refuses 201, without naming a path of thousands of characters', () => {
  expect(canonicalJson(nested(200))).toHaveLength(801);
  expect(() => canonicalJson(nested(201))).toThrow(/deeper than 200/);
  expect(() => canonicalJson(nested(100_000))).toThrow(/deeper than 200/);
});

test('refuses a cycle as too deep', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  expect(() => canonicalJson(cycle)).toThrow(/deeper than 200/);
});

test('reads back as the same value, and is its own canonical form', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' }), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

test('agrees with another implementation of RFC 8785 on any JSON', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' }), (value) => { expect(canonicalJson(value)).toBe(canonicalize(value)); }), { numRuns: 1000 });
});

test('a constant is written once, cannot be changed, and refuses what JSON cannot carry', () => {
  const constant = asConstant({ b: [1, { c: 'ö' }], a: null });
  expect(canonicalJson({ z: constant, y: constant })).toBe('{"y":{"a":null,"b":[1,{"c":"ö"}]},"z":{"a":null,"b":[1,{"c":"ö"}]}}');
  expect(() => { (constant.b as unknown[]).push(2); }).toThrow(TypeError);
  expect(isConstant(constant)).toBe(true);
  expect(isConstant({ ...constant })).toBe(false);
  expect(() => asConstant({ a: Number.NaN })).toThrow(/\$\.a is NaN/);
});
