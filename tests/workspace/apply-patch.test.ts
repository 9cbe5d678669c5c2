import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import { applyPatch } from '../../src/workspace/apply-patch.js';
import { bytesContent, type FileTree } from '../../src/workspace/file-tree.js';
import { GitRepository } from '../../src/workspace/git.js';
import { changesBetween } from '../../src/workspace/tree-changes.js';
import { treeOfCommit, treeOfFolder } from '../../src/workspace/tree.js';
import { temporaryFolder, TemporaryRepository, writeFiles, type FileSpec } from './temporary-repository.js';

const lines = (count: number, word = 'line'): string => Array.from({ length: count }, (_, index) => `${word} ${String(index)}\n`).join('');
const binary = (seed: number): Buffer => Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * seed * 31) % 256));

function treeOf(files: Readonly<Record<string, string>>): FileTree {
  return new Map(Object.entries(files).map(([path, text]) => [path, { mode: 'file', content: bytesContent(Buffer.from(text)) }]));
}

/** Applies what Git prints for a step to the tree before it, and expects the tree after it. */
async function check(before: Readonly<Record<string, FileSpec>>, after: Readonly<Record<string, FileSpec>>, flags: readonly string[] = ['--binary']): Promise<readonly string[]> {
  const repository = new TemporaryRepository({ keep: 'keep\n', ...before });
  const first = repository.git('rev-parse', 'HEAD').trim();
  const second = repository.commit(after);
  const git = new GitRepository(repository.top);
  const expected = await treeOfCommit(git, second);
  const patched = await applyPatch(await treeOfCommit(git, first), repository.gitBytes('diff', ...flags, first, second));
  expect(await changesBetween(patched.tree, expected)).toEqual({ created: [], changed: [], deleted: [], renamed: [] });
  expect([...patched.tree].map(([path, file]) => [path, file.mode])).toEqual([...expected].map(([path, file]) => [path, file.mode]));
  return patched.touched;
}

async function failureOf(action: Promise<unknown>): Promise<Failure> {
  const error = await action.then(() => null, (thrown: unknown) => thrown);
  if (error instanceof Failure) return error;
  throw new Error(`expected a Failure, got ${String(error)}`);
}

const withSpaces = 'a b/ü\t"x" -> y.txt';

