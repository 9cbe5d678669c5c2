import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSuppressions } from '../../src/reward/find-suppressions.js';
import { planNeutralisation } from '../../src/reward/suppressions.js';
import { parseTokens } from '../../src/selectors/structure.js';
import { pairsOf, type Change } from './fake-checker.js';
import { randomStep } from './random-steps.js';

async function kindsOf(path: string, text: string): Promise<string[]> {
  return findSuppressions(path, text, await parseTokens(path, text)).suppressions.map((item) => `${item.kind}@${String(item.targetLine)}`);
}

/** What a step added and removed, as `+directive` and `-directive`. */
async function changesOf(...changes: Change[]): Promise<string[]> {
  const plan = planNeutralisation(await pairsOf(changes));
  return [...plan.changes.added.map((item) => `+${item.text}`), ...plan.changes.removed.map((item) => `-${item.text}`)];
}

describe('directives are found', () => {
  test.each<[string, string, string[]]>([
    ['a.py', 'x = 1  # type: ignore\n', ['type: ignore@0']],
    ['a.py', 'x = 1  # type: ignore[attr-defined]  # noqa: E501\n', ['type: ignore@0', 'noqa@0']],
    ['a.py', '# type: ignore\n\nimport os\n', ['type: ignore@-1']],
    ['a.py', '# pyright: basic, reportMissingImports=false\nimport os\n', ['pyright:@-1']],
    ['a.py', 'x = f()  # pyright: ignore[reportCallIssue]\n', ['pyright: ignore@0']],
    ['a.py', 'x = []  # type: list[int]\n', []],
    ['a.py', 's = "# type: ignore"\n', []],
    ['a.py', '# mypy: ignore-errors\n# ruff: noqa\nimport os  # pylint: disable=unused-import\n', ['mypy:@-1', 'file noqa@-1', 'pylint: disable@2']],
    ['a.ts', '// @ts-ignore because\nconst x = 1;\n', ['@ts-ignore@1']],
    ['a.ts', '// @ts-nocheck\nconst x = 1; // eslint-disable-line no-x\n', ['@ts-nocheck@-1', 'eslint-disable-line@1']],
    ['a.tsx', 'const a = <b>\n  {/* @ts-expect-error */}\n  <c d={1} />\n</b>;\n', ['@ts-expect-error@2']],
    ['a.ts', '/* eslint-disable */\n/* biome-ignore lint/a: why */\nf();\n', ['eslint-disable@-1', 'biome-ignore@2']],
    ['a.ts', '// eslint-disable-next-line no-a, no-b -- why\nf();\n', ['eslint-disable-next-line@1']],
    ['a.ts', '// we do not use @ts-ignore here\nf();\n', []],
    ['a.go', 'package a\n\nvar x = f() //nolint:errcheck\n', ['nolint@2']],
    ['a.go', 'package a\n\n//nolint\nfunc f() {}\n', ['nolint@3']],
    ['a.rs', '#![allow(dead_code)]\n#[allow(unused)]\nfn f() {}\n', ['#![allow]@-1', '#[allow]@2']],
    ['A.java', '@SuppressWarnings("unchecked")\nclass A {}\n', ['@SuppressWarnings@1']],
    ['a.unknown', '# type: ignore\n', []],
    ['a.kt', 'fun f() { // "\n} // NOSONAR\n@Suppress("A")\nval x = 1\n', ['NOSONAR@1', '@Suppress@3']],
  ])('in %s: %s', async (path, text, expected) => expect(await kindsOf(path, text)).toEqual(expected));
});

