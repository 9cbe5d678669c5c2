import { execFileSync } from 'node:child_process';
import { linkSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/bundles/json-shape.js';
import type { Engine } from '../../src/operations/engine.js';
import { fingerprint } from '../workspace/fingerprint.js';
import { writeFiles } from '../workspace/write-files.js';

/** A request that must do nothing to what is not the workspace's own. */
export interface LayoutAttack {
  readonly what: string;
  readonly request: { readonly cmd: string; readonly args: JsonObject };
}

/** What nobody may see, and what is in the repositories inside the workspace. */
const [SECRET, FOREIGN] = ['not yours\n', 'foreign\n'];
/** What belongs to others, below the folder that holds all of it. */
const GUARDED = ['outside', 'ws/nested', 'ws/gitfile', 'ws/linkgit', 'ws/bare', 'ws/sub', 'ws/wt2', 'ws/.git'];

/** A workspace in which everything that can lead out of one, or belong to another repository, is on the way somewhere. */
export class HostileLayout {
  readonly workspace: string;
  private readonly folder: string;

  /** `folder` is real, empty and the caller's to remove. */
  constructor(folder: string) {
    this.folder = folder;
    this.workspace = join(folder, 'ws');
    const outside = join(folder, 'outside');
    writeFiles(folder, { 'outside/secret.txt': SECRET, 'outside/d/s.py': SECRET, 'outside/.git/config': SECRET, 'ws/src/app.py': 'x = 1\n', 'ws/src/deep/er/b.py': 'x = 1\n' });
    this.git('ws', 'init', '-q', '-b', 'main');
    writeFiles(this.workspace, {
      link: { link: '../outside' }, 'src/leaf.py': { link: '../../outside/secret.txt' }, abs: { link: outside }, chain: { link: 'link' }, up: { link: '..' }, here: { link: '.' }, inner: { link: 'src' },
      loop: { link: 'loop' }, proc: { link: '/proc/self/cwd' }, root: { link: '/' }, dotgit: { link: '.git' }, 'src/deep/back': { link: '../../link' }, 'leafgit': { link: '.git/config' },
    });
    linkSync(join(outside, 'd', 's.py'), join(this.workspace, 'hard.py'));
    execFileSync('mkfifo', [join(this.workspace, 'pipe')]);
    for (const repository of ['nested', 'bare']) this.foreign(repository, ...(repository === 'bare' ? ['--bare'] : []));
    writeFiles(this.workspace, { 'gitfile/.git': `gitdir: ${outside}/g\n`, 'gitfile/f.py': FOREIGN, 'linkgit/.git': { link: '../../outside/.git' }, 'linkgit/f.py': FOREIGN });
    this.foreign('../origin');
    this.git('ws', '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', join(folder, 'origin'), 'sub');
    // Not all of the machine: the second work tree is looked through as installed packages are.
    this.git('ws', 'add', '--', 'src', 'link', 'abs', 'chain', 'here', 'inner', 'loop', 'dotgit', 'leafgit', 'hard.py');
    this.git('ws', 'commit', '-q', '-m', 'start');
    this.git('ws', 'worktree', 'add', '-q', 'wt2');
  }

  /** Everything that no edit may touch, times included. */
  guarded(): string {
    return JSON.stringify(GUARDED.map((path) => fingerprint(join(this.folder, path), { times: true })));
  }

  /** The files of the workspace itself. */
  own(): string {
    return JSON.stringify([fingerprint(this.workspace, { skip: ['pipe', ...GUARDED.map((path) => path.slice('ws/'.length))] }), lstatSync(join(this.workspace, 'pipe')).isFIFO()]);
  }

  private foreign(name: string, ...flags: string[]): void {
    const folder = join(this.workspace, name);
    mkdirSync(folder);
    this.git(join('ws', name), 'init', '-q', ...flags);
    if (flags.length > 0) return;
    writeFileSync(join(folder, 'f.py'), FOREIGN);
    this.git(join('ws', name), 'add', '.');
    this.git(join('ws', name), 'commit', '-q', '-m', 'start');
  }

  private git(folder: string, ...args: string[]): void {
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], { cwd: join(this.folder, folder), stdio: 'ignore' });
  }
}

