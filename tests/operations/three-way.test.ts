import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import { fingerprint, temporaryFolder, TemporaryRepository, type FileSpec } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const lines = (count: number): string => Array.from({ length: count }, (_, index) => `line ${String(index)}\n`).join('');
const BASE = lines(20);
const THEIRS = BASE.replace('line 10\n', 'ten\n');
const OURS = BASE.replace('line 3\n', 'three\nthree and a half\n');

const binary = (seed: number): Buffer => Buffer.from(Array.from({ length: 300 }, (_, index) => (index * seed * 31) % 256));

interface Story {
  readonly base: Readonly<Record<string, FileSpec>>;
  readonly theirs: Readonly<Record<string, FileSpec>>;
  readonly ours: Readonly<Record<string, FileSpec>>;
}

/** A repository in which a step was made from the base, and where the files have meanwhile become ours. Returns the step as a patch. */
function diverge({ base, theirs, ours }: Story, format = 'sha1'): { repository: TemporaryRepository; patch: string } {
  const repository = new TemporaryRepository();
  rmSync(join(repository.top, '.git'), { recursive: true });
  repository.git('init', '-q', '-b', 'main', `--object-format=${format}`);
  repository.commit({ keep: 'keep\n', ...base });
  repository.commit(theirs);
  const patch = repository.git('diff', '--binary', 'HEAD~1', 'HEAD');
  repository.git('reset', '-q', '--hard', 'HEAD~1');
  repository.commit(ours);
  return { repository, patch };
}

async function merge(top: string, patch: string, more: Readonly<Record<string, boolean>> = {}): Promise<Bundle> {
  return (await openEngine(top)).run({ cmd: 'apply', args: { patch, delta: false, '3way': true, ...more } });
}

