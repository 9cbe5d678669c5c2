import { existsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashOfHead } from '../../src/workspace/git-head.js';
import { GitRepository } from '../../src/workspace/git.js';
import { hostileRepository } from './hostile-repository.js';
import { temporaryFolder, TemporaryRepository, withoutTouchingGit, writeFiles } from './temporary-repository.js';

const lines = (count: number, word: string): string => Array.from({ length: count }, (_, index) => `${word} ${String(index)}\n`).join('');

test('resolves what Git resolves, and says which revision is unknown', async () => {
  const repository = new TemporaryRepository({ 'a.txt': 'a' });
  const git = new GitRepository(repository.top);
  repository.git('tag', '-a', 'v1', '-m', 'v1');
  const head = repository.git('rev-parse', 'HEAD').trim();
  expect(await git.resolveCommit('HEAD')).toBe(head);
  expect(await git.resolveCommit('v1')).toBe(head);
  for (const revision of ['nope', 'HEAD~1', 'HEAD:a.txt', 'HEAD..main', '--all', '-h', '', 'a\0b', '--output=x']) {
    await expect(git.resolveCommit(revision)).rejects.toMatchObject({ code: 'E/NOT_FOUND', details: { revision } });
  }
});

test('reads in plain sight what HEAD stands for, or nothing', () => {
  const repository = new TemporaryRepository({ 'a.txt': 'a' });
  const head = (): string => repository.git('rev-parse', 'HEAD').trim();
  expect(hashOfHead(repository.top)).toBe(head());
  repository.commit({ 'a.txt': 'b' });
  expect(hashOfHead(repository.top)).toBe(head());
  repository.git('checkout', '-q', '-b', 'topic/one');
  expect(hashOfHead(repository.top)).toBe(head());
  repository.git('checkout', '-q', '--detach', 'HEAD~1');
  expect(hashOfHead(repository.top)).toBe(head());
  repository.git('checkout', '-q', 'topic/one');
  repository.git('pack-refs', '--all');
  expect(hashOfHead(repository.top)).toBeNull();
  const linked = join(temporaryFolder(), 'linked');
  repository.git('worktree', 'add', '-q', '--detach', linked);
  expect(hashOfHead(linked)).toBeNull();
  for (const text of ['ref: refs/heads/../../../a.txt\n', 'ref: refs/heads/none\n', 'ref: HEAD\n', '']) {
    writeFiles(repository.top, { '.git/HEAD': text });
    expect(hashOfHead(repository.top)).toBeNull();
  }
});

test('says that there is no commit yet', async () => {
  const repository = new TemporaryRepository();
  await expect(new GitRepository(repository.top).resolveCommit('HEAD')).rejects.toMatchObject({ code: 'E/NOT_FOUND', hint: expect.stringContaining('no commit') as string });
});

test('says that a clone is shallow', async () => {
  const origin = new TemporaryRepository({ 'a.txt': 'a' });
  origin.commit({ 'a.txt': 'b' });
  const clone = join(temporaryFolder(), 'clone');
  origin.git('clone', '-q', '--depth', '1', `file://${origin.top}`, clone);
  await expect(new GitRepository(clone).resolveCommit('HEAD~1')).rejects.toMatchObject({ code: 'E/NOT_FOUND', hint: expect.stringContaining('shallow') as string });
});

test('lists files with their modes, and submodules apart', async () => {
  const repository = new TemporaryRepository({ 'a b/ü "x".txt': 'a', run: { exec: '#!/bin/sh\n' }, link: { link: 'run' } });
  const inner = repository.git('rev-parse', 'HEAD').trim();
  repository.git('update-index', '--add', '--cacheinfo', `160000,${inner},sub`);
  repository.git('commit', '-q', '-m', 'sub');
  const listing = await new GitRepository(repository.top).listTree('HEAD');
  expect([...listing.files].map(([path, { mode }]) => [path, mode])).toEqual([['a b/ü "x".txt', 'file'], ['link', 'symlink'], ['run', 'exec']]);
  expect(listing.submodules).toEqual(['sub']);
});

