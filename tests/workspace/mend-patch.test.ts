import { expect, test } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import { applyPatch } from '../../src/workspace/apply-patch.js';
import { bytesContent, type FileTree } from '../../src/workspace/file-tree.js';
import { mendLineEndings, mendPatch } from '../../src/workspace/mend-patch.js';

type Files = Readonly<Record<string, string>>;

const BODY = ['def f(x):', '    a = 1', '    b = 2', '', '    c = 3', '    return x', '', '', 'def g(y):', '    d = 4', '    return y', ''];
const FILES: Files = { 'src/app.py': BODY.map((line) => `${line}\n`).join(''), 'src/end.py': 'x = 1\ny = 2' };
const HUNK = '@@ -2,5 +2,5 @@ def f(x):\n     a = 1\n     b = 2\n \n-    c = 3\n+    c = 4\n     return x\n';
const GOOD = `--- a/src/app.py\n+++ b/src/app.py\n${HUNK}\n`.replace(/\n\n$/, '\n \n').replace('-2,5 +2,5', '-2,6 +2,6');

/** Mends and applies; returns the files and what was mended. */
async function applied(files: Files, patch: string): Promise<{ files: Record<string, string>; repairs: readonly string[] }> {
  const tree: FileTree = new Map(Object.entries(files).map(([path, text]) => [path, { mode: 'file', content: bytesContent(Buffer.from(text)) }]));
  const lookup = (path: string): string | null => (files[path] === undefined ? null : Buffer.from(files[path]).toString('latin1'));
  const mended = mendPatch(Buffer.from(patch), lookup);
  const apply = async (from: typeof mended): Promise<{ files: Record<string, string>; repairs: readonly string[] }> => {
    const { tree: patched } = await applyPatch(tree, from.patch);
    const entries = await Promise.all([...patched].map(async ([path, file]) => [path, (await file.content.read()).toString('utf8')] as const));
    return { files: Object.fromEntries(entries), repairs: from.repairs };
  };
  try {
    return await apply(mended);
  } catch (error) {
    const converted = mendLineEndings(mended, lookup);
    if (converted === null) throw error;
    return apply(converted);
  }
}

const EXPECTED = { ...FILES, 'src/app.py': (FILES['src/app.py'] ?? '').replace('c = 3', 'c = 4') };

test('a good patch is left as it is', async () => {
  expect(await applied(FILES, GOOD)).toEqual({ files: EXPECTED, repairs: [] });
});

test.each<[string, string, string]>([
  ['a fence and prose around it', `Here is the fix:\n\n\`\`\`diff\n${GOOD}\`\`\`\nIt changes c.\n`, 'fence'],
  ['counts that are too small', GOOD.replace('-2,6 +2,6', '-2,3 +2,3'), 'counted'],
  ['counts that are too large', GOOD.replace('-2,6 +2,6', '-2,60 +2,70'), 'counted'],
  ['counts that would cut the hunk short where it still applies', GOOD.replace('-2,6 +2,6', '-2,1 +2,1'), 'counted'],
  ['wrong counts before prose', `${GOOD.replace('-2,6 +2,6', '-2,9 +2,9')}\nThat is all.\n`, 'counted'],
  ['wrong counts before the next file', `${GOOD.replace('-2,6 +2,6', '-2,9 +2,9')}--- a/src/end.py\n+++ b/src/end.py\n@@ -1,2 +1,2 @@\n x = 1\n-y = 2\n\\ No newline at end of file\n+y = 2\n\\ No newline at end of file\n`, 'counted'],
  ['no a/ and b/', GOOD.replace('a/src', 'src').replace('b/src', 'src'), 'without a/'],
  ['a/ on one side only', GOOD.replace('--- a/src', '--- src'), 'without a/'],
  ['carriage returns on every line', GOOD.replaceAll('\n', '\r\n'), 'carriage'],
  ['a cut last line feed', GOOD.replace(/\n$/, ''), 'ended'],
  ['a hunk without line numbers', GOOD.replace('@@ -2,6 +2,6 @@ def f(x):', '@@ @@'), 'names none'],
  ['a hunk header of two signs', GOOD.replace('@@ -2,6 +2,6 @@ def f(x):', '@@'), 'names none'],
  ['a hunk of context alone', GOOD.replace('@@ -2,6', '@@ -1,2 +1,2 @@\n def f(x):\n     a = 1\n@@ -2,6'), 'changes nothing'],
  ['no +++ line', GOOD.replace('+++ b/src/app.py\n', ''), '+++'],
  ['no markers', `diff --git a/src/app.py b/src/app.py\n${GOOD.slice(GOOD.indexOf('@@'))}`, '---'],
  ['a lost space before context', GOOD.replace('@@ -2,6 +2,6 @@ def f(x):\n', '@@ -1,7 +1,7 @@\ndef f(x):\n'), 'the space before'],
  ['all of it at once', `Sure!\n\`\`\`\n${GOOD.replace('a/src', 'src').replace('b/src', 'src').replace('-2,6 +2,6', '-2,8 +2,9').replace(/\n$/, '')}\n\`\`\``.replaceAll('\n', '\r\n'), 'counted'],
  ['the form of an agent', '*** Begin Patch\n*** Update File: src/app.py\n@@ def f(x):\n     b = 2\n \n-    c = 3\n+    c = 4\n*** End Patch\n', 'Begin Patch'],
])('%s is mended', async (_name, patch, said) => {
  const { files, repairs } = await applied(FILES, patch).catch((error: unknown) => ({ files: String(error), repairs: [] }));
  expect(files).toEqual(EXPECTED);
  expect(repairs.join('; ')).toContain(said);
});

