import { chmodSync, existsSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOfTree } from '../../src/workspace/file-tree.js';
import { GitRepository } from '../../src/workspace/git.js';
import { snapshotChanges, takeSnapshot } from '../../src/workspace/snapshot.js';
import { treeOfCommit, treeOfWorktree } from '../../src/workspace/tree.js';
import { findWorkspace } from '../../src/workspace/workspace-root.js';
import { randomEdit, seededRandom } from './random-edits.js';
import { temporaryFolder, TemporaryRepository, withoutTouchingGit, writeFiles } from './temporary-repository.js';

test('a snapshot holds the tracked and unignored files, and follows what changes', async () => {
  const repository = new TemporaryRepository({ '.gitignore': '*.log\n', 'a.txt': 'a', 'b/c.txt': 'c', run: { exec: 'x' }, link: { link: 'a.txt' } });
  repository.write({ 'untracked.txt': 'u', 'x.log': 'ignored' });
  const workspace = await findWorkspace(repository.top);
  const before = await withoutTouchingGit(repository, () => takeSnapshot(workspace));
  expect([...before.files].map(([path, file]) => [path, file.mode])).toEqual([['.gitignore', 'file'], ['a.txt', 'file'], ['b/c.txt', 'file'], ['link', 'symlink'], ['run', 'exec'], ['untracked.txt', 'file']]);
  repository.write({ 'a.txt': 'A', 'b/c.txt': null, 'new.txt': 'n', link: { link: 'run' } });
  chmodSync(join(repository.top, 'run'), 0o644);
  const after = await takeSnapshot(workspace, before);
  expect(snapshotChanges(before, after)).toEqual({ created: ['new.txt'], changed: ['a.txt', 'link', 'run'], deleted: ['b/c.txt'], links: true });
  expect(after.digest).not.toBe(before.digest);
  expect((await takeSnapshot(workspace)).digest).toBe(after.digest);
});

test('a clean work tree, its commit and its clone have one digest', async () => {
  const repository = new TemporaryRepository({ 'a.txt': 'a', 'b/c.txt': 'c', run: { exec: 'x' }, link: { link: 'a.txt' } });
  const clone = join(temporaryFolder(), 'clone');
  repository.git('clone', '-q', repository.top, clone);
  const { digest } = await takeSnapshot(await findWorkspace(repository.top));
  expect((await takeSnapshot(await findWorkspace(clone))).digest).toBe(digest);
  expect(await digestOfTree(await treeOfCommit(new GitRepository(clone), 'HEAD'))).toBe(digest);
  expect(await digestOfTree(await treeOfWorktree(await findWorkspace(clone)))).toBe(digest);
});

test('paths are those from the workspace, and files outside it do not count', async () => {
  const repository = new TemporaryRepository({ 'sub/dir/a': 'a', 'sub/b': 'b' });
  const workspace = await findWorkspace(join(repository.top, 'sub/dir'));
  const before = await takeSnapshot(workspace);
  expect([...before.files.keys()]).toEqual(['a']);
  repository.write({ 'sub/b': 'B' });
  expect((await takeSnapshot(workspace, before)).digest).toBe(before.digest);
  expect(await digestOfTree(await treeOfCommit(new GitRepository(repository.top), 'HEAD'), 'sub/dir/')).toBe(before.digest);
});

test('only files that look changed are read again', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { a: 'a', b: 'b' });
  await setTimeout(150);
  const workspace = await findWorkspace(folder);
  const first = await takeSnapshot(workspace);
  const second = await takeSnapshot(workspace, first);
  expect(second.files.get('a')).toBe(first.files.get('a'));
  writeFiles(folder, { b: 'B' });
  const third = await takeSnapshot(workspace, second);
  expect(third.files.get('a')).toBe(first.files.get('a'));
  expect(snapshotChanges(second, third).changed).toEqual(['b']);
});

