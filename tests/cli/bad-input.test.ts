import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TemporaryRepository, temporaryFolder, writeFiles } from '../workspace/temporary-repository.js';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import { assay, assayBundle, BIN } from './assay.js';

const FILES = { 'a.py': 'def f(x: int) -> int:\n    return x\n', 'notes.txt': 'one\n' };
const patch = (from: string, to: string): string => `--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-${from}\n+${to}\n     return x\n`;

describe('a step that cannot be priced, or only in part', () => {
  test('a step that touches no file with a server is measured nowhere and does not abstain', async () => {
    const repository = new TemporaryRepository(FILES);
    repository.write({ 'notes.txt': 'two\n' });
    const bundle = await assayBundle(['reward'], { cwd: repository.top });
    expect(bundle).toMatchObject({ status: 'ok', processReward: { r: 0, abstain: false, coverage: { unmeasured: [{ path: 'notes.txt' }], failed: [] } }, environment: { servers: [] } });
  });

  test.each([
    ['an empty patch', ''],
    ['a patch that only changes a mode', 'diff --git a/a.py b/a.py\nold mode 100644\nnew mode 100755\n'],
  ])('%s is no step', async (_name, input) => {
    const repository = new TemporaryRepository(FILES);
    expect(await assayBundle(['reward', '-'], { cwd: repository.top, input })).toMatchObject({ status: 'ok', processReward: { r: 0, gates: [{ gate: 'no-op' }], abstain: false } });
  });

  test('a patch of a binary file is applied and not measured', async () => {
    const repository = new TemporaryRepository({ ...FILES, 'image.bin': Buffer.from([0, 1, 2]) });
    repository.write({ 'image.bin': Buffer.from([0, 3, 4, 5]) });
    const input = repository.gitBytes('diff', '--binary');
    repository.git('checkout', '-q', '.');
    expect(await assayBundle(['reward', '-'], { cwd: repository.top, input })).toMatchObject({ status: 'ok', processReward: { coverage: { touched: ['image.bin'], unmeasured: [{ path: 'image.bin' }] } } });
  });

  test('a patch that does not apply is a conflict, with the hunk and what was found', async () => {
    const repository = new TemporaryRepository(FILES);
    const bundle = await assayBundle(['reward', '-'], { cwd: repository.top, input: patch('def g(x: int) -> int:', 'def h(x: int) -> int:') });
    expect(bundle.error).toMatchObject({ code: 'E/APPLY_CONFLICT', details: { conflicts: [{ path: 'a.py' }] } });
    expect(bundle.meta.exitCode).toBe(70);
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  test.each([
    ['text that is no patch', ['reward', '-'], 'hello\n', 'E/BAD_ARGUMENT', 2],
    ['an unknown revision', ['reward', '--base', 'nowhere'], '', 'E/NOT_FOUND', 3],
    ['a patch together with --head', ['reward', '-', '--head', 'HEAD'], '', 'E/BAD_ARGUMENT', 2],
    ['a patch file that is not there', ['reward', 'none.diff'], '', 'E/NOT_FOUND', 3],
    ['a threshold that is no number', ['reward', '--fail-below', 'x'], '', 'E/BAD_ARGUMENT', 2],
    ['an unknown flag', ['reward', '--frobnicate'], '', 'E/BAD_ARGUMENT', 2],
    ['an unknown server', ['diag', '--server', 'nope'], '', 'E/BAD_ARGUMENT', 2],
    ['a selector that does not parse', ['locate', 'py://a#f:nonsense?x=1'], '', 'E/BAD_SELECTOR_SYNTAX', 2],
    ['a name that is not declared', ['locate', 'py://a#nope'], '', 'E/NOT_FOUND', 3],
    ['a path outside', ['locate', '../secret.py@L1:C1'], '', 'E/FS_PERMISSIONS', 71],
    ['a language without a server', ['diag', 'notes.txt'], '', 'E/UNSUPPORTED_CAP', 72],
    ['a workspace that is not there', ['diag', '--workspace', 'no/such/folder'], '', 'E/NOT_FOUND', 3],
  ])('%s: the same code with and without --json', async (_name, args, input, code, exit) => {
    const repository = new TemporaryRepository(FILES);
    const bundle = await assayBundle(args, { cwd: repository.top, input });
    expect(bundle).toMatchObject({ status: 'error', error: { code } });
    const text = await assay(args, { cwd: repository.top, input });
    expect([text.code, bundle.meta.exitCode]).toEqual([exit, exit]);
    expect(text.stdout).toBe('');
    expect(text.stderr).not.toMatch(/\n {4}at /);
    expect(text.stderr).not.toContain(repository.top);
  });

  test('a known server list comes with an unknown language', async () => {
    const bundle = await assayBundle(['diag', 'notes.txt'], { cwd: new TemporaryRepository(FILES).top });
    expect(bundle.error?.hint).toMatch(/pyright.*python.*typescript/);
  });

  test('without Git a patch still has a reward, and revisions are not found', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, FILES);
    const bundle = await assayBundle(['reward', '-'], { cwd: folder, input: patch('def f(x: int) -> int:', 'def f(x: int) -> str:') });
    expect(bundle.processReward).toMatchObject({ diagnostics: { introduced: [{ code: 'reportReturnType' }] } });
    expect((await assayBundle(['reward'], { cwd: folder })).error).toMatchObject({ code: 'E/NOT_FOUND' });
    expect((await assayBundle(['diag'], { cwd: folder })).facts).toMatchObject({ diagnostics: [], coverage: { measured: ['a.py'] } });
  });

  test('a step may break the syntax, and repair it', async () => {
    const repository = new TemporaryRepository(FILES);
    repository.commit({ 'a.py': 'def f(x: int -> int:\n    return x\n' });
    const broken = await assayBundle(['reward', '--base', 'HEAD~1', '--head', 'HEAD'], { cwd: repository.top });
    expect(broken.processReward?.W.after?.unparsable).toBeGreaterThan(0);
    expect(broken.processReward?.gates.map((gate) => gate.gate)).toContain('parse-broken');
    repository.commit(FILES);
    const repaired = await assayBundle(['reward', '--base', 'HEAD~1', '--head', 'HEAD'], { cwd: repository.top });
    expect(repaired.processReward?.r).toBeGreaterThanOrEqual(0);
  });

  test('bytes that are not UTF-8 are read as the server reads them', async () => {
    const repository = new TemporaryRepository({ 'a.py': Buffer.from('name = "caf\xe9"\n', 'latin1') });
    repository.write({ 'a.py': Buffer.from('name: int = "caf\xe9"\n', 'latin1') });
    const bundle = await assayBundle(['reward'], { cwd: repository.top });
    expect(bundle.processReward?.diagnostics?.introduced.map((item) => item.code)).toContain('reportAssignmentType');
  });

  test.skipIf(process.platform === 'win32')('a current folder that is gone is not found', () => {
    const folder = join(temporaryFolder(), 'gone');
    mkdirSync(folder);
    const { status, stdout } = spawnSync('/bin/sh', ['-c', 'cd "$0" && rmdir "$0" && exec "$@"', folder, process.execPath, BIN, 'diag', '--json'], { encoding: 'utf8' });
    expect([status, (JSON.parse(stdout) as Bundle).error?.message]).toEqual([3, 'the current folder is gone']);
  });

  test.skipIf(process.getuid?.() === 0)('a workspace that may not be read is refused', async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { 'locked/a.py': 'x = 1\n' });
    chmodSync(join(folder, 'locked'), 0);
    expect((await assayBundle(['diag', '--workspace', 'locked'], { cwd: folder })).error?.code).toBe('E/FS_PERMISSIONS');
    chmodSync(join(folder, 'locked'), 0o700);
  });
});
