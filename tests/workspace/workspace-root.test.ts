import { chmodSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureStateDir, stateDirFor } from '../../src/workspace/state-dir.js';
import { findWorkspace, pathFromTop, workspacePath } from '../../src/workspace/workspace-root.js';
import { temporaryFolder, TemporaryRepository } from './temporary-repository.js';

test('the workspace is the Git root around the current folder, or the folder that is named', async () => {
  const repository = new TemporaryRepository({ 'sub/dir/a.ts': '' });
  const { top } = repository;
  expect(await findWorkspace(undefined, join(top, 'sub/dir'))).toMatchObject({ root: top, git: { top, prefix: '' }, gitAbsence: null });
  expect(await findWorkspace('sub', top)).toMatchObject({ root: join(top, 'sub'), git: { top, prefix: 'sub/' } });
  expect(await findWorkspace(join(top, 'sub/dir/'))).toMatchObject({ root: join(top, 'sub/dir'), git: { top, prefix: 'sub/dir/' } });
});

test('without Git the workspace is the folder', async () => {
  const folder = temporaryFolder();
  symlinkSync(folder, join(folder, 'link'));
  expect(await findWorkspace(undefined, join(folder, 'link'))).toMatchObject({ root: folder, git: null, gitAbsence: expect.stringContaining('not in a Git') as string });
});

test('a linked worktree and a submodule are tops of their own', async () => {
  const repository = new TemporaryRepository({ 'sub/a': '' });
  const linked = join(temporaryFolder(), 'linked');
  repository.git('worktree', 'add', '-q', linked);
  expect(await findWorkspace(join(linked, 'sub'))).toMatchObject({ git: { top: linked, prefix: 'sub/' } });
  const other = new TemporaryRepository({ b: '' });
  repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.top, 'module');
  expect(await findWorkspace(join(repository.top, 'module'))).toMatchObject({ git: { top: join(repository.top, 'module'), prefix: '' } });
});

test.each(['the parent', 'a stranger'])('a repository that declares %s as its work tree is not used', async (which) => {
  const repository = new TemporaryRepository({ 'sub/a': '' });
  repository.git('config', 'core.worktree', which === 'the parent' ? join(repository.top, '..') : temporaryFolder());
  expect(await findWorkspace(join(repository.top, 'sub'))).toMatchObject({ root: join(repository.top, 'sub'), git: null });
});

test('the inside of .git and a bare repository are plain folders', async () => {
  const repository = new TemporaryRepository({ a: '' });
  expect(await findWorkspace(join(repository.top, '.git'))).toMatchObject({ git: null });
  repository.git('clone', '-q', '--bare', '.', 'bare.git');
  expect(await findWorkspace(join(repository.top, 'bare.git'))).toMatchObject({ git: null });
});

test('a workspace that is no folder is not found', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  await expect(findWorkspace('nope', folder)).rejects.toMatchObject({ code: 'E/NOT_FOUND' });
  await expect(findWorkspace('file', folder)).rejects.toMatchObject({ code: 'E/NOT_FOUND' });
});

test.each([
  ['packages/a/', 'packages/a/src/x.ts', 'src/x.ts'],
  ['packages/a/', 'tsconfig.json', '../../tsconfig.json'],
  ['packages/a/', 'packages/ab/x.ts', '../ab/x.ts'],
  ['', 'src/x.ts', 'src/x.ts'],
])('from %j, %s of the top is %s', (prefix, fromTop, expected) => {
  const workspace = { root: '/w', git: { top: '/', prefix }, gitAbsence: null, stateDir: '' };
  expect(workspacePath(workspace, fromTop)).toBe(expected);
  if (!expected.startsWith('..')) expect(pathFromTop(workspace, expected)).toBe(fromTop);
});

test('the state directory follows XDG_STATE_HOME and depends on the path alone', () => {
  expect(stateDirFor('/w', { XDG_STATE_HOME: '/state' })).toMatch(/^\/state\/assay\/[0-9a-f]{32}$/);
  for (const unset of ['', 'relative']) expect(stateDirFor('/w', { XDG_STATE_HOME: unset, HOME: '/home/u' })).toMatch(/^\/home\/u\/\.local\/state\/assay\//);
  expect(stateDirFor('/w', { HOME: '/h' })).not.toBe(stateDirFor('/v', { HOME: '/h' }));
});

test('the state directory is private, and a foreign or redirected one is refused', async () => {
  const home = temporaryFolder();
  const stateDir = stateDirFor('/w', { XDG_STATE_HOME: home });
  await ensureStateDir(stateDir);
  await ensureStateDir(stateDir);
  expect(lstatSync(stateDir).mode & 0o777).toBe(0o700);
  chmodSync(stateDir, 0o777);
  await expect(ensureStateDir(stateDir)).rejects.toMatchObject({ code: 'E/FS_PERMISSIONS' });
  const elsewhere = temporaryFolder();
  mkdirSync(join(elsewhere, 'assay'));
  symlinkSync(elsewhere, join(elsewhere, 'assay', 'link'));
  await expect(ensureStateDir(join(elsewhere, 'assay', 'link'))).rejects.toMatchObject({ code: 'E/FS_PERMISSIONS' });
  writeFileSync(join(elsewhere, 'file'), '');
  await expect(ensureStateDir(join(elsewhere, 'file', 'x'))).rejects.toMatchObject({ code: 'E/FS_PERMISSIONS' });
});
