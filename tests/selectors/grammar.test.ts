import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Failure } from '../../src/base/failure.js';
import { parseSelector, printSelector } from '../../src/selectors/grammar.js';
import { positionSpecSchema } from '../../src/selectors/position-spec-schema.js';
import { positionSpec } from './position-spec-arbitrary.js';

const DIGEST = 'a'.repeat(64);

describe('printSelector and parseSelector', () => {
  test('are inverses for every spec, on both platforms', () => {
    fc.assert(
      fc.property(positionSpec, fc.constantFrom('posix' as const, 'win32' as const), (spec, platform) => {
        expect(parseSelector(printSelector(spec), { platform })).toEqual(spec);
      }),
      { numRuns: 2000 },
    );
  });

  test('print nothing that a line of text could not hold', () => {
    fc.assert(fc.property(positionSpec, (spec) => !/\p{Cc}/u.test(printSelector(spec))));
  });

  test('the canonical form of any text that parses is a fixed point', () => {
    fc.assert(
      fc.property(positionSpec, fc.nat(), fc.constantFrom('', 'a', ':', '%', '"', '?', '.', '#', '\\'), (spec, place, inserted) => {
        const printed = printSelector(spec);
        const at = place % (printed.length + 1);
        let canonical: string;
        try {
          canonical = printSelector(parseSelector(printed.slice(0, at) + inserted + printed.slice(at)));
        } catch (error) {
          if (error instanceof Failure && error.code === 'E/BAD_SELECTOR_SYNTAX') return;
          throw error;
        }
        expect(printSelector(parseSelector(canonical))).toBe(canonical);
      }),
      { numRuns: 2000 },
    );
  });

  test('the schema accepts exactly what a parse returns', () => {
    fc.assert(
      fc.property(positionSpec, (spec) => {
        expect(positionSpecSchema.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
      }),
    );
    expect(positionSpecSchema.safeParse({ kind: 'cursor', path: 'a', line: 0, column: 1, query: {} }).success).toBe(false);
    expect(positionSpecSchema.safeParse({ kind: 'cursor', path: 'a', line: 1, column: 1, query: { other: 1 } }).success).toBe(false);
  });
});

test('the schema has a JSON Schema', () => {
  expect(z.toJSONSchema(positionSpecSchema, { io: 'input' })).toMatchObject({ oneOf: expect.any(Array) as unknown });
});

describe('the canonical form', () => {
  test.each([
    ['src/a.py@L10:C5', 'src/a.py@L10:C5'],
    ['src/a b.py@L010:C5', 'src/a%20b.py@L10:C5'],
    ['a@L1.py@L2:C3', 'a@L1.py@L2:C3'],
    ['src/a.py@R(1,2->3,4)', 'src/a.py@R(1,2->3,4)'],
    ['py://pkg.mod#A.m', 'py://pkg.mod#A.m'],
    ['py://pkg.mod#A.m:def', 'py://pkg.mod#A.m'],
    ['py://pkg.mod#', 'py://pkg.mod#'],
    ['py://pkg.mod#:doc', 'py://pkg.mod#:doc'],
    ['cpp://src/a.cpp#ns::C::m:body', 'cpp://src/a.cpp#ns.C.m:body'],
    ['sym://src/app.ts#A.m:sig?overload=1', 'sym://src/app.ts#A.m:sig?overload=1'],
    ['ts://src/app#A', 'ts://src/app#A'],
    ['sym://src/[id]/(x)/page.tsx#A', 'sym://src/%5Bid%5D/%28x%29/page.tsx#A'],
    ['ast://[module=pkg.mod]/[class=A]/[def=m][0]/name[1]', 'ast://[module=pkg.mod]/[class=A]/[def=m][0]/name[1]'],
    ['ast://[file=src/app.ts]', 'ast://[file=src/app.ts]'],
    ['ast://[file=app/[id]/page.tsx]/[class=A][0]', 'ast://[file=app/%5Bid%5D/page.tsx]/[class=A][0]'],
    ['anchor://a.py#"x = \\"a\\" # no?"', 'anchor://a.py#"x = %22a%22 # no?"'],
    ['anchor://a.py#"\\d\\\\"?ctx=2&pre=a b&suf=c', 'anchor://a.py#"\\d%5C"?ctx=2&pre=a%20b&suf=c'],
    ['a.py@L1:C1?v=git:HEAD~3&enc=utf-8', 'a.py@L1:C1?enc=utf-8&v=git:HEAD~3'],
    [`a.py@L1:C1?v=sha256:${DIGEST.toUpperCase()}`, `a.py@L1:C1?v=sha256:${DIGEST}`],
  ])('of %s', (text, canonical) => {
    expect(printSelector(parseSelector(text))).toBe(canonical);
  });

  test('takes a backslash for a separator on Windows only', () => {
    expect(parseSelector('src\\a.py@L1:C1', { platform: 'win32' })).toMatchObject({ path: 'src/a.py' });
    expect(parseSelector('src\\a.py@L1:C1')).toMatchObject({ path: 'src\\a.py' });
    expect(parseSelector('C:\\w\\a.py@L1:C1', { platform: 'win32' })).toMatchObject({ path: 'C:/w/a.py' });
  });
});

describe('a syntax error', () => {
  test.each([
    ['', 1, 'path'],
    ['src/a.py', 9, '@L'],
    ['src/a.py@L', 11, 'line number'],
    ['src/a.py@L0:C1', 11, 'at least 1'],
    ['src/a.py@L1', 12, ':C'],
    ['src/a.py@L1:C1x', 15, '"?"'],
    ['é😀.py@L1:X1', 9, ':C'],
    ['a.py@R(1,1-2,2)', 11, '->'],
    ['a.py@R(2,1->1,1)', 13, 'not before the start'],
    ['a#b.py@L1:C1', 2, '%23'],
    ['a%zz.py@L1:C1', 2, 'percent escape'],
    ['a%FF.py@L1:C1', 2, 'percent escape'],
    ['nope://a#b', 1, 'schemes'],
    ['py://#a', 6, 'module'],
    ['py://a..b#c', 7, 'empty parts'],
    ['py://a', 7, '"#"'],
    ['py://a#b:boddy', 10, 'roles'],
    ['py://a#b..c', 10, 'name'],
    ['py://a#b.', 10, 'name'],
    ['py://a#b[c]', 9, 'percent-encode'],
    ['ast://[class=A]', 8, 'module='],
    ['ast://[file=a]/[class=]', 23, 'name'],
    ['ast://[file=a]/[class=A][x]', 26, 'index'],
    ['ast://[file=a]/name[2]', 16, '"["'],
    ['anchor://a.py#x', 15, 'quote'],
    ['anchor://a.py#"x', 17, 'closing quote'],
    ['anchor://a.py#""', 16, 'between the quotes'],
    ['anchor://a.py#"50% x"', 18, 'percent escape'],
    ['a.py@L1:C1?', 12, 'keys'],
    ['a.py@L1:C1?what=1', 12, 'keys'],
    ['a.py@L1:C1?nth=1&nth=2', 18, 'only once'],
    ['a.py@L1:C1?nth=x', 16, 'number'],
    ['a.py@L1:C1?nth', 15, '"="'],
    ['a.py@L1:C1?enc=latin1', 16, 'codepoint'],
    ['a.py@L1:C1?v=sha256:12', 14, '64 hex'],
  ])('in %j points at column %i and says what was expected', (text, column, expected) => {
    let caught: unknown;
    try {
      parseSelector(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(Failure);
    expect(caught).toMatchObject({ code: 'E/BAD_SELECTOR_SYNTAX', details: { column, expected: expect.stringContaining(expected) as string } });
  });
});