test('reads blobs raw, whatever they hold, in any number', async () => {
  const binary = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
  const many = Object.fromEntries(Array.from({ length: 1100 }, (_, index) => [`many/${String(index)}`, `content ${String(index)}`]));
  const repository = new TemporaryRepository({ binary, empty: '', crlf: 'a\r\nb\r\n', '.gitattributes': 'crlf text eol=crlf\n', ...many });
  const git = new GitRepository(repository.top);
  const { files } = await git.listTree('HEAD');
  const oid = (path: string): string => files.get(path)?.oid ?? '';
  const blobs = await git.readBlobs([...files.values()].map((entry) => entry.oid));
  expect(blobs.get(oid('binary'))?.equals(binary)).toBe(true);
  expect(blobs.get(oid('empty'))).toEqual(Buffer.alloc(0));
  expect(blobs.get(oid('crlf'))?.toString()).toBe('a\nb\n');
  expect(blobs.get(oid('many/1099'))?.toString()).toBe('content 1099');
  await expect(git.readBlobs(['0'.repeat(40)])).rejects.toMatchObject({ code: 'E/NOT_FOUND' });
});

test('a partial clone is not completed behind the back of the user', async () => {
  const origin = new TemporaryRepository({ a: '1', b: 'b' });
  origin.commit({ a: '2' });
  origin.git('config', 'uploadpack.allowFilter', 'true');
  const clone = join(temporaryFolder(), 'clone');
  origin.git('clone', '-q', '--filter=blob:none', `file://${origin.top}`, clone);
  const git = new GitRepository(clone);
  const oidOf = async (revision: string): Promise<string> => (await git.listTree(revision)).files.get('a')?.oid ?? '';
  expect((await git.readBlobs([await oidOf('HEAD')])).get(await oidOf('HEAD'))?.toString()).toBe('2');
  const old = await oidOf('HEAD~1');
  await withoutTouchingGit({ top: clone }, () => expect(git.readBlobs([old])).rejects.toMatchObject({ code: 'E/NOT_FOUND', hint: expect.stringContaining('partial clone') as string, details: { missing: [old] } }));
});