const PATHS = [
  'link/secret.txt', 'link/new.py', 'src/leaf.py', 'abs/d/s.py', 'chain/d/new.py', 'up/outside/secret.txt', 'up/ws/src/app.py', 'here/src/app.py', 'here/.git/config', 'inner/app.py', 'inner/new.py', 'loop/x.py', 'loop',
  'proc/x.py', 'root/tmp/x.py', 'dotgit/config', 'dotgit/hooks/pre-commit', 'src/deep/back/secret.txt', 'leafgit', 'nested/f.py', 'nested/new.py', 'nested/.git/config', 'gitfile/f.py', 'gitfile/new.py', 'gitfile/.git', 'linkgit/f.py', 'linkgit/.git/config',
  'bare/config', 'bare/new.py', 'bare/hooks/x', 'sub/f.py', 'sub/new.py', 'sub/.git', 'wt2/src/app.py', 'wt2/.git', 'hard.py', 'pipe', 'pipe/x.py', 'src', 'src/app.py/x.py', '.git', '.git/config', '.git/hooks/pre-commit', '.GIT/config', 'nested/.Git/config',
];
const FOLDERS = ['nested', 'sub', 'bare', 'gitfile', 'linkgit', 'wt2', 'link', 'abs', 'up', 'here', '.git', 'inner', 'src', 'src/deep'];

/** Every way to reach each of the paths. */
export function layoutAttacks(): LayoutAttack[] {
  return [...PATHS.flatMap((path) => [...patches(path), ...edits(path), ...questions(path)]), ...FOLDERS.flatMap(folderEdits), ...ODD_PATCHES.map(([what, patch]) => applying(`odd: ${what}`, patch))];
}

function applying(what: string, patch: string | JsonObject): LayoutAttack {
  return { what, request: { cmd: 'apply', args: { patch: typeof patch === 'string' ? patch : JSON.stringify(patch), apply: true, allowDirty: true, delta: false } } };
}

function patches(path: string): LayoutAttack[] {
  const line = /^(?:nested|gitfile|linkgit|sub)\//.test(path) ? FOREIGN : SECRET;
  const moved = (kind: string, from: string, to: string): string => `diff --git a/${from} b/${to}\nsimilarity index 100%\n${kind} from ${from}\n${kind} to ${to}\n`;
  return ([
    ['creates', `--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+hurt\n`],
    ['changes', `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-${line}+hurt\n`],
    ['deletes', `--- a/${path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-${line}`],
    ['changes the mode of', `diff --git a/${path} b/${path}\nold mode 100644\nnew mode 100755\n`],
    ['makes a link of', `diff --git a/${path} b/${path}\nold mode 100644\nnew mode 120000\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-${line}+hurt\n\\ No newline at end of file\n`],
    ['renames to', moved('rename', 'src/app.py', path)],
    ['renames from', moved('rename', path, 'src/got.py')],
    ['copies from', moved('copy', path, 'src/got.py')],
  ] as const).map(([what, patch]) => applying(`a patch ${what} ${path}`, patch));
}

function edits(path: string): LayoutAttack[] {
  const start = { line: 0, character: 0 };
  const text = { textDocument: { uri: path, version: null }, edits: [{ range: { start, end: start }, newText: 'hurt' }] };
  const changes: readonly (readonly [string, readonly JsonObject[]])[] = [
    ['edits', [text]],
    ['creates', [{ kind: 'create', uri: path, options: { overwrite: true } }, text]],
    ['deletes', [{ kind: 'delete', uri: path, options: { recursive: true } }]],
    ['renames to', [{ kind: 'rename', oldUri: 'src/app.py', newUri: path, options: { overwrite: true } }]],
    ['renames from', [{ kind: 'rename', oldUri: path, newUri: 'src/got.py' }]],
  ];
  return changes.map(([what, documentChanges]) => applying(`a WorkspaceEdit ${what} ${path}`, { documentChanges: [...documentChanges] }));
}

function folderEdits(folder: string): LayoutAttack[] {
  return ([
    ['deletes', { kind: 'delete', uri: folder, options: { recursive: true } }],
    ['moves', { kind: 'rename', oldUri: folder, newUri: 'moved' }],
    ['moves into', { kind: 'rename', oldUri: 'src/deep/er', newUri: `${folder}/x` }],
  ] as const).map(([what, change]) => applying(`a WorkspaceEdit ${what} the folder ${folder}`, { documentChanges: [change] }));
}

function questions(path: string): LayoutAttack[] {
  return [`${path}@L1:C1`, `sym://${path}#x`, `anchor://${path}#"not yours"`].map((selector) => ({ what: `locate ${selector}`, request: { cmd: 'locate', args: { selector } } }));
}

