import { expect, test } from 'vitest';
import { planBetween } from '../../src/apply/plan-between.js';
import { changedLines } from '../../src/operations/edits/changed-lines.js';
import { imageOf, type Files } from '../apply/memory-files.js';

async function check(before: Files, after: Files, code: number, test: number, comment: number, renames: { from: string; to: string }[] = []): Promise<void> {
  const images = (files: Files): Map<string, ReturnType<typeof imageOf>> => new Map(Object.entries(files).map(([path, spec]) => [path, imageOf(spec)]));
  expect(await changedLines(planBetween(images(before), images(after), renames))).toEqual({ code, test, comment });
}

test('lines that come and go are counted by where they are', async () => {
  await check({ 'a.py': 'x = 1\n# old\ny = 2\n' }, { 'a.py': 'x = 2  # new\n# new\n# more\ny = 2\n' }, 2, 0, 3);
  await check({ 'tests/test_a.py': 'x = 1\n' }, { 'tests/test_a.py': 'x = 1\ny = 2\n' }, 0, 1, 0);
  await check({ 'a.ts': 'f();\n' }, { 'a.ts': '/* one\n two */\nf();\n' }, 0, 0, 2);
  await check({}, { notes: 'a\nb' }, 2, 0, 0);
  await check({ 'a.py': 'x = 1\ny = 2\n' }, { 'b.py': 'x = 1\ny = 3\n' }, 2, 0, 0, [{ from: 'a.py', to: 'b.py' }]);
});
