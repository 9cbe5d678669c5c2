import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprint, TemporaryRepository } from '../workspace/temporary-repository.js';
import type { JsonObject } from '../../src/bundles/json-shape.js';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import { openEngine } from './open-engine.js';

const PATCH = '--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n x = 1\n-y = 2\n+y = 3\ndiff --git a/old.py b/new.py\nsimilarity index 100%\nrename from old.py\nrename to new.py\n';
const FILES = { 'a.py': 'x = 1\ny = 2\n', 'old.py': 'z = 1\n' };

function repository(): TemporaryRepository {
  const made = new TemporaryRepository(FILES);
  made.git('config', 'user.name', 'U');
  made.git('config', 'user.email', 'u@example.com');
  return made;
}

/** Answers a request in this process. */
async function run(top: string, cmd: string, args: JsonObject = {}): Promise<Bundle> {
  return (await openEngine(top)).run({ cmd, args: cmd === 'apply' ? { delta: false, ...args } : args });
}

function content(top: string, path: string): string {
  return readFileSync(join(top, path), 'utf8');
}

test('a preview writes nothing, and what it showed is what is written', async () => {
  const { top } = repository();
  const before = fingerprint(top, { times: true });
  const preview = await run(top, 'apply', { patch: PATCH });
  expect(preview.edits?.files.map(({ path }) => path)).toEqual(['a.py', 'new.py', 'old.py']);
  expect(preview.edits?.safety.checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(fingerprint(top, { times: true })).toEqual(before);
  const wrong = await run(top, 'apply', { patch: PATCH, apply: true, expect: `sha256:${'0'.repeat(64)}` });
  expect(wrong.error?.code).toBe('E/CONTENT_MODIFIED');
  expect(fingerprint(top, { times: true })).toEqual(before);
  const applied = await run(top, 'apply', { patch: PATCH, apply: true, expect: preview.bundleId });
  expect(applied.edits).toMatchObject({ diff: preview.edits?.diff, transaction: expect.stringMatching(/^txn-/) as string });
  expect([content(top, 'a.py'), content(top, 'new.py')]).toEqual(['x = 1\ny = 3\n', 'z = 1\n']);
});

test('an edit can be undone, and made again, to the byte', async () => {
  const { top } = repository();
  const before = fingerprint(top);
  await run(top, 'apply', { patch: PATCH, apply: true });
  const after = fingerprint(top);
  const undone = await run(top, 'undo');
  expect(fingerprint(top)).toEqual(before);
  await run(top, 'undo', { transaction: undone.edits?.transaction ?? '' });
  expect(fingerprint(top)).toEqual(after);
  await run(top, 'undo');
  expect((await run(top, 'undo')).error?.code).toBe('E/NOT_FOUND');
  expect(fingerprint(top)).toEqual(before);
});

test('undo refuses when a file changed since, and shows it', async () => {
  const repo = repository();
  await run(repo.top, 'apply', { patch: PATCH, apply: true });
  repo.write({ 'a.py': 'x = 1\ny = 4\n' });
  const before = fingerprint(repo.top);
  expect((await run(repo.top, 'undo')).error).toMatchObject({ code: 'E/CONTENT_MODIFIED', details: { diff: expect.stringContaining('-y = 3\n+y = 4\n') as string } });
  expect(fingerprint(repo.top)).toEqual(before);
});

test('what somebody gave back already is no reason to refuse: the rest is taken back, and all of it counts as taken back', async () => {
  const repo = repository();
  const before = fingerprint(repo.top, { skip: ['.git'] });
  const { edits } = await run(repo.top, 'apply', { patch: PATCH, apply: true });
  repo.git('checkout', '-q', '--', 'a.py');
  const undone = await run(repo.top, 'undo');
  expect(undone.edits?.safety.checks[0]?.message).toContain('or as before it already: a.py');
  expect(fingerprint(repo.top, { skip: ['.git'] })).toEqual(before);
  await run(repo.top, 'apply', { patch: PATCH, apply: true });
  repo.git('checkout', '-q', '--', '.');
  repo.write({ 'new.py': null });
  expect((await run(repo.top, 'undo')).facts.recovery).toEqual({ outcome: 'taken-back', transaction: edits?.transaction, paths: ['a.py', 'new.py', 'old.py'] });
  expect([fingerprint(repo.top, { skip: ['.git'] }), (await run(repo.top, 'undo')).error?.code]).toEqual([before, 'E/NOT_FOUND']);
});

test('an edit that cannot be taken back can be passed over: undo goes on to the one before, and it can still be named', async () => {
  const repo = repository();
  await run(repo.top, 'apply', { patch: '--- a/old.py\n+++ b/old.py\n@@ -1 +1 @@\n-z = 1\n+z = 2\n', apply: true });
  const blocked = await run(repo.top, 'apply', { patch: '--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n x = 1\n-y = 2\n+y = 3\n', apply: true, allowDirty: true });
  const transaction = blocked.edits?.transaction ?? '';
  repo.write({ 'a.py': 'mine = 1\n' });
  expect((await run(repo.top, 'undo')).error).toMatchObject({ code: 'E/CONTENT_MODIFIED', retryable: false, hint: expect.stringContaining(`assay undo ${transaction} --abandon`) as string });
  expect((await run(repo.top, 'undo', { transaction, abandon: true })).facts.recovery).toEqual({ outcome: 'abandoned', transaction, paths: ['a.py'] });
  await run(repo.top, 'undo');
  expect([content(repo.top, 'a.py'), content(repo.top, 'old.py')]).toEqual(['mine = 1\n', FILES['old.py']]);
  expect((await run(repo.top, 'undo')).error?.code).toBe('E/NOT_FOUND');
  repo.write({ 'a.py': 'x = 1\ny = 3\n' });
  expect((await run(repo.top, 'undo', { transaction })).status).toBe('ok');
  expect(content(repo.top, 'a.py')).toBe(FILES['a.py']);
});

test('changes that Git does not have are not written over unasked, and undo brings them back', async () => {
  const repo = repository();
  repo.write({ 'a.py': 'x = 1\ny = 2\nmine = 1\n' });
  const before = fingerprint(repo.top);
  const refused = await run(repo.top, 'apply', { patch: PATCH.replace('@@ -1,2 +1,2 @@', '@@ -1,3 +1,3 @@').replace('+y = 3\n', '+y = 3\n mine = 1\n'), apply: true });
  expect(refused.error).toMatchObject({ code: 'E/FS_PERMISSIONS', details: { checks: [{ name: 'clean-in-git', message: 'a.py has changes that are not committed' }] } });
  expect(fingerprint(repo.top)).toEqual(before);
  const patch = '--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n x = 1\n-y = 2\n+y = 3\n mine = 1\n';
  await run(repo.top, 'apply', { patch, apply: true, allowDirty: true });
  expect(content(repo.top, 'a.py')).toBe('x = 1\ny = 3\nmine = 1\n');
  await run(repo.top, 'undo');
  expect(fingerprint(repo.top)).toEqual(before);
});

test('--allow and --deny decide file by file', async () => {
  const { top } = repository();
  for (const flags of [{ allow: ['src'] }, { deny: ['*.py'] }, { allow: ['*.py'], deny: ['a.py'] }]) {
    expect((await run(top, 'apply', { patch: PATCH, apply: true, ...flags })).error?.code).toBe('E/FS_PERMISSIONS');
    expect((await run(top, 'apply', { patch: PATCH, ...flags })).status).toBe('ok');
  }
  expect((await run(top, 'apply', { patch: PATCH, allow: ['!a.py'] })).error?.code).toBe('E/BAD_ARGUMENT');
  expect((await run(top, 'apply', { patch: PATCH, apply: true, allow: ['*.py'], deny: ['tests/**'] })).status).toBe('ok');
});

test('--commit commits the touched files only; index and hooks play no part', async () => {
  const repo = repository();
  repo.write({ 'other.py': 'o = 1\n', '.git/hooks/pre-commit': { exec: '#!/bin/sh\nexit 1\n' } });
  repo.git('add', 'other.py');
  const bundle = await run(repo.top, 'apply', { patch: PATCH, apply: true, commit: 'Say three' });
  expect(bundle.meta.commit).toBe(repo.git('rev-parse', 'HEAD').trim());
  expect(repo.git('log', '-1', '--format=%s').trim()).toBe('Say three');
  expect(repo.git('show', '--stat=80', '--format=', '-M').trim()).toContain('2 files changed, 1 insertion(+), 1 deletion(-)');
  expect(repo.git('status', '--short').trim()).toBe('A  other.py');
});

test('no commit and no change when the index has a touched file staged differently', async () => {
  const repo = repository();
  repo.write({ 'a.py': 'x = 1\ny = 9\n' });
  repo.git('add', 'a.py');
  repo.write({ 'a.py': FILES['a.py'] });
  const before = fingerprint(repo.top);
  const bundle = await run(repo.top, 'apply', { patch: PATCH, apply: true, allowDirty: true, commit: 'x' });
  expect(bundle.error).toMatchObject({ code: 'E/FS_PERMISSIONS', message: expect.stringContaining('staged differently') as string });
  expect(fingerprint(repo.top)).toEqual(before);
});

test('the WorkspaceEdit of a bundle is taken as an edit, and so is the bundle', async () => {
  const { top } = repository();
  const preview = await run(top, 'apply', { patch: PATCH });
  const again = await run(top, 'apply', { patch: JSON.stringify(preview.edits?.workspaceEdit) });
  expect(again.edits?.diff).toBe(preview.edits?.diff);
  const third = await run(top, 'apply', { patch: JSON.stringify(preview), apply: true });
  expect(third.edits?.diff).toBe(preview.edits?.diff);
  expect(content(top, 'a.py')).toBe('x = 1\ny = 3\n');
});

test('a patch that fits and changes nothing is no error, and an empty one is', async () => {
  const { top } = repository();
  const nothing = await run(top, 'apply', { patch: '--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-x = 1\n+x = 1\n y = 2\n', apply: true });
  expect([nothing.status, nothing.edits?.files, nothing.edits?.transaction]).toEqual(['ok', [], undefined]);
  expect((await run(top, 'apply', { patch: '\n' })).error?.code).toBe('E/BAD_ARGUMENT');
});