test('a second write behind the same size and times is seen', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'a');
  const workspace = await findWorkspace(folder);
  for (let round = 0; round < 20; round += 1) {
    writeFileSync(path, 'a');
    const before = await takeSnapshot(workspace);
    writeFileSync(path, 'b');
    expect(snapshotChanges(before, await takeSnapshot(workspace, before)).changed).toEqual(['a']);
  }
  await setTimeout(150);
  const settled = await takeSnapshot(workspace);
  const { atime, mtime } = statSync(path);
  writeFileSync(`${path}2`, 'c');
  renameSync(`${path}2`, path);
  utimesSync(path, atime, mtime);
  expect(snapshotChanges(settled, await takeSnapshot(workspace, settled)).changed).toEqual(['a']);
});

test('nothing is read through a folder that became a symlink', async () => {
  const outside = temporaryFolder();
  writeFiles(outside, { secret: 'secret' });
  const repository = new TemporaryRepository({ 'dir/secret': 'mine' });
  repository.write({ dir: { link: outside } });
  const workspace = await findWorkspace(repository.top);
  expect([...(await takeSnapshot(workspace)).files.keys()]).toEqual(['dir']);
  expect([...(await treeOfWorktree(workspace)).keys()]).toEqual(['dir']);
});

test.skipIf(process.getuid?.() === 0)('a file that cannot be read is named', async () => {
  const repository = new TemporaryRepository({ 'dir/a.txt': 'a' });
  repository.write({ 'dir/a.txt': 'b' });
  chmodSync(join(repository.top, 'dir/a.txt'), 0);
  const workspace = await findWorkspace(repository.top);
  await expect(takeSnapshot(workspace)).rejects.toMatchObject({ code: 'E/FS_PERMISSIONS', details: { path: 'dir/a.txt' } });
  await expect(treeOfWorktree(workspace)).rejects.toMatchObject({ code: 'E/FS_PERMISSIONS', details: { path: 'dir/a.txt' } });
});

test('without Git, dependency folders and caches are left out', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { 'a.py': 'a', 'node_modules/x/index.js': 'x', 'sub/node_modules/y.js': 'y', '.venv/pyvenv.cfg': '', 'myenv/pyvenv.cfg': '', 'pkg/__pycache__/a.pyc': '', 'pkg/b.py': 'b', '.mypy_cache/x': '', '.hidden': 'h', '.github/w.yml': 'w' });
  expect([...(await takeSnapshot(await findWorkspace(folder))).files.keys()]).toEqual(['.github/w.yml', '.hidden', 'a.py', 'pkg/b.py']);
});

test('our own state inside the workspace does not count', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { a: 'a', 'state/assay/w/shadows/x': 'x' });
  const plain = { ...(await findWorkspace(folder)), stateDir: join(folder, 'state/assay/w') };
  expect([...(await takeSnapshot(plain)).files.keys()]).toEqual(['a']);
  const repository = new TemporaryRepository({ a: 'a' });
  repository.write({ 'state/assay/w/shadows/x': 'x' });
  const inGit = { ...(await findWorkspace(repository.top)), stateDir: join(repository.top, 'state/assay/w') };
  expect([...(await takeSnapshot(inGit)).files.keys()]).toEqual(['a']);
  expect([...(await treeOfWorktree(inGit)).keys()]).toEqual(['a']);
});

const files = fc.dictionary(fc.constantFrom('a', 'b', 'c/d', 'c/e'), fc.constantFrom('', 'x', 'y', 'b\0file'), { maxKeys: 4 });

test('digests are equal exactly when the files are', async () => {
  await fc.assert(
    fc.asyncProperty(files, files, async (one, other) => {
      const [first, second] = [temporaryFolder(), temporaryFolder()];
      writeFiles(first, one);
      writeFiles(second, other);
      const sorted = (spec: Record<string, string>): string => JSON.stringify(Object.entries(spec).sort());
      const digests = [await takeSnapshot(await findWorkspace(first)), await takeSnapshot(await findWorkspace(second))].map((snapshot) => snapshot.digest);
      expect(digests[0] === digests[1]).toBe(sorted(one) === sorted(other));
    }),
    { numRuns: 60 },
  );
});

