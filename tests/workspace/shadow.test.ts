import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesContent, type FileMode, type FileTree } from '../../src/workspace/file-tree.js';
import { GitRepository } from '../../src/workspace/git.js';
import { Shadow, sweepStaleShadows } from '../../src/workspace/shadow.js';
import { treeOfCommit, treeOfWorktree, withContents } from '../../src/workspace/tree.js';
import { findWorkspace } from '../../src/workspace/workspace-root.js';
import { fingerprint, temporaryFolder, TemporaryRepository, withoutTouchingGit, writeFiles } from './temporary-repository.js';

function treeOf(files: Readonly<Record<string, readonly [FileMode, string]>>): FileTree {
  return new Map(Object.entries(files).map(([path, [mode, text]]) => [path, { mode, content: bytesContent(Buffer.from(text)) }]));
}

async function withShadow(folder: string, use: (shadow: Shadow) => Promise<void>): Promise<void> {
  const shadow = await Shadow.create(await findWorkspace(folder));
  try {
    await use(shadow);
  } finally {
    await shadow.dispose();
  }
  expect(existsSync(shadow.top)).toBe(false);
}

test('moves between commits write what a checkout writes, and say what changed', async () => {
  const repository = new TemporaryRepository({ 'a.txt': '1', 'dir/b.txt': '1', 'dir/deep/c.txt': '1', run: '#!/bin/sh\n', link: { link: 'a.txt' } });
  const first = repository.git('rev-parse', 'HEAD').trim();
  const second = repository.commit({ 'a.txt': '2', 'dir/deep/c.txt': null, run: { exec: '#!/bin/sh\n' }, link: { link: 'dir' }, 'new/d.txt': '1' });
  const git = new GitRepository(repository.top);
  await withShadow(repository.top, async (shadow) => {
    await shadow.moveTo(await treeOfCommit(git, first));
    const changes = await withoutTouchingGit(repository, async () => shadow.moveTo(await treeOfCommit(git, second)));
    expect(changes).toEqual([
      { path: 'a.txt', kind: 'changed' },
      { path: 'dir/deep/c.txt', kind: 'deleted' },
      { path: 'link', kind: 'changed' },
      { path: 'new/d.txt', kind: 'created' },
      { path: 'run', kind: 'changed' },
    ]);
    expect(fingerprint(shadow.root)).toEqual(fingerprint(repository.top, { skip: ['.git'] }));
    expect(existsSync(join(shadow.root, 'dir/deep'))).toBe(false);
    expect(await shadow.moveTo(await treeOfCommit(git, 'HEAD'))).toEqual([]);
    expect(await shadow.moveTo(await treeOfWorktree(await findWorkspace(repository.top)))).toEqual([]);
    expect(await shadow.moveTo(withContents(await treeOfCommit(git, 'HEAD'), new Map([['a.txt', Buffer.from('3')], ['run', null]])))).toEqual([
      { path: 'a.txt', kind: 'changed' },
      { path: 'run', kind: 'deleted' },
    ]);
  });
});

const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const file = fc.tuple(fc.constantFrom<FileMode>('file', 'exec', 'symlink'), fc.constantFrom('a', 'b/c', 'xyz', '../a'));

/** A tree in which no file is also a folder. */
const tree = fc.dictionary(path, file, { maxKeys: 8 }).map((files) => {
  const paths = Object.keys(files);
  return Object.fromEntries(Object.entries(files).filter(([candidate]) => !paths.some((other) => other.startsWith(`${candidate}/`))));
});

