import { copyFile, mkdir, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '../base/failure.js';
import type { BlobAnswer } from './blob-reader.js';
import { statFile } from './disk-files.js';
import { fileFailure, isAbsent } from './file-failure.js';
import { hardenedEnvironment } from './git-environment.js';
import { isNameable, parseListing, splitZero, type GitEntry } from './git-output.js';
import { runGit } from './git-process.js';
import { RealDirectories } from './real-directories.js';
import { withScratchDirectory } from './scratch-directory.js';

/** Files above this size are hashed but not read: no language server opens them, and a data set must not fill the memory. */
export const CONTENT_MAX_BYTES = 32 * 1024 * 1024;

/** The work tree as `git add --all` would record it. */
export interface WorktreeIndex {
  readonly files: ReadonlyMap<string, GitEntry>;
  readonly untracked: ReadonlySet<string>;
  /** The normalised contents, by object id, that the repository itself does not hold. */
  readonly contents: ReadonlyMap<string, Buffer>;
  /** The changed or untracked files that were too large to read. */
  readonly large: ReadonlySet<string>;
}

export interface WorktreeIndexPorts {
  readonly top: string;
  readonly ask: (env: Record<string, string>, args: readonly string[]) => Promise<string>;
  readonly readBlobs: (env: Record<string, string>, oids: readonly string[]) => Promise<BlobAnswer>;
}

/**
 * Brings a copy of the user's index up to date with the disk and reads it. What Git has to write goes to a scratch directory:
 * the copied index, and the objects of changed files. Git itself normalises the contents, so the answer is the same as after a
 * commit; only clean filters do not run.
 */
export async function readWorktreeIndex(ports: WorktreeIndexPorts, mode: 'hash-only' | 'with-content'): Promise<WorktreeIndex> {
  return withScratchDirectory(async (scratch) => {
    const { env, untracked, sorted } = await scratchIndex(ports, scratch);
    const before = mode === 'with-content' ? parseListing(await ports.ask(env, ['ls-files', '-s', '-z'])).files : new Map<string, GitEntry>();
    await updateIndex(ports, env, ['--force-remove'], sorted.gone);
    await updateIndex(ports, env, HASHING, mode === 'hash-only' ? [...sorted.present, ...sorted.large] : sorted.large);
    if (mode === 'with-content') await recordContents(ports, env, scratch, sorted.present);
    const { files } = parseListing(await ports.ask(env, ['ls-files', '-s', '-z']));
    const large = new Set(sorted.large);
    const fresh = mode === 'hash-only' ? [] : sorted.present.flatMap((path) => freshOid(files.get(path), before.get(path)));
    const { blobs } = await ports.readBlobs(env, [...new Set(fresh)]);
    return { files, untracked: new Set(untracked), contents: blobs, large };
  });
}

/** Returns what `git diff-index` says of the work tree against `commit` with each of the lists of flags. Files that are too large to read count as gone. */
export async function diffWorktree(ports: WorktreeIndexPorts, flagLists: readonly (readonly string[])[], commit: string): Promise<string[]> {
  return withScratchDirectory(async (scratch) => {
    const { env, sorted } = await scratchIndex(ports, scratch);
    await updateIndex(ports, env, ['--force-remove'], [...sorted.gone, ...sorted.large]);
    await recordContents(ports, env, scratch, sorted.present);
    return Promise.all(flagLists.map((flags) => ports.ask(env, ['diff-index', '--cached', ...flags, commit, '--'])));
  });
}

/**
 * Brings the scratch index up to date about `paths` and writes their contents beside it, but for those that the repository has: Git gives an object that it is
 * to write again a new time stamp where it lies, which is the user's .git. A second index tells which those are.
 */
async function recordContents(ports: WorktreeIndexPorts, env: Record<string, string>, scratch: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const probing = { ...env, GIT_INDEX_FILE: join(scratch, 'probe') };
  await copyIndex(join(scratch, 'index'), probing.GIT_INDEX_FILE);
  await updateIndex(ports, probing, HASHING, paths);
  const { files } = parseListing(await ports.ask(probing, ['ls-files', '-s', '-z']));
  const oids = paths.flatMap((path) => files.get(path)?.oid ?? []);
  const { blobs } = await ports.readBlobs(env, [...new Set(oids)]);
  const isHeld = (path: string): boolean => blobs.has(files.get(path)?.oid ?? '');
  await updateIndex(ports, env, HASHING, paths.filter(isHeld));
  await updateIndex(ports, env, ['--add', '--remove', '--replace'], paths.filter((path) => !isHeld(path)));
}

const HASHING = ['--add', '--remove', '--replace', '--info-only'];

/** A copy of the user's index that hides nothing, not yet brought up to date, and the files that it is out of date about. */
async function scratchIndex(ports: WorktreeIndexPorts, scratch: string): Promise<{ env: Record<string, string>; untracked: string[]; sorted: ReturnType<typeof sortByPresence> }> {
  const env = await scratchEnvironment(ports, scratch);
  await clearHidingFlags(ports, env);
  const untracked = await listUntracked(ports, env);
  const stale = splitZero(await ports.ask(env, ['ls-files', '-m', '-d', '-z']));
  return { env, untracked, sorted: sortByPresence(ports.top, [...new Set([...stale, ...untracked])]) };
}

function freshOid(after: GitEntry | undefined, before: GitEntry | undefined): string[] {
  return after === undefined || after.oid === before?.oid ? [] : [after.oid];
}

async function scratchEnvironment(ports: WorktreeIndexPorts, scratch: string): Promise<Record<string, string>> {
  const plain = hardenedEnvironment(ports.top);
  const located = await ports.ask(plain, ['rev-parse', '--git-path', 'index', '--git-path', 'objects']);
  const [index = '', objects = ''] = located.split('\n').map((path) => resolve(ports.top, path));
  const copy = join(scratch, 'index');
  await copyIndex(index, copy);
  await mkdir(join(scratch, 'objects'));
  return {
    ...hardenedEnvironment(ports.top, await filterSettings(ports.ask, plain)),
    GIT_INDEX_FILE: copy,
    GIT_OBJECT_DIRECTORY: join(scratch, 'objects'),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: `"${objects.replace(/["\\]/g, '\\$&')}"`,
  };
}

/** A repository without an index has simply nothing staged. */
async function copyIndex(index: string, copy: string): Promise<void> {
  try {
    await copyFile(index, copy);
    // Git takes entries as young as the index for suspect. The copy must not look younger than the original, so its time is rounded down.
    const seconds = Math.floor((await stat(index)).mtimeMs / 1000);
    await utimes(copy, seconds, seconds);
  } catch (error) {
    if (!isAbsent(error)) throw fileFailure(error, 'read', '.git/index', 'Nothing was changed. Make the repository readable for you.');
  }
}

/** Settings that switch off every filter driver that any configuration names: comparing a file would run its clean command. */
export async function filterSettings(ask: WorktreeIndexPorts['ask'], env: Record<string, string>): Promise<[string, string][]> {
  const names = new Set<string>();
  for (const key of splitZero(await ask(env, ['config', '--list', '--name-only', '-z']))) {
    const match = /^filter\.(.*)\.[^.]*$/s.exec(key);
    if (match?.[1] !== undefined) names.add(match[1]);
  }
  return [...names].flatMap((name): [string, string][] => [
    [`filter.${name}.clean`, ''],
    [`filter.${name}.smudge`, ''],
    [`filter.${name}.process`, ''],
    [`filter.${name}.required`, 'false'],
  ]);
}

/** Drops assume-unchanged from all entries, and skip-worktree from those that are on disk after all: both would hide a change. */
async function clearHidingFlags(ports: WorktreeIndexPorts, env: Record<string, string>): Promise<void> {
  const tagged = splitZero(await ports.ask(env, ['ls-files', '-v', '-z'])).map((record) => [record.slice(0, 1), record.slice(2)] as const);
  const assumed = tagged.filter(([tag]) => tag !== tag.toUpperCase()).map(([, path]) => path);
  const skipped = tagged.filter(([tag]) => tag.toUpperCase() === 'S').map(([, path]) => path);
  await updateIndex(ports, env, ['--no-assume-unchanged'], assumed);
  if (skipped.length === 0) return;
  const { present, large } = sortByPresence(ports.top, skipped);
  await updateIndex(ports, env, ['--no-skip-worktree'], [...present, ...large]);
}

async function listUntracked(ports: WorktreeIndexPorts, env: Record<string, string>): Promise<string[]> {
  const paths = splitZero(await ports.ask(env, ['ls-files', '-o', '--exclude-standard', '-z']));
  return paths.filter((path) => !path.endsWith('/') && isNameable(path));
}

/** Splits paths into files that Git can record, those too large to read, and those that are gone (also: beyond a symlink, or no file any more). */
function sortByPresence(top: string, paths: readonly string[]): { present: string[]; large: string[]; gone: string[] } {
  const directories = new RealDirectories(top);
  const sorted = { present: [] as string[], large: [] as string[], gone: [] as string[] };
  for (const path of paths.filter(isNameable)) {
    const size = directories.leadTo(path) ? (statFile(top, path)?.size ?? null) : null;
    if (size === null) sorted.gone.push(path);
    else if (size > CONTENT_MAX_BYTES) sorted.large.push(path);
    else sorted.present.push(path);
  }
  return sorted;
}

/** How Git says that a file became another one between two of its own looks. */
const CHANGED_MEANWHILE = /short read while indexing (.*)|open\("(.*)"\): No such file or directory/;
const UPDATE_TRIES = 5;

async function updateIndex(ports: WorktreeIndexPorts, env: Record<string, string>, flags: readonly string[], paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  for (let tries = UPDATE_TRIES; ; tries -= 1) {
    const outcome = await runGit({ args: ['update-index', ...flags, '-z', '--stdin'], cwd: ports.top, env, input: `${paths.join('\0')}\0` });
    if (outcome.exitCode === 0) return;
    const changed = CHANGED_MEANWHILE.exec(outcome.stderr);
    if (changed === null) throw updateFailure(outcome.stderr);
    if (tries > 1) continue;
    const path = changed[1] ?? changed[2] ?? '';
    throw new Failure('E/CONTENT_MODIFIED', `${path} is being written all the time`, { hint: 'Nothing was changed by assay. Run the command again when the file is at rest.', details: { path } });
  }
}

function updateFailure(stderr: string): Failure {
  const unreadable = /open\("(.*)"\): (.*)/.exec(stderr);
  if (unreadable?.[1] !== undefined) {
    return new Failure('E/FS_PERMISSIONS', `could not read ${unreadable[1]} (${unreadable[2] ?? ''})`, {
      hint: 'Nothing was changed. Make the file readable for you, or let Git ignore it.',
      details: { path: unreadable[1] },
    });
  }
  return new Failure('E/INTERNAL', `git update-index failed: ${stderr.split('\n', 1)[0] ?? ''}`, {
    hint: 'Nothing was changed: only a copy of the index was written. `git status` in the workspace may show why.',
  });
}