test.each<[string, Record<string, FileSpec>, Record<string, FileSpec>, string[]?]>([
  ['creates', {}, { 'new/deep/a.txt': 'a\n', empty: '' }],
  ['deletes', { 'a/b.txt': 'a\n', empty: '' }, { 'a/b.txt': null, empty: null }],
  ['changes several hunks', { a: lines(60) }, { a: lines(60).replace('line 5\n', 'five\n').replace('line 50\n', '') }],
  ['renames and changes', { a: lines(20) }, { a: null, 'b/c': lines(19) }, ['-M']],
  ['renames without a change', { a: lines(20) }, { a: null, [withSpaces]: lines(20) }, ['-M']],
  ['copies', { a: lines(20), b: lines(20, 'b') }, { a: lines(21), c: lines(19) }, ['-C']],
  ['swaps two files', { a: lines(20), b: lines(20, 'b') }, { a: lines(20, 'b'), b: lines(20) }, ['-M', '-B']],
  ['changes only a mode', { a: 'a\n' }, { a: { exec: 'a\n' } }],
  ['keeps the mode of an executable', { a: { exec: 'a\n' } }, { a: { exec: 'b\n' } }],
  ['makes a symlink of a file', { a: 'a\n', b: { link: 'keep' } }, { a: { link: 'keep' }, b: { link: 'a' } }],
  ['makes a folder of a file', { a: 'a\n' }, { a: null, 'a/b': 'b\n' }],
  ['makes a file of a folder', { 'a/b': 'b\n' }, { 'a/b': null, a: 'a\n' }],
  ['makes a folder of a symlink', { a: { link: 'keep' } }, { a: null, 'a/b': 'b\n' }],
  ['changes binary files', { a: binary(3), b: binary(5) }, { a: binary(7), b: null, c: binary(9) }],
  ['keeps carriage returns', { a: 'a\r\nb\r\nc\n' }, { a: 'a\r\nB\r\nc\r\n' }],
  ['keeps a missing newline at the end', { a: 'a\nb', b: 'x' }, { a: 'a\nc', b: 'x\n' }],
  ['keeps bytes that are no UTF-8', { a: Buffer.from([0x61, 0xff, 0x0a, 0xe9, 0x0a]) }, { a: Buffer.from([0x61, 0xff, 0x0a, 0xe8, 0xff, 0x0a]) }],
  ['keeps trailing blanks', { a: 'a\n' }, { a: 'a  \n\t\n\n\n' }],
  ['is blind to attributes', { '.gitattributes': '* text=auto eol=crlf filter=x ident\n', a: 'a\r\n$Id$\n' }, { '.gitattributes': '* text eol=crlf\n', a: 'b\r\n$Id$\n' }],
  ['takes patches without prefixes', { 'src/a': 'a\n', b: 'b\n' }, { 'src/a': 'A\n', b: 'B\n', 'src/c': 'c\n' }, ['--no-prefix']],
  ['takes creations without prefixes', {}, { 'docs/images/a': 'a\n', 'docs/empty': '' }, ['--no-prefix']],
  ['takes patches without context', { a: lines(30) }, { a: lines(30).replace('line 12\n', 'x\n') }, ['-U0']],
  ['takes lines that look like headers', { a: `${lines(8)}-- a/keep\n++ b/keep\n@@ -1 +1 @@\n` }, { a: `${lines(8)}diff --git a/x b/x\n` }],
  ['quotes odd names', { [withSpaces]: 'a\n' }, { [withSpaces]: 'b\n', 'n\nl': 'x\n' }],
])('%s as Git does', async (_name, before, after, flags) => {
  const touched = await check(before, after, ['--binary', ...(flags ?? [])]);
  expect(touched).toEqual([...new Set([...Object.keys(before), ...Object.keys(after)])].filter((path) => Object.hasOwn(after, path)).sort());
});

const content = fc.array(fc.constantFrom('a', 'b', 'c\r', ''), { maxLength: 12 }).chain((parts) => fc.boolean().map((ends) => parts.join('\n') + (ends ? '\n' : '')));
const files = fc.dictionary(fc.constantFrom('a', 'b', 'dir/c', 'dir/d', 'e f'), content);

test('whatever two trees are, the patch between them leads from one to the other', async () => {
  await fc.assert(
    fc.asyncProperty(files, files, async (before, after) => {
      const removed = Object.fromEntries(Object.keys(before).filter((path) => !Object.hasOwn(after, path)).map((path) => [path, null]));
      await check(before, { ...after, ...removed });
    }),
    { numRuns: 12 },
  );
});

test.each(['', ' \n\t\r\n'])('the blank patch %j changes nothing', async (patch) => {
  const tree = treeOf({ a: 'a' });
  expect(await applyPatch(tree, Buffer.from(patch))).toEqual({ tree, touched: [], merged: [] });
});

test.each([
  ['hello\nworld\n', 'it starts with "hello"'],
  ['From: me\nSubject: x\n\nno diff here\n', 'it starts with "From: me"'],
  ['--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n a\n-b\n', 'corrupt'],
  ['diff --git a/a b/a\n', 'valid patches'],
  ['--- /dev/null\n+++ /dev/null\n@@ -0,0 +1 @@\n+x\n', 'names no file'],
])('%j is no patch', async (patch, said) => {
  const failure = await failureOf(applyPatch(treeOf({ a: 'a\n' }), Buffer.from(patch)));
  expect(failure.code).toBe('E/BAD_ARGUMENT');
  expect(failure.message).toContain(said);
  expect(failure.hint).toContain('Nothing was written');
});

