import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hexSha256 } from '../../src/workspace/file-tree.js';
import { WorkspaceHistory } from '../../src/workspace/history.js';
import { findWorkspace } from '../../src/workspace/workspace-root.js';
import { fingerprint, TemporaryRepository, temporaryFolder } from './temporary-repository.js';

const lines = (name: string): string => Array.from({ length: 12 }, (_, index) => `${name} ${String(index)}\n`).join('');

test('what changed since a commit: committed and not, renamed and copied, staged, untracked and too large, with Git left as it is', async () => {
  const repository = new TemporaryRepository({ 'kept.txt': 'k\n', 'edited.txt': 'a\n', 'renamed.txt': lines('r'), 'moved later.txt': lines('m'), 'copied.txt': lines('c'), 'gone.txt': lines('g'), '.gitignore': 'ignored\n' });
  const commit = repository.git('rev-parse', 'HEAD').trim();
  repository.git('mv', 'renamed.txt', 'to.txt');
  repository.commit({ 'edited.txt': 'b\n' });
  repository.write({ 'moved later.txt': null, 'ä/new name.txt': `${lines('m')}more\n`, 'copied.txt': `${lines('c')}x\n`, 'copy.txt': lines('c'), 'gone.txt': null, 'staged.txt': 's\n', ignored: 'i\n', 'large.bin': Buffer.alloc(33 * 1024 * 1024) });
  repository.git('add', 'staged.txt');
  const history = new WorkspaceHistory(await findWorkspace(repository.top));
  const before = fingerprint(join(repository.top, '.git'));
  const changes = await history.changesSince(commit, 'one');
  expect(fingerprint(join(repository.top, '.git'))).toEqual(before);
  expect([...changes.changed].sort()).toEqual(['copied.txt', 'copy.txt', 'edited.txt', 'staged.txt', 'to.txt', 'ä/new name.txt']);
  expect([...changes.moves].sort((a, b) => (a.from < b.from ? -1 : 1))).toEqual([
    { from: 'copied.txt', to: 'copy.txt', kind: 'copied', similarity: 1 },
    { from: 'moved later.txt', to: 'ä/new name.txt', kind: 'renamed', similarity: expect.closeTo(0.9, 1) as number },
    { from: 'renamed.txt', to: 'to.txt', kind: 'renamed', similarity: 1 },
  ]);
  expect(await history.changesSince(commit, 'one')).toBe(changes);
});

test('texts and paths of a commit, as seen from a folder below the top', async () => {
  const repository = new TemporaryRepository({ 'sub/a.txt': 'one\n', 'sub/link': { link: 'a.txt' }, 'top.txt': 't\n' });
  const first = repository.git('rev-parse', 'HEAD').trim();
  repository.commit({ 'sub/a.txt': 'two\n', 'sub/b.txt': 'b\n' });
  const history = new WorkspaceHistory(await findWorkspace(join(repository.top, 'sub')));
  expect(await history.commitOf('HEAD~1')).toBe(first);
  expect([...(await history.pathsAt(first))].sort()).toEqual(['a.txt', 'link']);
  expect((await history.bytesAt(first, 'a.txt'))?.toString()).toBe('one\n');
  for (const path of ['b.txt', 'link', '../top.txt', 'top.txt']) expect(await history.bytesAt(first, path)).toBeNull();
  expect((await history.changesSince(first, 's')).changed).toEqual(['a.txt', 'b.txt']);
  await expect(history.commitOf('nowhere')).rejects.toMatchObject({ code: 'E/NOT_FOUND' });
  expect(await history.findCommit('f'.repeat(40))).toBeNull();
});

test('a content is found by its digest among those that its path has had', async () => {
  const repository = new TemporaryRepository({ 'a[1].txt': 'one\n', 'b.txt': 'b\n' });
  const first = repository.git('rev-parse', 'HEAD').trim();
  repository.commit({ 'a[1].txt': 'two\n' });
  repository.commit({ 'a[1].txt': null });
  const history = new WorkspaceHistory(await findWorkspace(repository.top));
  expect(await history.contentWithDigest('a[1].txt', hexSha256(Buffer.from('one\n')))).toEqual({ commit: first, bytes: Buffer.from('one\n') });
  expect(await history.contentWithDigest('a[1].txt', hexSha256(Buffer.from('b\n')))).toBeNull();
  const outside = new WorkspaceHistory(await findWorkspace(temporaryFolder()));
  expect(await outside.contentWithDigest('a', 'x')).toBeNull();
  await expect(outside.commitOf('HEAD')).rejects.toMatchObject({ code: 'E/NOT_FOUND', hint: expect.stringContaining('not in a Git work tree') as string });
});