/** What Git itself makes of it, in a copy. */
function byGit(repository: TemporaryRepository, patch: string): { status: number | null; files: unknown } {
  const copy = join(temporaryFolder(), 'copy');
  cpSync(repository.top, copy, { recursive: true, verbatimSymlinks: true });
  const git = (args: readonly string[], input = ''): number | null => spawnSync('git', args, { cwd: copy, input, env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' } }).status;
  // The copies have other times than the index knows.
  git(['status']);
  const status = git(['apply', '--3way', '--whitespace=nowarn', '-'], patch);
  return { status, files: fingerprint(copy, { skip: ['.git'] }) };
}

test.each<[string, Story]>([
  ['a change beside ours', { base: { a: BASE }, theirs: { a: THEIRS }, ours: { a: OURS } }],
  ['a change that we have made, too', { base: { a: BASE }, theirs: { a: THEIRS }, ours: { a: THEIRS } }],
  ['files that have not changed, that come, go, move and get another mode', {
    base: { a: BASE, gone: 'g\n', old: BASE, mode: 'm\n' },
    theirs: { a: THEIRS, gone: null, old: null, moved: THEIRS, new: 'n\n', mode: { exec: 'm\n' } },
    ours: { a: OURS, other: 'o\n' },
  }],
  ['a file whose line endings Git converts', { base: { '.gitattributes': '*.bat text eol=crlf\n', 'a.bat': BASE }, theirs: { 'a.bat': THEIRS }, ours: { 'a.bat': OURS.replaceAll('\n', '\r\n') } }],
  ['binary files of which one side changed', { base: { a: binary(3), b: binary(5) }, theirs: { a: binary(7) }, ours: { b: binary(9) } }],
  ['lines that an attribute keeps of both', { base: { '.gitattributes': 'log merge=union\n', log: 'a\n' }, theirs: { log: 'a\nb\n' }, ours: { log: 'a\nc\n' } }],
])('%s: the same tree as with git apply --3way', async (_name, story) => {
  const { repository, patch } = diverge(story);
  const expected = byGit(repository, patch);
  expect(expected.status).toBe(0);
  const preview = await merge(repository.top, patch);
  expect(preview.edits?.safety.checks.find(({ name }) => name === 'three-way')).toMatchObject({ outcome: 'passed' });
  const applied = await merge(repository.top, patch, { apply: true });
  expect(applied.error).toBeUndefined();
  expect(fingerprint(repository.top, { skip: ['.git'] })).toEqual(expected.files);
});

interface Told {
  readonly path: string;
  readonly line?: number;
  readonly expected?: readonly string[];
  readonly found?: readonly string[];
  readonly wanted?: readonly string[];
  readonly reason: RegExp;
}

test.each<[string, Story, Told[]]>([
  ['lines that both changed, each place by itself', {
    base: { a: BASE, b: BASE },
    theirs: { a: BASE.replace('line 3\n', 'drei\n').replace('line 10\n', 'zehn\n'), b: THEIRS },
    ours: { a: `new\n${BASE.replace('line 3\n', 'trois\n').replace('line 10\nline 11\n', '')}`, b: OURS },
  }, [
    { path: 'a', line: 5, expected: ['line 3'], found: ['trois'], wanted: ['drei'], reason: /both the patch and the file/ },
    { path: 'a', line: 12, expected: ['line 10', 'line 11'], found: [], wanted: ['zehn', 'line 11'], reason: /both the patch and the file/ },
  ]],
  ['files that both made', { base: {}, theirs: { a: 'theirs\n' }, ours: { a: 'ours\n' } }, [{ path: 'a', line: 1, expected: [], found: ['ours'], wanted: ['theirs'], reason: /is there already/ }]],
  ['binary files that both changed', { base: { a: binary(3) }, theirs: { a: binary(5) }, ours: { a: binary(7) } }, [{ path: 'a', reason: /not merged by lines/ }]],
  ['files that an attribute keeps from being merged', { base: { '.gitattributes': 'lock -merge\n', lock: BASE }, theirs: { lock: THEIRS }, ours: { lock: OURS } }, [{ path: 'lock', reason: /not merged by lines/ }]],
  ['lines that look like markers', { base: { a: '<<<<<<< x\n1\n=======\n>>>>>>> y\n' }, theirs: { a: '<<<<<<< x\n2\n=======\n>>>>>>> y\n' }, ours: { a: '<<<<<<< x\n3\n=======\n>>>>>>> y\n' } }, [{ path: 'a', line: 2, expected: ['1'], found: ['3'], wanted: ['2'], reason: /both/ }]],
  ['a file that is gone', { base: { a: BASE, b: BASE }, theirs: { a: THEIRS, b: THEIRS }, ours: { a: null, b: OURS } }, [{ path: 'a', reason: /is not there/ }]],
])('%s: a conflict, as with git apply --3way, told in data, and nothing is written', async (_name, story, told) => {
  const { repository, patch } = diverge(story);
  expect(byGit(repository, patch).status).not.toBe(0);
  const before = fingerprint(repository.top, { times: true });
  const { error } = await merge(repository.top, patch, { apply: true });
  expect(error?.code).toBe('E/APPLY_CONFLICT');
  expect(error?.details).toEqual({ conflicts: told.map(({ reason, ...rest }) => expect.objectContaining({ ...rest, reason: expect.stringMatching(reason) as string }) as object) });
  expect(fingerprint(repository.top, { times: true })).toEqual(before);
});

test('a merge driver of the repository is a program, and is not run', async () => {
  const marker = join(temporaryFolder(), 'executed');
  const story = { base: { '.gitattributes': '* merge=evil\n', a: BASE }, theirs: { a: THEIRS }, ours: { a: OURS } };
  const { repository, patch } = diverge(story);
  repository.git('config', 'merge.evil.driver', `touch ${marker}`);
  const { error } = await merge(repository.top, patch, { apply: true });
  expect(error).toMatchObject({ code: 'E/APPLY_CONFLICT', details: { conflicts: [{ path: 'a', reason: expect.stringContaining('(evil)') as string }] } });
  expect(existsSync(marker)).toBe(false);
  byGit(repository, patch);
  expect(existsSync(marker), 'plain Git runs it').toBe(true);
});

test('where the repository does not hold what the patch was made from, the patch must fit as it is', async () => {
  const { repository, patch } = diverge({ base: { a: BASE }, theirs: { a: THEIRS }, ours: { a: OURS } });
  const unknown = patch.replace(/^index .*$/m, 'index 1234567..89abcde 100644');
  const bundle = await merge(repository.top, unknown);
  expect(bundle.edits?.diff).toContain('+ten');
  expect(bundle.edits?.safety.checks.find(({ name }) => name === 'three-way')?.message).toContain('does not hold');
  const conflict = await merge(repository.top, unknown.replace('-line 10', '-line ten'));
  expect(conflict.error).toMatchObject({ code: 'E/APPLY_CONFLICT', details: { conflicts: [{ path: 'a', nearest: { line: 9 } }] }, hint: expect.stringContaining('does not hold what the patch was made from') as string });
});

test('a merge needs a patch and a repository', async () => {
  const folder = temporaryFolder();
  expect((await merge(folder, '--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n')).error?.code).toBe('E/NOT_FOUND');
  expect((await merge(folder, '{"documentChanges": []}')).error?.code).toBe('E/BAD_ARGUMENT');
});

test('a workspace that is a part of its repository, whose names are SHA-256', async () => {
  const story = { base: { 'sub/a': BASE, '.gitattributes': 'sub/a merge=union\n' }, theirs: { 'sub/a': BASE.replace('line 3\n', 'drei\n') }, ours: { 'sub/a': OURS } };
  const { repository, patch } = diverge(story, 'sha256');
  const bundle = await merge(join(repository.top, 'sub'), patch);
  expect(bundle.edits?.files.map(({ path }) => path)).toEqual(['a']);
  expect(bundle.edits?.diff).toContain('+drei');
});