test.each<[string, string, string, string]>([
  ['a line that is added', 'a\n', '--- a/a\n+++ b/a\n@@ -1 +1,2 @@\n a\n+b', 'a\nb\n'],
  ['a line that is removed', 'a\nb\n', '--- a/a\n+++ b/a\n@@ -1,2 +1 @@\n a\n-b', 'a\n'],
  ['a line of context', 'a\nb\n', '--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n-a\n+c\n b', 'c\nb\n'],
  ['an empty line of context', 'a\n\n', '--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n-a\n+c\n ', 'c\n\n'],
  ['what a file without a last line feed says', 'a\n', '--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file', 'b'],
])('a patch whose last line feed was cut off is the one with it: %s', async (_name, before, patch, after) => {
  const patched = async (text: string): Promise<string | undefined> => (await (await applyPatch(treeOf({ a: before }), Buffer.from(text))).tree.get('a')?.content.read())?.toString();
  expect(await patched(patch)).toBe(after);
  expect(await patched(`${patch}\n`)).toBe(after);
});

test.each<[string, string, string | RegExp]>([
  ['one', 'a\nb\n\nc\n', 'A\nb\n\nc\n'],
  ['one that is not in the file', 'a\nb\nc\n', /does not apply/],
  ['one that is the last line', 'a\nb\n\n', 'A\nb\n\n'],
])('blank lines of context that were cut off the end of a patch are put back: %s', async (_name, before, after) => {
  for (const end of ['', '\n']) {
    const patched = applyPatch(treeOf({ a: before }), Buffer.from(`--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n-a\n+A\n b${end}`)).then(async ({ tree }) => (await tree.get('a')?.content.read())?.toString());
    if (typeof after === 'string') expect(await patched).toBe(after);
    else await expect(patched).rejects.toThrow(after);
  }
});

test('a hunk that lacks lines of one side, or those that another follows, is as corrupt as it is to Git', async () => {
  for (const patch of ['@@ -1,3 +1,2 @@\n-a\n+A\n b\n', '@@ -1,3 +1,3 @@\n-a\n+A\n b\n@@ -5 +5 @@\n-e\n+E\n']) {
    const failure = await failureOf(applyPatch(treeOf({ a: 'a\nb\n\nd\ne\n' }), Buffer.from(`--- a/a\n+++ b/a\n${patch}`)));
    expect(failure.code).toBe('E/BAD_ARGUMENT');
  }
});

test('mail around a diff is skipped', async () => {
  const patch = 'From 1234\nSubject: [PATCH] x\n\n---\n a | 2 +-\n\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n-- \n2.39.5\n';
  const { tree, touched } = await applyPatch(treeOf({ a: 'a\n' }), Buffer.from(patch));
  expect(touched).toEqual(['a']);
  expect((await tree.get('a')?.content.read())?.toString()).toBe('b\n');
});

test('every hunk that does not fit is told, with what is there instead', async () => {
  const patch = ['--- a/sub/a.txt', '+++ b/sub/a.txt', '@@ -1,2 +1,2 @@', ' line 0', '-line 1', '+one', '@@ -10,3 +10,3 @@ def f', ' line 9', '-ten', '+10', ' line 11', '--- a/gone.txt', '+++ b/gone.txt', '@@ -1 +1 @@', '-x', '+y', '--- /dev/null', '+++ b/b.txt', '@@ -0,0 +1 @@', '+x', ''].join('\n');
  const failure = await failureOf(applyPatch(treeOf({ 'sub/a.txt': lines(20), 'b.txt': 'b' }), Buffer.from(patch)));
  expect(failure.code).toBe('E/APPLY_CONFLICT');
  const { conflicts } = failure.details as { conflicts: { path: string }[] };
  const sorted = conflicts.sort((a, b) => (a.path < b.path ? -1 : 1));
  expect(sorted).toEqual([
    { path: 'b.txt', hunk: '', line: 0, expected: [], found: [], reason: 'the patch creates a file that is there already', nearest: null },
    { path: 'gone.txt', hunk: '', line: 0, expected: [], found: [], reason: 'the patch changes a file that is not there', nearest: null },
    { path: 'sub/a.txt', hunk: '@@ -1,2 +1,2 @@', line: 1, expected: ['line 0', 'line 1'], found: ['line 0', 'line 1'], reason: expect.stringContaining('less context') as string, nearest: { line: 1, found: ['line 0', 'line 1'], same: 2 } },
    { path: 'sub/a.txt', hunk: '@@ -10,3 +10,3 @@ def f', line: 10, expected: ['line 9', 'ten', 'line 11'], found: ['line 9', 'line 10', 'line 11'], reason: expect.stringContaining('does not hold') as string, nearest: { line: 10, found: ['line 9', 'line 10', 'line 11'], same: 2 } },
  ]);
});

