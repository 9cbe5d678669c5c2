import { expect, test } from 'vitest';
import { bytesContent, type FileMode, type FileTree } from '../../src/workspace/file-tree.js';
import { GitRepository } from '../../src/workspace/git.js';
import { changesBetween } from '../../src/workspace/tree-changes.js';
import { treeOfCommit, treeOfWorktree, withContents } from '../../src/workspace/tree.js';
import { findWorkspace } from '../../src/workspace/workspace-root.js';
import { TemporaryRepository } from './temporary-repository.js';

const lines = (count: number, word = 'line'): string => Array.from({ length: count }, (_, index) => `${word} ${String(index)}\n`).join('');

function treeOf(files: Readonly<Record<string, string | readonly [FileMode, string]>>): FileTree {
  return new Map(Object.entries(files).map(([path, spec]) => {
    const [mode, text] = typeof spec === 'string' ? (['file', spec] as const) : spec;
    return [path, { mode, content: bytesContent(Buffer.from(text)) }];
  }));
}

test.each([
  ['nothing', { a: 'a' }, { a: 'a' }, {}],
  ['a creation, a change, a deletion', { a: '1', b: '1' }, { a: '2', c: '3' }, { created: ['c'], changed: ['a'], deleted: ['b'] }],
  ['a mode', { a: 'a' }, { a: ['exec', 'a'] }, { changed: ['a'] }],
  ['a move', { 'x/a': lines(9) }, { 'y/a': lines(9) }, { renamed: [{ from: 'x/a', to: 'y/a', similarity: 100 }] }],
  ['a move with changes', { a: lines(10) }, { b: lines(9) }, { renamed: [{ from: 'a', to: 'b', similarity: 90 }] }],
  ['too little in common', { a: lines(10) }, { b: lines(4) + lines(9, 'other') }, { created: ['b'], deleted: ['a'] }],
  ['equal files that moved: names first', { 'x/a': 'same', 'x/b': 'same' }, { 'y/b': 'same', 'y/c': 'same' }, { renamed: [{ from: 'x/b', to: 'y/b', similarity: 100 }, { from: 'x/a', to: 'y/c', similarity: 100 }] }],
  ['the closest of several', { a: lines(20) }, { b: lines(12), c: lines(19) }, { created: ['b'], renamed: [{ from: 'a', to: 'c', similarity: 94 }] }],
  ['empty files and symlinks are not paired', { a: '', l: ['symlink', 'target'] }, { b: '', m: ['symlink', 'target'] }, { created: ['b', 'm'], deleted: ['a', 'l'] }],
  ['binary files are paired when they are equal', { a: 'x\0y', c: 'x\0y\nz\nz\n' }, { b: 'x\0y', d: 'x\0y\nz\nz\nz\n' }, { created: ['d'], deleted: ['c'], renamed: [{ from: 'a', to: 'b', similarity: 100 }] }],
] as const)('%s', async (_name, before, after, expected) => {
  expect(await changesBetween(treeOf(before), treeOf(after))).toEqual({ created: [], changed: [], deleted: [], renamed: [], ...expected });
});

test('a step is the same whether it was committed or not', async () => {
  const repository = new TemporaryRepository({ '.gitattributes': '*.crlf text eol=crlf\n', 'a.txt': lines(20), 'b.txt': 'b\n', 'c.crlf': 'c\nd\n', 'same.crlf': 'c\n' });
  repository.git('checkout', '-q', '-f', 'HEAD');
  const git = new GitRepository(repository.top);
  const base = repository.git('rev-parse', 'HEAD').trim();
  repository.write({ 'a.txt': null, 'moved.txt': lines(19), 'b.txt': 'B\n', 'c.crlf': 'c\r\nD\r\n', 'new.txt': 'n\n', 'same.crlf': 'c\r\n' });
  repository.git('add', 'b.txt');
  const uncommitted = await changesBetween(await treeOfCommit(git, base), await treeOfWorktree(await findWorkspace(repository.top)));
  repository.commit();
  expect(uncommitted).toEqual(await changesBetween(await treeOfCommit(git, base), await treeOfCommit(git, 'HEAD')));
  expect(uncommitted).toMatchObject({ created: ['new.txt'], changed: ['b.txt', 'c.crlf'], renamed: [{ from: 'a.txt', to: 'moved.txt' }] });
});

test('given contents change a tree, and equal ones do not', async () => {
  const repository = new TemporaryRepository({ a: 'a', b: { exec: 'b' } });
  const tree = await treeOfCommit(new GitRepository(repository.top), 'HEAD');
  const overlay = withContents(tree, new Map([['a', Buffer.from('a')], ['b', Buffer.from('B')], ['c', Buffer.from('c')]]));
  expect(await changesBetween(tree, overlay)).toMatchObject({ created: ['c'], changed: ['b'], deleted: [] });
  expect(overlay.get('b')?.mode).toBe('exec');
});
