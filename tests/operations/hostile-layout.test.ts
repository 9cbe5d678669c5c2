import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder, TemporaryRepository } from '../workspace/temporary-repository.js';
import { HostileLayout, layoutAttacks, problemOf, type LayoutAttack } from './hostile-layout.js';
import { openEngine } from './open-engine.js';

/** All of them take minutes: npm run check:hostile. */
const STEP = 17;

async function problemsOf(attacks: readonly LayoutAttack[]): Promise<string[]> {
  const layout = new HostileLayout(temporaryFolder());
  const engine = await openEngine(layout.workspace);
  const problems: string[] = [];
  for (const attack of attacks) {
    const problem = await problemOf(engine, layout, attack);
    if (problem !== null) problems.push(`${attack.what}: ${problem}`);
  }
  return problems;
}

test('symlinks, hard links, pipes and repositories on the way lead no edit and no question out', async () => {
  expect(await problemsOf(layoutAttacks().filter((_attack, index) => index % STEP === 3))).toEqual([]);
}, 180_000);

test('nothing that the patch format can say beside a plain path leads out', async () => {
  expect(await problemsOf(layoutAttacks().filter(({ what }) => what.startsWith('odd:')))).toEqual([]);
}, 180_000);

test('a symlink that leads out, or nowhere, keeps neither a rename nor the diagnostics of the rest from being had', async () => {
  const outside = temporaryFolder();
  writeFileSync(join(outside, 'outside.py'), 'secret = 1\n');
  const top = new TemporaryRepository({ 'a.py': 'total = 1\nx: str = total\n', 'out.py': { link: join(outside, 'outside.py') }, 'README.md': { link: '../../README.md' }, 'none.py': { link: 'missing.py' }, 'same.py': { link: 'a.py' } }).top;
  const engine = await openEngine(top);
  const { facts } = await engine.run({ cmd: 'diag', args: {} });
  expect(facts.coverage).toEqual({ measured: ['a.py', 'same.py'], unmeasured: ['none.py', 'out.py'].map((path) => ({ path, reason: 'it is a symlink that leads to no file of the workspace' })) });
  expect((await engine.run({ cmd: 'diag', args: { paths: ['out.py'] } })).error?.code).toBe('E/FS_PERMISSIONS');
  expect((await engine.run({ cmd: 'rename', args: { selector: 'py://a#total', newName: 'sum_of_all' } })).edits?.safety).toMatchObject({ verdict: 'safe', counts: { code: 2 } });
}, 60_000);

test('a patch of a submodule is refused and not left out', async () => {
  const engine = await openEngine(new TemporaryRepository({ 'a.txt': 'a\n' }).top);
  const file = '--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+b\n';
  for (const part of ['diff --git a/module b/module\nnew file mode 160000\nindex 0000000..1111111\n', 'diff --git a/module b/module\nindex 1111111..2222222 160000\n--- a/module\n+++ b/module\n@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2\n', 'diff --git a/folder b/folder\nnew file mode 040000\n']) {
    expect((await engine.run({ cmd: 'apply', args: { patch: file + part, delta: false } })).error).toMatchObject({ code: 'E/FS_PERMISSIONS', message: expect.stringMatching(/b\/(?:module|folder), which is a submodule/) as string });
  }
});

const TARGETS = { stays: ['..', 'deep/er', './a/../b', '../src/../top.py', '../outside'], leaves: ['../../outside', '/etc/passwd', 'deep/../../../x', 'deep/../../../ws/x', '../.git/config', '../.GIT', '../..'] };

test('a symlink that an edit makes is risky when it leads out, and one into .git is, too', async () => {
  const engine = await openEngine(new TemporaryRepository({ 'src/app.py': 'x = 1\n' }).top);
  const said: Record<string, string[]> = { stays: [], leaves: [] };
  for (const target of [...TARGETS.stays, ...TARGETS.leaves]) {
    const patch = `diff --git a/src/way b/src/way\nnew file mode 120000\n--- /dev/null\n+++ b/src/way\n@@ -0,0 +1 @@\n+${target}\n\\ No newline at end of file\n`;
    const { safety } = (await engine.run({ cmd: 'apply', args: { patch, delta: false } })).edits ?? {};
    const outcome = safety?.checks.find(({ name }) => name === 'symlinks')?.outcome;
    said[safety?.verdict === 'risky' && outcome === 'failed' ? 'leaves' : safety?.verdict === 'safe' && outcome === 'passed' ? 'stays' : 'neither']?.push(target);
  }
  expect(said).toEqual(TARGETS);
}, 60_000);