test('a binary change without data is a conflict that says what to do', async () => {
  const repository = new TemporaryRepository({ 'a.bin': binary(3), 'b.txt': 'b\n' });
  repository.write({ 'a.bin': binary(5), 'b.txt': 'B\n' });
  const tree = await treeOfCommit(new GitRepository(repository.top), 'HEAD');
  const failure = await failureOf(applyPatch(tree, repository.gitBytes('diff')));
  expect(failure).toMatchObject({ code: 'E/APPLY_CONFLICT', details: { conflicts: [{ path: 'a.bin', reason: expect.stringContaining('--binary') as string }] } });
});

test('a binary patch of another file is a conflict', async () => {
  const repository = new TemporaryRepository({ 'a.bin': binary(3) });
  repository.write({ 'a.bin': binary(5) });
  const patch = repository.gitBytes('diff', '--binary');
  const failure = await failureOf(applyPatch(new Map([['a.bin', { mode: 'file', content: bytesContent(binary(7)) }]]), patch));
  expect(failure).toMatchObject({ code: 'E/APPLY_CONFLICT', details: { conflicts: [{ path: 'a.bin', reason: expect.stringContaining('binary') as string }] } });
});

test.each(['../x', 'sub/../../x', '/etc/x', '.git/hooks/x', 'sub/.GIT/config', 'link/x', 'link/deep/x'])('a patch that writes %s is refused', async (path) => {
  const outside = temporaryFolder();
  const folder = temporaryFolder();
  writeFiles(folder, { link: { link: outside }, 'sub/a': 'a\n' });
  const tree = await treeOfFolder(folder);
  const plain = path.startsWith('/') ? path : `b/${path}`;
  for (const patch of [
    `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ ${plain}\n@@ -0,0 +1 @@\n+x\n`,
    `diff --git a/${path} b/${path}\nnew file mode 100644\nindex 0000000..e69de29\n`,
    `diff --git a/sub/a b/${path}\nsimilarity index 100%\nrename from sub/a\nrename to ${path}\n`,
  ]) {
    expect(await failureOf(applyPatch(tree, Buffer.from(patch)))).toMatchObject({ code: 'E/FS_PERMISSIONS', details: { path: expect.any(String) as string } });
  }
  expect(existsSync(join(outside, 'x'))).toBe(false);
});

test('a patch cannot reach through a symlink that it makes itself', async () => {
  const patch = 'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/tmp\n\\ No newline at end of file\ndiff --git a/l/x b/l/x\nnew file mode 100644\n--- /dev/null\n+++ b/l/x\n@@ -0,0 +1 @@\n+x\n';
  expect((await failureOf(applyPatch(treeOf({ a: 'a' }), Buffer.from(patch)))).code).toBe('E/FS_PERMISSIONS');
});

test('a file in the place of a folder is a conflict', async () => {
  const patch = '--- /dev/null\n+++ b/dir\n@@ -0,0 +1 @@\n+x\n';
  expect(await failureOf(applyPatch(treeOf({ 'dir/a': 'a' }), Buffer.from(patch)))).toMatchObject({ code: 'E/APPLY_CONFLICT', details: { conflicts: [{ path: 'dir' }] } });
});

test('a repository with SHA-256 names takes patches too', async () => {
  const folder = temporaryFolder();
  const run = (...args: string[]): Buffer => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
  run('init', '-q', '--object-format=sha256');
  writeFiles(folder, { a: 'a\n', 'b.bin': binary(3) });
  run('add', '-A');
  run('commit', '-q', '-m', 'x');
  writeFiles(folder, { a: 'b\n', 'b.bin': binary(5) });
  const { tree, touched } = await applyPatch(await treeOfCommit(new GitRepository(folder), 'HEAD'), run('diff', '--binary'));
  expect(touched).toEqual(['a', 'b.bin']);
  expect(await changesBetween(tree, await treeOfFolder(folder))).toMatchObject({ created: [], changed: [], deleted: [] });
});