test.each<[string, string]>([
  ['the fence', '```\n'],
  ['the end', ''],
  ['prose', 'That is all.\n'],
  ['the next file', '--- /dev/null\n+++ b/b\n@@ -0,0 +1 @@\n+b\n'],
])('a count that takes the blank line before %s for context is mended, where the file has no such line', async (_name, behind) => {
  const { files, repairs } = await applied({ a: '1\n2\n3\n4\n' }, `--- a/a\n+++ b/a\n@@ -1,4 +1,4 @@\n 1\n-2\n+two\n 3\n\n${behind}`);
  expect([files['a'], repairs]).toEqual(['1\ntwo\n3\n4\n', expect.arrayContaining(['counted the lines of a hunk anew'])]);
  const kept = await applied({ a: '1\n2\n3\n\n5\n' }, `--- a/a\n+++ b/a\n@@ -1,4 +1,4 @@\n 1\n-2\n+two\n 3\n\n${behind}`);
  expect(kept.files['a']).toBe('1\ntwo\n3\n\n5\n');
  expect(kept.repairs).not.toContain('counted the lines of a hunk anew');
});

test('hunks take the line endings of a file that keeps to one kind', async () => {
  const crlf = { 'src/app.py': (FILES['src/app.py'] ?? '').replaceAll('\n', '\r\n') };
  expect(await applied(crlf, GOOD)).toEqual({ files: { 'src/app.py': EXPECTED['src/app.py'].replaceAll('\n', '\r\n') }, repairs: ['gave the lines the line endings of the file'] });
  const bodyOnly = GOOD.split('\n').map((line) => (/^[ +-](?![+-])/.test(line) ? `${line}\r` : line)).join('\n');
  expect((await applied(FILES, bodyOnly)).files).toEqual(EXPECTED);
});

test('files are made and removed though the headers do not say so', async () => {
  const made = await applied(FILES, 'diff --git a/new.py b/new.py\n--- a/new.py\n+++ b/new.py\n@@ -0,0 +1,9 @@\n+x = 1\n+y = 2\n');
  expect(made.files['new.py']).toBe('x = 1\ny = 2\n');
  const removed = await applied({ 'a.py': 'x = 1\n' }, 'diff --git a/a.py b/a.py\n--- a/a.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x = 1\n');
  expect(removed.files).toEqual({});
});

test('an agent adds, moves and deletes files', async () => {
  const { files } = await applied({ 'a.py': 'x = 1\ny = 2\n', 'b.py': 'z' }, '*** Begin Patch\n*** Add File: new/n.py\n+n = 1\n*** Delete File: b.py\n*** Update File: a.py\n*** Move to: c.py\n@@\n-x = 1\n+x = 2\n*** End Patch\n');
  expect(files).toEqual({ 'new/n.py': 'n = 1\n', 'c.py': 'x = 2\ny = 2\n' });
});

test.each<[string, Files, string, string]>([
  ['a hunk without line numbers that fits twice', { a: 'x\ny\nx\ny\n' }, '--- a/a\n+++ b/a\n@@ @@\n x\n-y\n+z\n', 'E/APPLY_CONFLICT'],
  ['an agent hunk that fits twice', { a: 'x\ny\nx\ny\n' }, '*** Begin Patch\n*** Update File: a\n@@\n x\n-y\n+z\n*** End Patch\n', 'E/APPLY_CONFLICT'],
  ['context that is not there', { a: 'x\n' }, '```diff\n--- a/a\n+++ b/a\n@@ -1,9 +1,9 @@\n-q\n+z\n```\n', 'E/APPLY_CONFLICT'],
  ['a good patch that does not fit', FILES, GOOD.replace('b = 2', 'b = 3'), 'E/APPLY_CONFLICT'],
  ['two agent patches in one', { a: 'x\n' }, '*** Begin Patch\n*** Delete File: a\n*** End Patch\n*** Begin Patch\n*** Add File: b\n+x\n*** End Patch\n', 'E/BAD_ARGUMENT'],
  ['prose', { a: 'x\n' }, 'Change x to y.\n', 'E/BAD_ARGUMENT'],
])('%s is refused', async (_name, files, patch, code) => {
  const error = await applied(files, patch).then(() => null, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Failure);
  expect((error as Failure).code).toBe(code);
});