test('an untouched workspace gives the very snapshot that is known, and touching it another', async () => {
  const repository = new TemporaryRepository({ '.gitignore': 'ignored/\n', 'a.py': 'a', 'src/b.py': 'b' });
  const workspace = await findWorkspace(repository.top);
  await setTimeout(150);
  const before = await takeSnapshot(workspace);
  expect(await takeSnapshot(workspace, before)).toBe(before);
  repository.write({ 'ignored/x.py': 'x' });
  expect((await takeSnapshot(workspace, before)).digest).toBe(before.digest);
  repository.write({ 'src/c.py': 'c' });
  expect([...(await takeSnapshot(workspace, before)).files.keys()]).toContain('src/c.py');
});

test.each([
  ['in a repository', 1, true],
  ['in a repository', 2, true],
  ['without Git', 3, false],
])('what is known never hides a change, whatever happens between two looks: %s, seed %i', async (_name, seed, hasGit) => {
  const repository = new TemporaryRepository({ '.gitignore': 'build/\n', 'a.py': 'a = 1\n', 'src/c.py': 'c = 1\n', 'src/deep/d.py': 'd = 1\n', 'build/g.py': 'g = 1\n', 'lib/f.py': 'f = 1\n' });
  if (!hasGit) repository.write({ '.git': null });
  const workspace = await findWorkspace(repository.top);
  const random = seededRandom(seed);
  const done: string[] = [];
  let known = await takeSnapshot(workspace);
  for (let round = 0; round < 40; round += 1) {
    for (let edits = Math.floor(random() * 3); edits > 0; edits -= 1) done.push(randomEdit(random, repository.top, (...args) => repository.git(...args)));
    known = await takeSnapshot(workspace, known);
    const fresh = await takeSnapshot(workspace);
    expect({ after: done.slice(-5), files: [...known.files.keys()], digest: known.digest }).toEqual({ after: done.slice(-5), files: [...fresh.files.keys()], digest: fresh.digest });
    if (random() < 0.2) await setTimeout(120);
  }
});

/** A `git` whose update-index says `line` and fails as often as the file `left` in its folder says, and is the real one otherwise. */
const HASTY_GIT = (real: string, line: string): string => `#!/bin/sh
left=$(cat "$0.left")
case " $* " in *" update-index "*--add*) if [ "$left" -gt 0 ]; then echo $((left - 1)) > "$0.left"; echo '${line}' >&2; exit 128; fi;; esac
exec '${real}' "$@"
`;

test.each(['error: short read while indexing a.txt', 'error: open("a.txt"): No such file or directory'])('a file that is written while Git reads it is read again, and named when that does not end (%s)', async (line) => {
  const repository = new TemporaryRepository({ 'a.txt': 'a' });
  repository.write({ 'a.txt': 'A' });
  const digest = async (): Promise<string> => digestOfTree(await treeOfWorktree(await findWorkspace(repository.top)));
  const before = await digest();
  const folder = temporaryFolder();
  const path = process.env['PATH'] ?? '';
  const real = path.split(':').map((part) => join(part, 'git')).find((candidate) => existsSync(candidate)) ?? '';
  writeFileSync(join(folder, 'git'), HASTY_GIT(real, line), { mode: 0o755 });
  const failing = async (times: number): Promise<string> => {
    writeFileSync(join(folder, 'git.left'), String(times));
    return digest();
  };
  process.env['PATH'] = `${folder}:${path}`;
  try {
    expect(await failing(2)).toBe(before);
    await expect(failing(100)).rejects.toMatchObject({ code: 'E/CONTENT_MODIFIED', retryable: true, details: { path: 'a.txt' } });
  } finally {
    process.env['PATH'] = path;
  }
});
