import { test } from 'vitest';
import type { Json } from '../../src/base/canonical-json.js';
import { checkText } from './check-text.js';

function check(conflicts: Json[], expected: readonly string[]): void {
  const error = { code: 'E/APPLY_CONFLICT', message: 'the patch does not apply', hint: 'Nothing was written.', retryable: false, details: { conflicts } } as const;
  checkText({ error }, ['error E/APPLY_CONFLICT: the patch does not apply', ...expected, 'Nothing was written.']);
}

test('a hunk that does not fit is shown beside what the file holds where it comes closest', () => {
  const hunk = { path: 'a.py', hunk: '@@ -10,3 +10,3 @@', line: 10, expected: ['one', 'ten', 'two'], found: ['x', 'y', 'z'], reason: 'not there' };
  check([{ ...hunk, nearest: { line: 14, found: ['one', '10\u001b', 'two'], same: 2 } }], [
    'a.py:14: not there, closest here and not in line 10 (- the patch expects, + is there)', '   one', '  -ten', '  +10\uFFFD', '   two',
  ]);
  check([{ ...hunk, nearest: { line: 10, found: hunk.expected, same: 3 } }], ['a.py:10: not there']);
});

test('a merge that cannot be made shows both sides', () => {
  check([{ path: 'a.py', hunk: '@@ -1 +1 @@', line: 7, expected: ['base'], found: [], wanted: ['theirs'], reason: 'both changed', nearest: null }], [
    'a.py:7: both changed', '   base | base', '   file | (nothing)', '  patch | theirs',
  ]);
});

test('long lists are cut, and say so', () => {
  const whole = { hunk: '', line: 0, expected: [], found: [], reason: 'is not there', nearest: null };
  const many = Array.from({ length: 7 }, (_, index) => ({ ...whole, path: `f${String(index)}` }));
  check(many, [...many.slice(0, 5).map(({ path }) => `${path}: is not there`), 'and 2 more: --json has them all']);
  const long = Array.from({ length: 30 }, (_, index) => `line ${String(index)}`);
  check([{ ...whole, path: 'a', line: 1, expected: long, found: ['other'] }], ['a:1: is not there (- the patch expects, + is there)', ...long.slice(0, 11).map((line) => `  -${line}`), '  … and 20 lines more']);
});