test('blobs asked for at the same time are read together, and a missing one fails only who asked for it', async () => {
  const repository = new TemporaryRepository(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${String(index)}`, `content ${String(index)}`])));
  const git = new GitRepository(repository.top);
  const { files } = await git.listTree('HEAD');
  const missing = git.readBlobs(['2'.repeat(40)]);
  const reads = [...files.values()].map(async ({ oid }) => (await git.readBlobs([oid])).get(oid)?.toString());
  await expect(missing).rejects.toMatchObject({ code: 'E/NOT_FOUND' });
  expect(new Set(await Promise.all(reads)).size).toBe(300);
});

test('finds renames, copies and changes of kind between two commits', async () => {
  const repository = new TemporaryRepository({ 'a.txt': lines(40, 'a'), 'b.txt': lines(40, 'b'), 'c.txt': 'c', d: 'd', 'e.txt': 'e' });
  const before = repository.git('rev-parse', 'HEAD').trim();
  const after = repository.commit({ 'a.txt': null, 'moved/a.txt': `${lines(39, 'a')}new\n`, 'b.txt': `${lines(40, 'b')}more\n`, 'b2.txt': lines(40, 'b'), 'c.txt': null, d: { link: 'e.txt' }, 'f.txt': 'f' });
  const git = new GitRepository(repository.top);
  expect(await withoutTouchingGit(repository, () => git.diffTrees(before, after))).toMatchObject([
    { status: 'M', path: 'b.txt' },
    { status: 'C', path: 'b2.txt', oldPath: 'b.txt', similarity: 100 },
    { status: 'D', path: 'c.txt' },
    { status: 'T', path: 'd' },
    { status: 'A', path: 'f.txt' },
    { status: 'R', path: 'moved/a.txt', oldPath: 'a.txt' },
  ]);
});

test('sees staged, unstaged, untracked and hidden changes, and leaves the index as it is', async () => {
  const repository = new TemporaryRepository({ '.gitignore': '*.log\n', staged: '1', unstaged: '1', both: '1', gone: '1', touched: '1', assumed: '1', skipped: '1', sparse: '1', 'folder/file': '1', turned: '1' });
  const git = new GitRepository(repository.top);
  repository.git('update-index', '--assume-unchanged', 'assumed');
  repository.git('update-index', '--skip-worktree', 'skipped', 'sparse');
  repository.write({ staged: '2', both: '2' });
  repository.git('add', 'staged', 'both');
  repository.write({ both: '3', unstaged: '2', gone: null, assumed: '2', skipped: '2', sparse: null, 'new/untracked': 'x', 'a.log': 'ignored', folder: { link: 'new' }, turned: { exec: '1' } });
  utimesSync(join(repository.top, 'touched'), 1, 1);
  const changes = await withoutTouchingGit(repository, () => git.worktreeChanges());
  expect(changes.map(({ status, path, untracked }) => `${status} ${path}${untracked ? ' untracked' : ''}`)).toEqual([
    'M assumed', 'M both', 'A folder untracked', 'D folder/file', 'D gone', 'A new/untracked untracked', 'M skipped', 'M staged', 'M turned', 'M unstaged',
  ]);
});

test('a content that the repository holds already is read and not written again: its object keeps its time', async () => {
  const repository = new TemporaryRepository({ a: 'before', b: '1', c: '1' });
  repository.commit({ a: 'after' });
  repository.write({ b: 'staged once' });
  repository.git('add', 'b');
  repository.git('reset', '-q', '--hard');
  repository.write({ a: 'before', b: 'staged once', c: 'new' });
  const git = new GitRepository(repository.top);
  await withoutTouchingGit(repository, async () => {
    const { files, contents } = await git.worktreeIndex('with-content');
    expect(['a', 'b', 'c'].map((path) => contents.get(files.get(path)?.oid ?? '')?.toString())).toEqual(['before', 'staged once', 'new']);
    expect((await git.diffWorktree('HEAD')).renames.map(({ status, path }) => `${status} ${path}`)).toEqual(['M a', 'M b', 'M c']);
  });
});

test('a line ending that Git converts is no change', async () => {
  const repository = new TemporaryRepository({ '.gitattributes': '*.txt text eol=crlf\n', 'a.txt': 'a\nb\n', 'b.txt': 'a\nb\n' });
  repository.write({ 'a.txt': 'a\r\nb\r\n', 'b.txt': 'a\r\nB\r\n' });
  expect(await new GitRepository(repository.top).worktreeChanges()).toEqual([{ status: 'M', path: 'b.txt', untracked: false }]);
});

test('a linked worktree has changes of its own', async () => {
  const repository = new TemporaryRepository({ a: '1', b: '1' });
  const linked = join(temporaryFolder(), 'linked');
  repository.git('worktree', 'add', '-q', linked);
  writeFiles(linked, { a: '2', c: '3' });
  expect((await new GitRepository(linked).worktreeChanges()).map((change) => change.path)).toEqual(['a', 'c']);
  expect(await new GitRepository(repository.top).worktreeChanges()).toEqual([]);
});

test('nested repositories are not ours, and a conflicted file counts as what is on disk', async () => {
  const repository = new TemporaryRepository({ a: '1' });
  repository.git('checkout', '-q', '-b', 'other');
  repository.commit({ a: '2' });
  repository.git('checkout', '-q', 'main');
  repository.commit({ a: '3' });
  expect(() => repository.git('merge', 'other')).toThrow();
  repository.git('init', '-q', 'nested');
  repository.write({ 'nested/file': 'x' });
  const git = new GitRepository(repository.top);
  expect(await withoutTouchingGit(repository, () => git.worktreeChanges())).toEqual([{ status: 'M', path: 'a', untracked: false }]);
  expect((await git.trackedAndUntracked()).paths).toEqual(['a']);
});

test.each([
  ['a refreshed index', ['status']],
  ['a comparison by content', ['diff', '--raw', 'HEAD']],
  ['an object that is fetched on demand', ['cat-file', '-p', '1'.repeat(40)]],
])('plain Git executes what the repository configures for %s', (_name, args) => {
  const { repository, marker } = hostileRepository();
  try {
    repository.git(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
  }
  expect(existsSync(marker)).toBe(true);
});

test('nothing that a repository configures is executed, and nothing in .git changes', async () => {
  const { repository, marker } = hostileRepository();
  const git = new GitRepository(repository.top);
  await withoutTouchingGit(repository, async () => {
    const head = await git.resolveCommit('HEAD');
    const { files } = await git.listTree(head);
    await git.readBlobs([...files.values()].map((entry) => entry.oid));
    // A blob that a partial clone would fetch on demand.
    await expect(git.readBlobs(['1'.repeat(40)])).rejects.toMatchObject({ code: 'E/NOT_FOUND' });
    expect((await git.diffTrees('HEAD~1', 'HEAD')).map((entry) => entry.path)).toEqual(['b.txt']);
    expect((await git.worktreeChanges()).map((change) => change.path)).toEqual(['a.txt', 'c.eq', 'new.txt']);
    await git.worktreeIndex('with-content');
    await git.trackedAndUntracked();
    await git.ignoredPaths();
    await git.untrackedAndSubmodules();
    await expect(git.resolveCommit('nope')).rejects.toMatchObject({ code: 'E/NOT_FOUND' });
  });
  expect(existsSync(marker)).toBe(false);
});
