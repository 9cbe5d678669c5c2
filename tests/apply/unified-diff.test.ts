import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planWorkspaceEdit } from '../../src/apply/plan-workspace-edit.js';
import { planBetween } from '../../src/apply/plan-between.js';
import { fileDigests, transactionId } from '../../src/apply/planned-change.js';
import { unifiedDiff } from '../../src/apply/unified-diff.js';
import { workspaceEditOf } from '../../src/apply/workspace-edit-of.js';
import { fingerprint, temporaryFolder, writeFiles } from '../workspace/temporary-repository.js';
import { imageOf, memoryFiles, type Files } from './memory-files.js';

const lines = (count: number, word = 'line'): string => Array.from({ length: count }, (_, index) => `${word} ${String(index)}\n`).join('');

function diffOf(before: Files, after: Files, renames: readonly { from: string; to: string }[] = []): ReturnType<typeof planBetween> {
  const images = (files: Files): Map<string, ReturnType<typeof imageOf>> => new Map(Object.entries(files).map(([path, spec]) => [path, imageOf(spec)]));
  return planBetween(images(before), images(after), renames);
}

/** `git apply` must make the files of `after` out of `before`, and back; the WorkspaceEdit, where there is one, must mean the same. */
async function check(before: Files, after: Files, renames: readonly { from: string; to: string }[] = []): Promise<string> {
  const plan = diffOf(before, after, renames);
  const diff = unifiedDiff(plan);
  const [folder, expected] = [temporaryFolder(), temporaryFolder()];
  writeFiles(folder, before);
  writeFiles(expected, after);
  const apply = (...flags: string[]): Buffer => execFileSync('git', ['apply', ...flags, '--whitespace=nowarn', '-'], { cwd: folder, input: diff, env: { PATH: process.env['PATH'] ?? '', GIT_CEILING_DIRECTORIES: folder }, stdio: ['pipe', 'ignore', 'pipe'] });
  if (diff !== '') apply();
  expect(fingerprint(folder)).toEqual(fingerprint(expected));
  if (diff !== '') apply('--reverse');
  writeFiles(expected, Object.fromEntries([...Object.keys(after).map((path) => [path, null] as const), ...Object.entries(before)]));
  expect(fingerprint(folder)).toEqual(fingerprint(expected));
  const edit = workspaceEditOf(plan);
  if (edit !== null) expect(await planWorkspaceEdit(edit, memoryFiles(before), { roots: [] })).toEqual(plan);
  return diff;
}

test.each<[string, Files, Files, { from: string; to: string }[]?]>([
  ['several hunks', { a: lines(60) }, { a: lines(60).replace('line 5\n', 'five\n').replace('line 50\n', '') }],
  ['hunks that touch', { a: lines(30) }, { a: lines(30).replace('line 5\n', 'five\n').replace('line 12\n', 'twelve\n') }],
  ['first and last lines', { a: lines(9) }, { a: `new\n${lines(8)}` }],
  ['creation and deletion', { b: 'b\n', empty: '' }, { a: 'a\n', void: '' }],
  ['a missing newline on either side', { a: 'x\ny', b: 'x\n', c: '' }, { a: 'x\ny\n', b: 'x', c: 'x' }],
  ['a missing newline that stays', { a: 'x\ny' }, { a: 'z\ny' }],
  ['CRLF', { a: 'x\r\ny\r\n' }, { a: 'x\r\nz\r\n' }],
  ['line endings', { a: 'x\r\ny\r\n' }, { a: 'x\ny\n' }],
  ['an executable', { a: 'x\n', b: { exec: 'y\n' } }, { a: { exec: 'x\n' }, b: { exec: 'z\n' } }],
  ['a symlink', { a: 'x\n', b: { link: 'a' } }, { a: 'x\n', b: { link: './a' }, c: { link: 'b' } }],
  ['a file that becomes a symlink', { a: 'x\n', b: 'b\n' }, { a: { link: 'b' }, b: 'b\n' }],
  ['binary contents', { a: Buffer.from([0, 1, 2]), b: 'x\n' }, { a: Buffer.from([0, 2]), b: 'x\n', c: Buffer.alloc(3000, 7) }],
  ['bytes that are no UTF-8', { a: Buffer.from([0x61, 0xff, 0x0a]) }, { a: Buffer.from([0x61, 0xfe, 0x0a]) }],
  ['a rename', { a: lines(20) }, { 'b/c': lines(20) }, [{ from: 'a', to: 'b/c' }]],
  ['a rename with a change', { a: lines(20) }, { b: lines(19) }, [{ from: 'a', to: 'b' }]],
  ['a rename of an executable', { a: { exec: lines(20) } }, { b: { exec: lines(20) } }, [{ from: 'a', to: 'b' }]],
  ['odd names', { 'a b/ü\t"x" -> y': 'x\n', 'n\nl': 'y\n' }, { 'a b/ü\t"x" -> y': 'z\n', 'sp ace': 'x\n' }],
  ['lines that look like headers', { a: `${lines(8)}-- a/keep\n++ b/keep\n@@ -1 +1 @@\n` }, { a: `${lines(8)}diff --git a/x b/x\n` }],
  ['a folder in the place of a file', { a: 'x\n' }, { 'a/b': 'x\n' }],
  ['a file in the place of a folder', { 'a/b': 'x\n' }, { a: 'x\n' }],
  ['nothing', { a: 'x' }, { a: 'x' }],
])('the diff of %s is what git apply needs', async (_name, before, after, renames) => {
  await check(before, after, renames);
});

const content = fc.array(fc.constantFrom('a', 'b', 'c\r', '', 'd'), { maxLength: 14 }).chain((parts) => fc.boolean().map((ends) => parts.join('\n') + (ends ? '\n' : '')));
const files = fc.dictionary(fc.constantFrom('a', 'b', 'dir/c', 'dir/d', 'e f'), content);

test('whatever two trees are, the diff leads from one to the other and back', async () => {
  await fc.assert(fc.asyncProperty(files, files, async (before, after) => { await check(before, after); }), { numRuns: 30 });
});

test('the text of a rename is the one of git', async () => {
  const diff = await check({ 'src/a.py': lines(4) }, { 'src/b.py': lines(4).replace('line 3', 'end') }, [{ from: 'src/a.py', to: 'src/b.py' }]);
  expect(diff).toBe(
    ['diff --git a/src/a.py b/src/b.py', 'similarity index 75%', 'rename from src/a.py', 'rename to src/b.py', '--- a/src/a.py', '+++ b/src/b.py', '@@ -1,4 +1,4 @@', ' line 0', ' line 1', ' line 2', '-line 3', '+end', ''].join('\n'),
  );
});

test('a plan is named by what it changes, and listed path by path', () => {
  const plan = diffOf({ a: 'x' }, { b: 'x' }, [{ from: 'a', to: 'b' }]);
  expect(fileDigests(plan).map(({ path, before, after }) => [path, before === null, after === null])).toEqual([['a', false, true], ['b', true, false]]);
  expect(transactionId(plan)).toMatch(/^txn-[0-9a-f]{16}$/);
  expect(transactionId(plan)).toBe(transactionId(diffOf({ a: 'x' }, { b: 'x' })));
  expect(transactionId(plan)).not.toBe(transactionId(diffOf({ a: 'x' }, { b: { exec: 'x' } })));
});
