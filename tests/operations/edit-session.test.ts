import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Jail } from '../../src/apply/jail.js';
import { JournalStore } from '../../src/apply/journal-store.js';
import { nodeFiles } from '../../src/apply/node-files.js';
import { planBetween } from '../../src/apply/plan-between.js';
import { recover, runTransaction } from '../../src/apply/transaction.js';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import type { JsonObject } from '../../src/bundles/json-shape.js';
import { stateDirFor } from '../../src/workspace/state-dir.js';
import { FaultyFiles } from '../apply/faulty-files.js';
import { imageOf } from '../apply/memory-files.js';
import { assayBundle } from '../cli/assay.js';
import { fingerprint, TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const NAMES = Array.from({ length: 6 }, (_, index) => `f${String(index)}.txt`);
const START = Object.fromEntries(NAMES.map((name) => [name, `${name}\n0\n`]));

/** Writes `value` into every file of the repository in one edit. */
function patchTo(value: string, from = '0'): string {
  return NAMES.map((name) => `--- a/${name}\n+++ b/${name}\n@@ -1,2 +1,2 @@\n ${name}\n-${from}\n+${value}\n`).join('');
}

async function run(top: string, cmd: string, args: JsonObject = {}): Promise<Bundle> {
  return (await openEngine(top)).run({ cmd, args: cmd === 'apply' ? { delta: false, allowDirty: true, ...args } : args });
}

function content(top: string, name: string): string {
  return readFileSync(join(top, name), 'utf8');
}

function valuesIn(top: string): string[] {
  return [...new Set(NAMES.map((name) => content(top, name).split('\n')[1] ?? ''))];
}

test('of processes that edit the same files at the same time one is first, and each is all or nothing', async () => {
  const { top } = new TemporaryRepository(START);
  const bundles = await Promise.all(['1', '2', '3'].map((value) => assayBundle(['apply', '-', '--apply', '--no-delta', '--allow-dirty'], { cwd: top, input: patchTo(value) })));
  const written = bundles.flatMap(({ error }, index) => (error === undefined ? [String(index + 1)] : []));
  expect(written).toEqual(valuesIn(top));
  for (const { error } of bundles) if (error !== undefined) expect(['E/APPLY_CONFLICT', 'E/CONTENT_MODIFIED']).toContain(error.code);
  expect((await run(top, 'undo')).edits?.transaction).toBeDefined();
  expect(valuesIn(top)).toEqual(['0']);
}, 120_000);

/** Saves one file without a pause, as editors do: a new file in the place of the old one. What it saves is now what it was, now something else. */
const EDITOR = `const fs = require('fs'); process.stdout.write('x');
for (let i = 0; ; i += 1) { fs.writeFileSync('../saved', 'f3.txt\\n' + (i % 2 === 0 ? 'mine' : '0') + '\\n'); fs.renameSync('../saved', 'f3.txt'); }`;

test('an editor that saves a file meanwhile tears no edit', async () => {
  const repository = new TemporaryRepository();
  const top = join(repository.top, 'inner');
  repository.commit(Object.fromEntries(Object.entries(START).map(([name, text]) => [`inner/${name}`, text])));
  const editor = spawn(process.execPath, ['-e', EDITOR], { cwd: top, stdio: ['ignore', 'pipe', 'ignore'] });
  const others = (): string[] => [...new Set(NAMES.filter((name) => name !== 'f3.txt').map((name) => content(top, name)))].map((text) => text.split('\n')[1] ?? '');
  try {
    await new Promise((resolve) => editor.stdout.once('data', resolve));
    let from = '0';
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      const patch = patchTo(String(attempt), from).replace(`f3.txt\n-${from}\n`, 'f3.txt\n-0\n');
      const { error } = await run(top, 'apply', { patch, apply: true });
      if (error === undefined) from = String(attempt);
      else expect(['E/APPLY_CONFLICT', 'E/CONTENT_MODIFIED'], JSON.stringify(error)).toContain(error.code);
      expect(new Set(others())).toEqual(new Set([from]));
    }
  } finally {
    editor.kill('SIGKILL');
  }
  expect(readdirSync(top).sort()).toEqual(NAMES);
}, 120_000);