test('from any tree to any tree, exactly the new one is on disk', async () => {
  const folder = temporaryFolder();
  await withShadow(folder, async (shadow) => {
    await fc.assert(
      fc.asyncProperty(tree, tree, async (before, after) => {
        await shadow.moveTo(treeOf(before));
        const changes = await shadow.moveTo(treeOf(after));
        const expected = Object.entries(after).map(([file, [mode, text]]) => {
          const climbs = text === '../a' && !file.includes('/');
          return [file, mode === 'symlink' ? `symlink ${climbs ? '.git/outside-of-the-tree' : text}` : mode] as const;
        });
        const found = Object.entries(fingerprint(shadow.root)).map(([file, print]) => [file, print.startsWith('symlink') ? print : print.split(' ')[0]] as const);
        expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
        for (const [file, [mode, text]] of Object.entries(after)) if (mode !== 'symlink') expect(readFileSync(join(shadow.root, file), 'utf8')).toBe(text);
        const differing = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((file) => JSON.stringify(before[file]) !== JSON.stringify(after[file]));
        expect(changes.map((change) => change.path)).toEqual(differing.sort());
        expect(emptyFolders(shadow.root)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

function emptyFolders(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const below = entries.filter((entry) => entry.isDirectory()).flatMap((entry) => emptyFolders(join(folder, entry.name)).concat(readdirSync(join(folder, entry.name)).length === 0 ? [entry.name] : []));
  return below;
}

test.each([['/etc/passwd'], ['../../x'], ['dir/../../../x'], ['dir/..'], ['.git/config'], ['C:\\x'], ['']])('a symlink to %j is written broken', async (target) => {
  await withShadow(temporaryFolder(), async (shadow) => {
    await shadow.moveTo(treeOf({ 'dir/link': ['symlink', target], 'dir/ok': ['symlink', '../dir/./file'], 'dir/file': ['file', 'x'] }));
    expect(readlinkSync(join(shadow.root, 'dir/link'))).toBe('.git/outside-of-the-tree');
    expect(existsSync(join(shadow.root, 'dir/link'))).toBe(false);
    expect(readFileSync(join(shadow.root, 'dir/ok'), 'utf8')).toBe('x');
  });
});

test.each(['../x', '/x', 'a/../../x', '.git/hooks/x', 'a//b', 'sub/.GIT/config', ''])('the path %j is refused and nothing is written', async (path) => {
  await withShadow(temporaryFolder(), async (shadow) => {
    await expect(shadow.moveTo(treeOf({ ok: ['file', 'x'], [path]: ['file', 'x'] }))).rejects.toMatchObject({ code: 'E/FS_PERMISSIONS' });
    expect(fingerprint(shadow.top)).toEqual({});
  });
});

test('a move that failed is made good by the next one', async () => {
  await withShadow(temporaryFolder(), async (shadow) => {
    const failing: FileTree = new Map([...treeOf({ a: ['file', '1'], b: ['file', '1'] }), ['c', { mode: 'file', content: { ...bytesContent(Buffer.from('')), read: () => Promise.reject(new Error('gone')) } }]]);
    await expect(shadow.moveTo(failing)).rejects.toThrow('gone');
    await shadow.moveTo(treeOf({ b: ['exec', '2'] }));
    expect(Object.keys(fingerprint(shadow.root))).toEqual(['b']);
  });
});

test('what a server leaves behind neither stops a move nor is followed', async () => {
  const outside = temporaryFolder();
  writeFiles(outside, { 'precious/b': 'precious' });
  await withShadow(temporaryFolder(), async (shadow) => {
    await shadow.moveTo(treeOf({ 'a/b': ['file', '1'], 'c/d': ['file', '1'] }));
    writeFiles(shadow.root, { 'c/cache/x': 'left behind', a: { link: join(outside, 'precious') } });
    await shadow.moveTo(treeOf({ c: ['file', '2'], 'a/b2': ['file', '2'] }));
    expect(Object.keys(fingerprint(shadow.root))).toEqual(['a/b2', 'c']);
    expect(readFileSync(join(outside, 'precious/b'), 'utf8')).toBe('precious');
  });
});

/** npm workspaces, pnpm's store, a scope, a virtual environment, and a build output that a link leads to. */
function workspaceWithDependencies(): TemporaryRepository {
  const repository = new TemporaryRepository({
    '.gitignore': 'node_modules/\n.venv/\ndist/\n',
    'package.json': '{}',
    'packages/a/index.js': 'a',
    'packages/b/index.js': 'b',
    'packages/a/node_modules/lib/patched.js': 'tracked',
  });
  repository.git('add', '-f', 'packages/a/node_modules/lib/patched.js');
  repository.commit();
  repository.write({
    'node_modules/left-pad/index.js': 'left-pad',
    'node_modules/.bin/tool': { exec: 'tool' },
    'node_modules/@scope/c/index.js': 'c',
    'node_modules/@scope/a': { link: '../../packages/a' },
    'node_modules/b': { link: '../packages/b' },
    'node_modules/root': { link: '..' },
    'node_modules/built': { link: '../packages/b/dist' },
    'node_modules/.pnpm/d@1/node_modules/d/index.js': 'd',
    'node_modules/d': { link: '.pnpm/d@1/node_modules/d' },
    'node_modules/broken': { link: 'nowhere' },
    'packages/b/dist/index.js': 'built',
    'packages/a/node_modules/lib/index.js': 'lib',
    'packages/a/node_modules/lib/sub/x.js': 'x',
    '.venv/pyvenv.cfg': '',
    '.venv/lib/site-packages/mod.py': 'mod',
  });
  return repository;
}

test('dependencies are visible, and workspace packages are those of the shadow', async () => {
  const repository = workspaceWithDependencies();
  const before = fingerprint(repository.top, { times: true });
  await withShadow(repository.top, async (shadow) => {
    const tree = await treeOfCommit(new GitRepository(repository.top), 'HEAD');
    await shadow.moveTo(tree);
    await shadow.linkDependencies();
    const at = (path: string): string => realpathSync(join(shadow.root, path));
    expect(at('node_modules/left-pad')).toBe(join(repository.top, 'node_modules/left-pad'));
    expect(at('node_modules/.bin/tool')).toBe(join(repository.top, 'node_modules/.bin/tool'));
    expect(at('node_modules/@scope/c')).toBe(join(repository.top, 'node_modules/@scope/c'));
    expect(at('node_modules/d')).toBe(join(repository.top, 'node_modules/.pnpm/d@1/node_modules/d'));
    expect(at('node_modules/built')).toBe(join(repository.top, 'packages/b/dist'));
    expect(at('.venv')).toBe(join(repository.top, '.venv'));
    expect(at('node_modules/@scope/a')).toBe(join(shadow.root, 'packages/a'));
    expect(at('node_modules/b')).toBe(join(shadow.root, 'packages/b'));
    expect(at('node_modules/root')).toBe(shadow.root);
    expect(at('packages/a/node_modules/lib/patched.js')).toBe(join(shadow.root, 'packages/a/node_modules/lib/patched.js'));
    expect(at('packages/a/node_modules/lib/sub')).toBe(join(repository.top, 'packages/a/node_modules/lib/sub'));
    const patched = treeOf({ 'node_modules/left-pad/evil.js': ['file', 'evil'], '.venv/lib/site-packages/mod.py': ['file', 'evil'], 'node_modules/@scope/c': ['file', 'evil'], 'node_modules/d/deep/er.js': ['file', 'x'], 'packages/b': ['symlink', '../node_modules/left-pad'] });
    await shadow.moveTo(patched);
    for (const path of patched.keys()) expect(existsSync(join(shadow.root, path))).toBe(true);
    expect(readFileSync(join(shadow.root, 'node_modules/left-pad/index.js'), 'utf8')).toBe('left-pad');
    await shadow.moveTo(tree);
    expect(readFileSync(join(shadow.root, '.venv/lib/site-packages/mod.py'), 'utf8')).toBe('mod');
    expect(readFileSync(join(shadow.root, 'node_modules/@scope/c/index.js'), 'utf8')).toBe('c');
    expect(existsSync(join(shadow.root, 'node_modules/left-pad/evil.js'))).toBe(false);
    expect(at('node_modules/b')).toBe(join(shadow.root, 'packages/b'));
    await shadow.linkDependencies();
    expect(at('node_modules/left-pad')).toBe(join(repository.top, 'node_modules/left-pad'));
  });
  expect(fingerprint(repository.top, { times: true })).toEqual(before);
});

test.each(['node_modules\n', 'node_modules/\n'])('a node_modules that is itself a link is a dependency, ignored by %j', async (ignore) => {
  const elsewhere = temporaryFolder();
  writeFiles(elsewhere, { 'lib/index.js': 'lib' });
  const repository = new TemporaryRepository({ '.gitignore': ignore, 'a.js': '' });
  repository.write({ node_modules: { link: elsewhere }, 'sub/.venv': { link: elsewhere } });
  await withShadow(repository.top, async (shadow) => {
    await shadow.moveTo(await treeOfWorktree(await findWorkspace(repository.top)));
    await shadow.linkDependencies();
    expect(realpathSync(join(shadow.root, 'node_modules/lib'))).toBe(join(elsewhere, 'lib'));
    expect(realpathSync(join(shadow.root, 'sub/.venv'))).toBe(elsewhere);
  });
});

test('a submodule is visible when it is checked out', async () => {
  const other = new TemporaryRepository({ 'b.py': 'b' });
  const repository = new TemporaryRepository({ 'a.py': '' });
  repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.top, 'libs/module');
  repository.commit();
  await withShadow(repository.top, async (shadow) => {
    await shadow.moveTo(await treeOfWorktree(await findWorkspace(repository.top)));
    await shadow.linkDependencies();
    expect(readFileSync(join(shadow.root, 'libs/module/b.py'), 'utf8')).toBe('b');
  });
});

test('links follow an installation that changed', async () => {
  const repository = new TemporaryRepository({ '.gitignore': 'node_modules\n', 'a.js': '' });
  repository.write({ 'node_modules/old/index.js': '', 'node_modules/kept/index.js': '' });
  await withShadow(repository.top, async (shadow) => {
    await shadow.linkDependencies();
    repository.write({ 'node_modules/old': null, 'node_modules/new/index.js': '' });
    await shadow.linkDependencies();
    expect(readdirSync(join(shadow.root, 'node_modules'))).toEqual(['kept', 'new']);
  });
});

test('a workspace inside a repository sees the files above it', async () => {
  const repository = new TemporaryRepository({ 'tsconfig.base.json': '{}', 'packages/a/tsconfig.json': '{"extends":"../../tsconfig.base.json"}' });
  const tree = await treeOfCommit(new GitRepository(repository.top), 'HEAD');
  await withShadow(join(repository.top, 'packages/a'), async (shadow) => {
    expect(await shadow.moveTo(tree)).toEqual([{ path: '../../tsconfig.base.json', kind: 'created' }, { path: 'tsconfig.json', kind: 'created' }]);
    expect(readFileSync(join(shadow.root, '../../tsconfig.base.json'), 'utf8')).toBe('{}');
    await shadow.moveTo(new Map());
    expect(existsSync(shadow.root)).toBe(true);
  });
});

test('without Git a folder and its environments are shown too', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, { 'a.py': 'a', 'env/pyvenv.cfg': '', 'env/lib/x.py': 'x', '__pycache__/a.pyc': 'x' });
  await withShadow(folder, async (shadow) => {
    await shadow.moveTo(await treeOfWorktree(await findWorkspace(folder)));
    await shadow.linkDependencies();
    expect(readdirSync(shadow.root)).toEqual(['a.py', 'env']);
    expect(realpathSync(join(shadow.root, 'env'))).toBe(join(folder, 'env'));
  });
});

test('sweeping removes the shadows of dead processes only', async () => {
  const workspace = await findWorkspace(temporaryFolder());
  const mine = await Shadow.create(workspace);
  const shadows = join(workspace.stateDir, 'shadows');
  const owner = JSON.parse(readFileSync(join(dirname(mine.top), 'owner.json'), 'utf8')) as { pid: number; startTicks: string; host: string };
  const plant = (folder: string, content: unknown): void => {
    mkdirSync(join(shadows, folder, 'tree'), { recursive: true });
    if (content !== undefined) writeFileSync(join(shadows, folder, 'owner.json'), JSON.stringify(content));
  };
  plant('4194305-aa', { ...owner, pid: 4194305 });
  plant('4194305-bb', undefined);
  plant(`${String(process.pid)}-cc`, { ...owner, startTicks: '1' });
  plant('4194305-dd', { ...owner, pid: 4194305, host: 'another machine' });
  plant(`${String(process.pid)}-ee`, undefined);
  plant('unrelated', undefined);
  expect(await sweepStaleShadows(workspace.stateDir)).toBe(process.platform === 'linux' ? 3 : 2);
  expect(readdirSync(shadows).map((folder) => folder.slice(-3)).sort()).toEqual([...(process.platform === 'linux' ? [] : ['-cc']), '-dd', '-ee', 'ted', dirname(mine.top).slice(-3)].sort());
  expect(existsSync(mine.root)).toBe(true);
  await mine.dispose();
  await mine.dispose();
  await expect(mine.moveTo(new Map())).rejects.toMatchObject({ code: 'E/INTERNAL' });
  expect(await sweepStaleShadows(join(workspace.stateDir, 'nowhere'))).toBe(0);
});