const HURT = '@@ -0,0 +1 @@\n+hurt\n';
/** What Git's patch format can say beside a plain path. */
const ODD_PATCHES: readonly (readonly [string, string])[] = [
  ['dots in octal', `--- /dev/null\n+++ "b/\\056\\056/outside/new.txt"\n${HURT}`],
  ['a slash in octal', `--- /dev/null\n+++ "b/src\\057..\\057..\\057outside/new.txt"\n${HURT}`],
  ['.git in octal', `--- /dev/null\n+++ "b/.\\147it/new"\n${HURT}`],
  ['a NUL in octal', `--- /dev/null\n+++ "b/src/new.py\\000/../../x"\n${HURT}`],
  ['a name and a time', `--- /dev/null\t2024-01-01\n+++ b/../outside/new.txt\t2024-01-01 00:00:00\n${HURT}`],
  ['a name with a carriage return', `--- /dev/null\r\n+++ b/../outside/new.txt\r\n@@ -0,0 +1 @@\r\n+hurt\r\n`],
  ['a submodule', 'diff --git a/module b/module\nnew file mode 160000\nindex 0000000..1111111\n--- /dev/null\n+++ b/module\n@@ -0,0 +1 @@\n+Subproject commit 1111111111111111111111111111111111111111\n'],
  ['a folder', 'diff --git a/folder b/folder\nnew file mode 040000\nindex 0000000..e69de29\n'],
  ['another commit of a submodule', 'diff --git a/sub b/sub\nindex 1111111..2222222 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1 @@\n-Subproject commit 1111111111111111111111111111111111111111\n+Subproject commit 2222222222222222222222222222222222222222\n'],
  ['a link and a file behind it', `diff --git a/way b/way\nnew file mode 120000\n--- /dev/null\n+++ b/way\n@@ -0,0 +1 @@\n+../outside\n\\ No newline at end of file\ndiff --git a/way/new.txt b/way/new.txt\nnew file mode 100644\n--- /dev/null\n+++ b/way/new.txt\n${HURT}`],
  ['a folder that becomes a link, and a file behind it', `diff --git a/src/deep/er/b.py b/src/deep/er/b.py\ndeleted file mode 100644\n--- a/src/deep/er/b.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x = 1\ndiff --git a/src/deep/er b/src/deep/er\nnew file mode 120000\n--- /dev/null\n+++ b/src/deep/er\n@@ -0,0 +1 @@\n+../../../outside\n\\ No newline at end of file\ndiff --git a/src/deep/er/secret.txt b/src/deep/er/secret.txt\n--- a/src/deep/er/secret.txt\n+++ b/src/deep/er/secret.txt\n@@ -1 +1 @@\n-not yours\n+hurt\n`],
  ['two names for one file', `diff --git a/src/app.py b/../outside/secret.txt\n--- a/src/app.py\n+++ b/src/app.py\n@@ -1 +1 @@\n-x = 1\n+hurt\n`],
  ['a rename that says another name', 'diff --git a/src/app.py b/src/new.py\nsimilarity index 100%\nrename from src/app.py\nrename to ../outside/new.py\n'],
  ['a setuid file', `diff --git a/s.sh b/s.sh\nnew file mode 104755\n--- /dev/null\n+++ b/s.sh\n${HURT}`],
  ['a .gitmodules that is a link', 'diff --git a/x/.gitmodules b/x/.gitmodules\nnew file mode 120000\n--- /dev/null\n+++ b/x/.gitmodules\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n'],
  ['an agent that moves a file out', '*** Begin Patch\n*** Update File: src/app.py\n*** Move to: ../outside/new.py\n@@\n-x = 1\n+hurt\n*** End Patch\n'],
  ['an agent that deletes outside', '*** Begin Patch\n*** Delete File: ../outside/secret.txt\n*** End Patch\n'],
];

/** Hands an attack in. Returns what is wrong with the answer, or null: nothing of others was touched, a refusal changed nothing, and what was made can be undone. */
export async function problemOf(engine: Engine, layout: HostileLayout, { request }: LayoutAttack): Promise<string | null> {
  const [guarded, own] = [layout.guarded(), layout.own()];
  const { error, edits } = await engine.run(request);
  if (layout.guarded() !== guarded) return 'touched what is not the workspace\'s';
  if (error?.code === 'E/INTERNAL') return `a bug of ours: ${error.message}`;
  if (edits?.diff.includes('not yours') === true && !JSON.stringify(request.args).includes('hard.py')) return 'showed what is outside';
  if (error !== undefined) return layout.own() === own ? null : 'was refused and changed the workspace';
  if (edits?.transaction === undefined) return null;
  const undone = await engine.run({ cmd: 'undo', args: { transaction: edits.transaction } });
  if (layout.guarded() !== guarded) return 'touched what is not the workspace\'s when it was undone';
  return undone.error === undefined && layout.own() === own ? null : `could not be undone: ${undone.error?.message ?? 'something is left'}`;
}
