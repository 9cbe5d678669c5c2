import { expect, test } from 'vitest';
import { interfaceWays } from '../../src/reward/interface-ways.js';
import { sideOf } from './fake-checker.js';

/** By each declaration, how the word `a` gets through it. */
async function waysOf(path: string, text: string): Promise<Record<string, string>> {
  const ways = interfaceWays(await sideOf(path, text));
  const through = ({ words, shown, hidden, attributes, globals, ownTypes }: (typeof ways)[number]): string[] => [
    ...(words.has('a') ? ['words'] : []),
    ...(shown.has('a') ? ['shown'] : []),
    ...(hidden.has('a') ? ['hidden'] : []),
    ...attributes.map(({ name, hidden: declared }) => `self.${name}${declared.has('a') ? ' hidden' : ''}`),
    ...globals.map((name) => `global ${name}`),
    ...[...ownTypes].filter((name) => name !== 'Anonymous').map((name) => `makes ${name}`),
  ];
  return Object.fromEntries(ways.map((item) => [item.declaration.qualname.join('.'), through(item).join(', ')]));
}

test('what a server shows of a declaration is told from what only its text shows', async () => {
  const text = [
    'from m import a',
    'plain = a()',
    'declared: a = None',
    'other: dict[str, int] = a()',
    'T = TypeVar("T", bound=a)',
    '__all__ = ["a", "plain"]',
    '@a',
    'def decorated() -> int: ...',
    'def takes(x: a) -> int: ...',
    'def silent() -> int:\n    return a()',
    'def open_():\n    return a()',
    'def local():\n    class Inner(a): ...\n    return Inner()',
    'def sets() -> None:\n    global plain\n    plain = a()',
    'class Heir(a): ...',
    'class Holder:',
    '    field: int = 1',
    '    def __init__(self) -> None:',
    '        self.one = a()',
    '        self.two: list[a] = []',
    '        self.three: Annotated[int, f(a)] = 1',
    '        if self.one: self.four = 1',
    '        self.five, self.six = a(), 1',
    '        self.seven += a(x=1)',
    '        self.eight[0] = self.nine.ten = a()',
    '        self.eleven, self.twelve[1] = a()',
    '    def a(self) -> int: ...',
    'def a() -> int: ...',
    '',
  ].join('\n');
  expect(await waysOf('n.py', text)).toEqual({
    a: '',
    plain: 'words, shown',
    declared: 'words, shown, hidden',
    other: 'words, shown',
    T: 'words, hidden',
    __all__: 'words',
    decorated: 'words, hidden',
    takes: 'words, shown',
    silent: 'words',
    open_: 'words, shown',
    local: 'words, shown, makes Inner',
    sets: 'words, global plain',
    Heir: 'words, hidden',
    Holder: 'words',
    'Holder.field': '',
    'Holder.__init__': 'words, self.one, self.two hidden, self.three hidden, self.one, self.four, self.five, self.six, self.seven, self.eleven',
    'Holder.a': 'words, shown',
  });
});

test('TypeScript', async () => {
  const text = 'import { a } from "./m.js";\nexport const value: a = 1;\nexport interface Outer extends a { inner: a }\nexport type Alias = a[];\nexport function typed(): number {\n  return a();\n}\nexport function open() {\n  return a();\n}\n';
  expect(await waysOf('n.ts', text)).toEqual({ a: '', value: 'words, shown', Outer: 'words, hidden', 'Outer.inner': 'words, shown', Alias: 'words, hidden', typed: 'words', open: 'words, shown' });
});
