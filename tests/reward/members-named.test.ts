import { expect, test } from 'vitest';
import { membersNamed } from '../../src/reward/members-named.js';
import { sideOf } from './fake-checker.js';

const IMPORT = 'from p import m\n\n';

test.each<[string, string, string[] | null]>([
  ['members, wherever they are named', 'm.a\ndef f(x: m.B) -> None:\n    print(m.c.d)\n', ['a', 'B', 'c']],
  ['those in strings, which may be types', 'x: "m.A" = 1\n', ['A']],
  ['but not those of a parameter or a variable of that name', 'def f(m) -> None:\n    m.a\n\ndef g() -> None:\n    m = g("m")\n    print(m)\n', []],
  ['but those of a function that imports it itself', 'def f() -> None:\n    from p import m\n    m.a\n', ['a']],
  ['those of a pattern', 'match x:\n    case m.A:\n        print()\n', ['A']],
  ['not what something else has of that name', 'x.m\nf(m=1)\nclass A:\n    m = 1\n    m: int\n', []],
  ['none where it is handed on', 'm.a\nf(m)\n', null],
  ['none where it is called otherwise', 'x = m\n', null],
  ['none where it is a key', 'x = {\n    m: 1,\n}\n', null],
])('%s', async (_name, text, members) => {
  const found = membersNamed(await sideOf('a.py', IMPORT + text), 'm');
  expect(found === null ? null : [...found]).toEqual(members);
});