describe('a directive is added only if it is new on its line of code', () => {
  const line = 'x = f(a, b)';
  test.each<[string, Change[], string[]]>([
    ['added', [['a.py', `${line}\n`, `${line}  # type: ignore\n`]], ['+# type: ignore']],
    ['kept', [['a.py', `${line}  # type: ignore\n`, `import os\n${line}  # type: ignore\n`]], []],
    ['kept on an edited line', [['a.py', `${line}  # type: ignore\n`, 'x = f(a, c)  # type: ignore\n']], []],
    ['removed', [['a.py', `${line}  # type: ignore\n`, `${line}\n`]], ['-# type: ignore']],
    ['widened', [['a.py', `${line}  # type: ignore[a]\n`, `${line}  # type: ignore\n`]], ['+# type: ignore', '-# type: ignore[a]']],
    ['narrowed', [['a.py', `${line}  # type: ignore[a, b]\n`, `${line}  # type: ignore[b]\n`]], []],
    ['given a narrower name', [['a.py', `${line}  # type: ignore\n`, `${line}  # pyright: ignore[reportX]\n`]], []],
    ['moved to another file', [['a.py', `import os\n${line}  # type: ignore\n`, 'import os\n'], ['b.py', 'import sys\n', `import sys\n${line}  # type: ignore\n`]], []],
    ['copied', [['a.py', `${line}  # type: ignore\n`, `${line}  # type: ignore\n\n\nprint(1)\n${line}  # type: ignore\n`]], ['+# type: ignore']],
    ['moved to other code', [['a.py', `${line}  # type: ignore\nprint(1)\n`, `${line}\nprint(1)  # type: ignore\n`]], ['+# type: ignore', '-# type: ignore']],
    ['above a line, kept', [['a.ts', '// @ts-ignore\nf(1);\n', 'g();\n// @ts-ignore\nf(1);\n']], []],
    ['above a line, moved to another', [['a.ts', '// @ts-ignore\nf(1);\nhello();\n', 'f(1);\n// @ts-ignore\nhello();\n']], ['+// @ts-ignore', '-// @ts-ignore']],
    ['of a renamed file', [['a.py', '# pyright: basic\nx = 1\n', '# pyright: basic\nx = 1\n', 'b.py']], []],
    ['made stricter', [['a.py', 'x = 1\n', '# pyright: strict\nx = 1\n']], ['+# pyright: strict']],
  ])('%s', async (_name, changes, expected) => {
    const plain = (await changesOf(...changes)).map((text) => text.replace(/^([+-])(@ts-)/u, '$1// $2'));
    expect(plain).toEqual(expected);
  });
});

test('blanking keeps every position and takes out nothing but the directive', async () => {
  const after = 'x = f()  # type: ignore[a]  # é𝒳 why  # noqa\r\ny = 1\r\n';
  const [pair] = await pairsOf([['a.py', 'x = f()  # noqa\r\ny = 1\r\n', after]]);
  if (pair === undefined) throw new Error('no pair');
  expect(planNeutralisation([pair]).after.get('a.py')).toBe('x = f()                     # é𝒳 why  # noqa\r\ny = 1\r\n');
});

test('a file of which the checker reads no directive is measured as it is', async () => {
  const pairs = await pairsOf([['a.py', 'x = f()\n', 'x = f()  # noqa\n'], ['b.py', 'y = g()  # noqa\n', 'y = g()  # type: ignore\n']]);
  const plan = planNeutralisation(pairs, ({ kind }) => kind === 'type: ignore');
  expect([[...plan.before.keys()], [...plan.after.keys()]]).toEqual([[], ['b.py']]);
  expect(plan.neutralised.map(({ text }) => text)).toEqual(['# noqa', '# type: ignore', '# noqa']);
});

test('a blanked text has the same code, whatever the step', async () => {
  await fc.assert(
    fc.asyncProperty(randomStep, async (changes) => {
      const pairs = await pairsOf(changes);
      const plan = planNeutralisation(pairs);
      for (const pair of pairs) {
        for (const [side, texts] of [[pair.before, plan.before] as const, [pair.after, plan.after] as const]) {
          const blanked = side === null ? undefined : texts.get(side.path);
          if (side === null || blanked === undefined) continue;
          expect(blanked).toHaveLength(side.text.length);
          expect((await parseTokens(side.path, blanked))?.tokens).toEqual(side.tokens?.tokens);
        }
      }
    }),
    { numRuns: 100 },
  );
});