const BEFORE = { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' };
const AFTER = { 'a.txt': 'A\n', 'b.txt': 'B\n', 'c.txt': 'C\n' };

/** A repository in which a process died after it had written the first of three files. */
function cutShort(): TemporaryRepository {
  const repository = new TemporaryRepository(BEFORE);
  const stateDir = stateDirFor(repository.top);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const images = (files: Readonly<Record<string, string>>): Map<string, ReturnType<typeof imageOf>> => new Map(Object.entries(files).map(([path, text]) => [path, imageOf(text)]));
  const plan = planBetween(images(BEFORE), images(AFTER), []);
  for (let at = 0; at < 1000; at += 1) {
    const disk = new FaultyFiles(at, { kind: 'kill' });
    expect(() => runTransaction(new Jail(disk.port, repository.top), new JournalStore(disk.port, stateDir), { plan, cmd: 'apply' })).toThrow();
    disk.close();
    if (content(repository.top, 'a.txt') === 'A\n' && content(repository.top, 'b.txt') === 'b\n') return repository;
    recover(new Jail(nodeFiles(), repository.top), new JournalStore(nodeFiles(), stateDir));
    repository.write(BEFORE);
  }
  throw new Error('no moment was between the files');
}

function texts(top: string): string[] {
  return Object.keys(BEFORE).map((name) => content(top, name));
}

test('the next command finishes an edit that was cut short, and says so', async () => {
  const { top } = cutShort();
  const bundle = await run(top, 'locate', { selector: 'a.txt@L1:C1' });
  expect(bundle.meta.recovery).toContain('is finished now');
  expect([texts(top), fingerprintNames(top)]).toEqual([Object.values(AFTER), Object.keys(AFTER)]);
  expect((await run(top, 'recover')).facts.recovery).toEqual({ outcome: 'nothing' });
});

test('a file that changed since blocks recovery: questions are answered, edits are refused, and nothing is lost', async () => {
  const repository = cutShort();
  const { top } = repository;
  repository.write({ 'c.txt': 'mine\n' });
  const question = await run(top, 'locate', { selector: 'a.txt@L1:C1' });
  expect([question.status, question.meta.recovery]).toEqual(['ok', expect.stringContaining('c.txt changed since')]);
  const before = fingerprint(top, { times: true });
  for (const [cmd, args] of [['apply', { patch: '--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b\n+x\n', apply: true }], ['undo', {}], ['recover', {}]] as const) {
    const { error } = await run(top, cmd, args);
    expect([cmd, error?.code, error?.details]).toEqual([cmd, 'E/CONTENT_MODIFIED', { transaction: expect.stringMatching(/^txn-/) as string, paths: ['c.txt'] }]);
    expect(error?.hint).toContain('--abandon');
    expect(fingerprint(top, { times: true })).toEqual(before);
  }
  repository.write({ 'c.txt': 'c\n' });
  expect((await run(top, 'recover')).facts.recovery).toMatchObject({ outcome: 'finished', paths: ['a.txt', 'b.txt', 'c.txt'] });
  expect(texts(top)).toEqual(Object.values(AFTER));
  expect((await run(top, 'undo')).error).toBeUndefined();
  expect(texts(top)).toEqual(Object.values(BEFORE));
});

test('recover --abandon keeps every file as it is, forgets the edit and leaves nothing behind', async () => {
  const repository = cutShort();
  const { top } = repository;
  repository.write({ 'c.txt': 'mine\n' });
  expect((await run(top, 'recover', { abandon: true })).facts.recovery).toMatchObject({ outcome: 'abandoned' });
  expect([texts(top), fingerprintNames(top)]).toEqual([['A\n', 'b\n', 'mine\n'], Object.keys(BEFORE)]);
  expect((await run(top, 'recover', { abandon: true })).facts.recovery).toEqual({ outcome: 'nothing' });
  expect((await run(top, 'apply', { patch: '--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b\n+x\n', apply: true })).error).toBeUndefined();
});

const TO_X = { patch: '--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b\n+x\n', apply: true };

test('recover --abandon goes on where the folder of a file was replaced by a symlink, and follows it nowhere', async () => {
  const repository = new TemporaryRepository({ 'dir/a.txt': 'a\n' });
  const { top } = repository;
  const stateDir = stateDirFor(top);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const disk = new FaultyFiles(60, { kind: 'kill' });
  const plan = planBetween(new Map([['dir/a.txt', imageOf('a\n')]]), new Map([['dir/a.txt', imageOf('A\n')]]), []);
  expect(() => runTransaction(new Jail(disk.port, top), new JournalStore(disk.port, stateDir), { plan, cmd: 'apply' })).toThrow();
  disk.close();
  expect(existsSync(join(stateDir, 'transactions', 'open.json'))).toBe(true);
  rmSync(join(top, 'dir'), { recursive: true });
  symlinkSync('..', join(top, 'dir'));
  expect((await run(top, 'recover')).error?.code).toBe('E/FS_PERMISSIONS');
  expect((await run(top, 'recover', { abandon: true })).facts.recovery).toMatchObject({ outcome: 'abandoned', paths: ['dir/a.txt'] });
  expect((await run(top, 'recover')).facts.recovery).toEqual({ outcome: 'nothing' });
});

/** Journals as a crash, another version or somebody else may leave them; `sound` is one of ours. */
const DAMAGED: readonly (readonly [string, string, (sound: JsonObject) => string])[] = [
  ['cut in the middle', 'E/FS_PERMISSIONS', (sound) => JSON.stringify(sound).slice(0, 100)],
  ['empty', 'E/FS_PERMISSIONS', () => ''],
  ['no journal', 'E/FS_PERMISSIONS', () => '[1, 2]'],
  ['of a later version', 'E/VERSION_SKEW', (sound) => JSON.stringify({ ...sound, version: 2, more: true })],
  ['about a file outside', 'E/FS_PERMISSIONS', (sound) => JSON.stringify(sound).replaceAll('"b.txt"', '"../b.txt"')],
  ['about a file in .git', 'E/FS_PERMISSIONS', (sound) => JSON.stringify(sound).replaceAll('"b.txt"', '".GIT/config"')],
  ['with its contents in a folder outside', 'E/FS_PERMISSIONS', (sound) => JSON.stringify(sound).replace('"holding":""', '"holding":"../x"')],
  ['with another journal outside', 'E/FS_PERMISSIONS', (sound) => JSON.stringify({ ...sound, undoes: '../../x' })],
  ['with a name that leads elsewhere', 'E/FS_PERMISSIONS', (sound) => JSON.stringify({ ...sound, transaction: 'txn-../../x' })],
];

test.each(DAMAGED)('an open journal that is %s stops edits until it is set aside, and nothing is lost', async (_what, code, damage) => {
  const { top } = new TemporaryRepository(BEFORE);
  const transactions = join(stateDirFor(top), 'transactions');
  const engine = await openEngine(top);
  const ask = (cmd: string, args: JsonObject = {}): Promise<Bundle> => engine.run({ cmd, args: cmd === 'apply' ? { delta: false, allowDirty: true, ...args } : args });
  const { edits } = await ask('apply', TO_X);
  const sound = JSON.parse(readFileSync(join(transactions, `${edits?.transaction ?? ''}.json`), 'utf8')) as JsonObject;
  const damaged = damage({ ...sound, state: 'committing' });
  writeFileSync(join(transactions, 'open.json'), damaged);
  const before = fingerprint(top, { times: true });
  const question = await ask('locate', { selector: 'a.txt@L1:C1' });
  expect([question.status, question.meta.recovery]).toEqual(['ok', expect.stringContaining('An edit may have been cut short')]);
  expect((await ask('apply', { patch: TO_X.patch.replace('-b\n+x', '-x\n+y') })).status).toBe('ok');
  for (const [cmd, args] of [['apply', { patch: TO_X.patch.replace('-b\n+x', '-x\n+y'), apply: true }], ['undo', {}], ['recover', {}]] as const) {
    const { error } = await ask(cmd, args);
    expect([cmd, error?.code, error?.retryable, error?.hint]).toEqual([cmd, code, false, expect.stringMatching(/^Nothing was written\..*assay recover --abandon/)]);
  }
  expect((await ask('recover', { abandon: true })).facts.recovery).toEqual({ outcome: 'abandoned' });
  expect(fingerprint(top, { times: true })).toEqual(before);
  expect(readFileSync(join(transactions, 'unreadable-1.json'), 'utf8')).toBe(damaged);
  expect((await ask('undo')).error).toBeUndefined();
  expect(texts(top)).toEqual(Object.values(BEFORE));
});

test('an edit whose journal is damaged is not guessed to be the last one, hinders no other, and can be passed over', async () => {
  const { top } = new TemporaryRepository(BEFORE);
  const transactions = join(stateDirFor(top), 'transactions');
  const [older, newer] = [await run(top, 'apply', { patch: '--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+x\n', apply: true }), await run(top, 'apply', TO_X)].map(({ edits }) => edits?.transaction ?? '');
  writeFileSync(join(transactions, `${newer ?? ''}.json`), '{"version":1}');
  expect((await run(top, 'undo')).error).toMatchObject({ code: 'E/FS_PERMISSIONS', details: { transaction: newer }, hint: expect.stringContaining(`assay undo ${newer ?? ''} --abandon`) as string });
  expect((await run(top, 'undo', { transaction: newer ?? '' })).error?.code).toBe('E/FS_PERMISSIONS');
  expect((await run(top, 'apply', { patch: '--- a/c.txt\n+++ b/c.txt\n@@ -1 +1 @@\n-c\n+x\n', apply: true })).status).toBe('ok');
  expect((await run(top, 'undo', { transaction: older ?? '' })).status).toBe('ok');
  expect(texts(top)).toEqual(['a\n', 'x\n', 'x\n']);
  expect((await run(top, 'undo', { transaction: newer ?? '', abandon: true })).facts.recovery).toEqual({ outcome: 'abandoned', transaction: newer, paths: [] });
  expect((await run(top, 'undo')).status).toBe('ok');
  expect([texts(top), (await run(top, 'undo')).error?.code]).toEqual([['a\n', 'x\n', 'c\n'], 'E/NOT_FOUND']);
});

test('undo gives back the files of an edit that was committed, and leaves the commit', async () => {
  const repository = new TemporaryRepository(BEFORE);
  const { top } = repository;
  const { meta } = await run(top, 'apply', { patch: '--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b\n+x\n', apply: true, allowDirty: false, commit: 'Make it x' });
  expect([content(top, 'b.txt'), repository.git('status', '--porcelain')]).toEqual(['x\n', '']);
  await run(top, 'undo');
  expect([texts(top), repository.git('rev-parse', 'HEAD').trim(), repository.git('status', '--porcelain')]).toEqual([Object.values(BEFORE), meta.commit, ' M b.txt\n']);
});

test('when the commit cannot be made, no file is changed either', async () => {
  const repository = new TemporaryRepository(BEFORE);
  repository.write({ '.git/refs/heads/main.lock': '' });
  const before = fingerprint(repository.top, { skip: ['.git/objects'] });
  const { error } = await run(repository.top, 'apply', { patch: '--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b\n+x\n', apply: true, commit: 'Make it x' });
  expect(error).toMatchObject({ code: 'E/FS_PERMISSIONS', hint: expect.stringContaining('Every file is as it was') as string });
  const after = fingerprint(repository.top, { skip: ['.git/objects'] });
  // Git writes the index anew, with the same entries.
  delete before['.git/index'];
  delete after['.git/index'];
  expect(after).toEqual(before);
  repository.write({ '.git/refs/heads/main.lock': null });
  expect(repository.git('status', '--porcelain')).toBe('');
});

/** What lies in the workspace beside Git's own. */
function fingerprintNames(top: string): string[] {
  return readdirSync(top).filter((name) => name !== '.git').sort();
}
