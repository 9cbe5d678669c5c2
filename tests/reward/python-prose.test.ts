import { expect, test } from 'vitest';
import { identifiersIn } from '../../src/base/identifiers.js';
import { withoutProse } from '../../src/reward/python-prose.js';

test.each([
  ['comments', 'a = b  # see word\n', ['a', 'b']],
  ['comments that checkers read', 'a = b  # type: Word\n# pyright: strict\n', ['a', 'b', 'type', 'Word', 'pyright', 'strict']],
  ['documentation', 'def f():\n    """Word."""\n    return a\n', ['def', 'f', 'return', 'a']],
  ['documentation of one word in other marks', "class A:\n    'Word'\n    b = 1\n", ['class', 'A', 'b']],
  ['documentation with marks inside', 'r"""One \\""" word "two" """\na = 1\n', ['r', 'a']],
  ['sentences', 'raise Error("no word here: " + a)\n', ['raise', 'Error', 'a']],
])('what only people read: %s', (_what, text, words) => {
  const code = withoutProse('a.py', text);
  expect([...identifiersIn(code)]).toEqual(words);
  expect(code.split('\n').map((line) => line.length)).toEqual(text.split('\n').map((line) => line.length));
});

test.each([
  ['a type in quotes', 'def f(a: "Word", b: "list[Word] | None") -> "Word if x else y": ...\n'],
  ['a type in three quotes, in brackets', 'a = cast(\n"""Word""", b)\n'],
  ['a line that goes on', 'a: \\\n"Word" = b\n'],
  ['a name in quotes', 'getattr(a, "word")\n'],
  ['a formatted string', 'a = f"no {word} here"\nb = rF"""no {word} here"""\n'],
  ['formatted strings in their own marks', 'a = f"{b["c"]} no other {word} here" # and {word}\n'],
])('is left: %s', (_what, text) => {
  expect(withoutProse('a.py', text)).toBe(text);
});

test('of another language all is left', () => {
  expect(withoutProse('a.ts', 'a = 1 // no word\n')).toBe('a = 1 // no word\n');
});
