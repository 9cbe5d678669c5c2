import { tmpdir } from 'node:os';
import { Failure } from '../base/failure.js';
import { observe } from '../base/observe.js';
import { BlobReader, type BlobAnswer } from './blob-reader.js';
import { askGit, type GitAnswer } from './git-call.js';
import { hardenedEnvironment } from './git-environment.js';
import { isNameable, parseBlobs, parseListing, parseRawDiff, parseRawLog, splitZero, type DiffEntry, type GitEntry, type GitListing } from './git-output.js';
import { runGit } from './git-process.js';
import { diffWorktree, readWorktreeIndex, type WorktreeIndex, type WorktreeIndexPorts } from './worktree-index.js';

/** Renames and copies are sought among at most this many files, whatever the repository configures: its answer must not differ between clones. */
const RENAME_LIMIT = '-l1000';

/** With renames and copies at Git's own similarity of 50 %. */
const DIFF_FLAGS = ['-r', '-z', '--raw', '--no-abbrev', '-M', '-C', RENAME_LIMIT, '--no-ext-diff', '--no-textconv', '--ignore-submodules=all'];

/** A file that differs from a commit. `untracked` files are not in the index. */
export interface WorktreeChange {
  readonly status: 'A' | 'M' | 'D' | 'T';
  readonly path: string;
  readonly untracked: boolean;
}

/**
 * Reads one repository. Paths are relative to the top of the work tree. No call executes anything that the repository configures,
 * fetches anything or changes a byte under `.git`.
 */
export class GitRepository {
  /** The real path of the top of the work tree. */
  readonly top: string;
  readonly #env: Record<string, string>;
  readonly #blobs: BlobReader;

  constructor(top: string) {
    this.top = top;
    this.#env = hardenedEnvironment(top);
    this.#blobs = new BlobReader((oids) => this.#catFile(this.#env, oids));
  }

  /** Returns the full hash of the commit that `revision` names, or throws E/NOT_FOUND. */
  async resolveCommit(revision: string): Promise<string> {
    if (revision.startsWith('-') || revision.includes('\0') || revision.trim() === '') throw unknownRevision(revision, 'That is not a revision.');
    const answer = await this.#ask(['rev-parse', '--quiet', '--verify', '--end-of-options', `${revision}^{commit}`]);
    const oid = answer.ok ? answer.stdout.trim() : '';
    if (/^[0-9a-f]{40,64}$/.test(oid)) return oid;
    throw await this.#explainUnknown(revision);
  }

  /** Returns the files of a commit (or tree) of the whole repository. */
  async listTree(commit: string): Promise<GitListing> {
    return parseListing(await this.#need(['ls-tree', '-r', '-z', '--full-tree', commit]));
  }

  /** Returns the raw content of the blobs, as they are stored: no filter and no line-ending conversion is applied. */
  async readBlobs(oids: Iterable<string>): Promise<Map<string, Buffer>> {
    const { blobs, missing } = await this.#readBlobs([...oids]);
    if (missing.length > 0) throw missingObjects(missing);
    return new Map(blobs);
  }

  /** Like readBlobs, without those that the repository lacks. */
  async readPresentBlobs(oids: Iterable<string>): Promise<ReadonlyMap<string, Buffer>> {
    return (await this.#readBlobs([...oids])).blobs;
  }

  /** Returns what differs from commit (or tree) `before` to `after`, with renames and copies at Git's own similarity of 50 %. */
  async diffTrees(before: string, after: string): Promise<DiffEntry[]> {
    return parseRawDiff(await this.#need(['diff-tree', ...DIFF_FLAGS, before, after]));
  }

  /**
   * Returns what differs from `commit` to the work tree with its untracked, unignored files, committed since then or not. When Git looks
   * for copies too, a file that changed can take the place of the one that was renamed, so each list is Git's own answer.
   */
  async diffWorktree(commit: string): Promise<{ renames: DiffEntry[]; withCopies: DiffEntry[] }> {
    const look = { what: 'worktree since', key: { top: this.top, commit } };
    const [renames = '', withCopies = ''] = await observe(look, () => diffWorktree(this.#indexPorts(), [DIFF_FLAGS.filter((flag) => flag !== '-C'), DIFF_FLAGS], commit));
    return { renames: parseRawDiff(renames), withCopies: parseRawDiff(withCopies) };
  }

  /** Returns the contents that the file at `path` has had on the way to HEAD, latest first, each with a commit that has it; empty without a commit. */
  async contentsOfPath(path: string, commitsMax: number): Promise<{ commit: string; oid: string }[]> {
    const answer = await this.#ask(['log', '--full-history', '--no-show-signature', `--max-count=${String(commitsMax)}`, '--format=%H', '-z', '--raw', '--no-abbrev', '--no-renames', '--no-ext-diff', '--no-textconv', 'HEAD', '--', path]);
    return answer.ok ? parseRawLog(answer.stdout) : [];
  }

  /**
   * Returns the tracked files whose content on disk, staged or not, differs from `commit` in Git's eyes (line endings normalised as
   * the attributes say), and the untracked files that are not ignored. Files marked assume-unchanged are looked at all the same.
   */
  async worktreeChanges(commit = 'HEAD'): Promise<WorktreeChange[]> {
    const base = (await this.listTree(await this.resolveCommit(commit))).files;
    const worktree = await this.worktreeIndex('hash-only');
    const changes: WorktreeChange[] = [];
    for (const [path, entry] of worktree.files) {
      const before = base.get(path);
      const untracked = worktree.untracked.has(path);
      if (before === undefined) changes.push({ status: 'A', path, untracked });
      else if ((before.mode === 'symlink') !== (entry.mode === 'symlink')) changes.push({ status: 'T', path, untracked });
      else if (before.oid !== entry.oid || before.mode !== entry.mode) changes.push({ status: 'M', path, untracked });
    }
    for (const path of base.keys()) if (!worktree.files.has(path)) changes.push({ status: 'D', path, untracked: false });
    return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /**
   * Returns, for those of `paths` (files that are there) whose content HEAD does not hold, why: it is changed, staged, not tracked or
   * ignored. Git could not give their content back.
   */
  async uncommitted(paths: readonly string[]): Promise<Map<string, string>> {
    const head = await this.headFiles();
    const index = parseListing(await this.#need(['ls-files', '-s', '-z'])).files;
    const worktree = await this.worktreeIndex('hash-only');
    const same = (a: GitEntry | undefined, b: GitEntry | undefined): boolean => a?.oid === b?.oid && a?.mode === b?.mode;
    const reasons = new Map<string, string>();
    for (const path of paths) {
      const [committed, staged, present] = [head.get(path), index.get(path), worktree.files.get(path)];
      if (present === undefined && staged === undefined) reasons.set(path, 'is ignored by Git, which does not hold its content');
      else if (worktree.untracked.has(path)) reasons.set(path, 'is not tracked by Git, which does not hold its content');
      else if (!same(staged, committed)) reasons.set(path, 'has changes that are staged and not committed');
      else if (!same(present, committed)) reasons.set(path, 'has changes that are not committed');
    }
    return reasons;
  }

  /** Returns the files of HEAD; none before the first commit. */
  async headFiles(): Promise<ReadonlyMap<string, GitEntry>> {
    const head = await this.#ask(['rev-parse', '--quiet', '--verify', 'HEAD^{commit}']);
    return head.ok ? (await this.listTree(head.stdout.trim())).files : new Map<string, GitEntry>();
  }

  /** Returns the work tree as `git add --all` would record it, without recording it; `with-content` also reads what is not in the repository yet. */
  worktreeIndex(mode: 'hash-only' | 'with-content'): Promise<WorktreeIndex> {
    return observe({ what: 'worktree', key: { top: this.top, mode } }, () => readWorktreeIndex(this.#indexPorts(), mode));
  }

  /**
   * Returns the paths of a snapshot in no particular order: tracked and untracked files, not the ignored ones; some may be gone from
   * disk, and a submodule is among them. `repositories`: untracked ones inside this one, whose files are not ours, as for Git.
   * `under` limits them to a folder.
   */
  async trackedAndUntracked(under = ''): Promise<{ paths: string[]; repositories: string[] }> {
    const output = await this.#need(['ls-files', '-c', '-o', '--exclude-standard', '-z', '--', ...(under === '' ? [] : [under])]);
    const all = [...new Set(splitZero(output))].filter(isNameable);
    // A path that ends in a slash is another repository.
    return { paths: all.filter((path) => !path.endsWith('/')), repositories: all.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1)) };
  }

  /** Returns the paths that are neither tracked nor ignored, and those of the submodules. */
  async untrackedAndSubmodules(): Promise<{ untracked: string[]; submodules: readonly string[] }> {
    const untracked = splitZero(await this.#need(['ls-files', '-o', '--exclude-standard', '-z'])).filter((path) => !path.endsWith('/') && isNameable(path));
    return { untracked, submodules: parseListing(await this.#need(['ls-files', '-s', '-z'])).submodules };
  }

  /** Returns the folders, without a final slash, and the single files that Git ignores; an ignored folder is not descended into. */
  async ignoredPaths(): Promise<{ directories: string[]; files: string[] }> {
    const paths = splitZero(await this.#need(['ls-files', '-o', '-i', '--exclude-standard', '--directory', '-z'])).filter(isNameable);
    return {
      directories: paths.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1)),
      files: paths.filter((path) => !path.endsWith('/')),
    };
  }

  #indexPorts(): WorktreeIndexPorts {
    return { top: this.top, ask: (env, args) => this.#needWith(env, args), readBlobs: (env, oids) => this.#catFile(env, oids) };
  }

  /** Observed above the cache, which may hold what was read for something else. */
  #readBlobs(oids: readonly string[]): Promise<BlobAnswer> {
    return observe({ what: 'blobs', key: { top: this.top, oids } }, () => this.#blobs.read(oids));
  }

  async #catFile(env: Record<string, string>, oids: readonly string[]): Promise<BlobAnswer> {
    const outcome = await runGit({ args: ['cat-file', '--batch'], cwd: this.top, env, input: oids.map((oid) => `${oid}\n`).join('') });
    const answer = parseBlobs(outcome.stdout);
    // Git ends at the first blob that a partial clone would have to fetch; those after it count as lacking too.
    if (outcome.exitCode === 0 || /promisor remote/.test(outcome.stderr)) return answer;
    throw gitFailed('cat-file', outcome.stderr);
  }

  #ask(args: readonly string[]): Promise<GitAnswer> {
    return askGit(this.top, this.#env, args);
  }

  #need(args: readonly string[]): Promise<string> {
    return this.#needWith(this.#env, args);
  }

  async #needWith(env: Record<string, string>, args: readonly string[]): Promise<string> {
    const answer = await askGit(this.top, env, args);
    if (!answer.ok) throw gitFailed(args[0] ?? '', answer.stderr);
    return answer.stdout;
  }

  async #explainUnknown(revision: string): Promise<Failure> {
    const head = await this.#ask(['rev-parse', '--quiet', '--verify', 'HEAD^{commit}']);
    if (!head.ok) return unknownRevision(revision, 'The repository has no commit on its current branch yet: make the first one, or name another branch.');
    const shallow = await this.#ask(['rev-parse', '--is-shallow-repository']);
    if (shallow.ok && shallow.stdout.trim() === 'true') return unknownRevision(revision, 'The clone is shallow: `git fetch --unshallow` brings the rest of the history.');
    return unknownRevision(revision, '`git log --oneline` lists the commits there are; a range or a file is not a revision.');
  }
}

function unknownRevision(revision: string, hint: string): Failure {
  return new Failure('E/NOT_FOUND', `no commit is called "${revision}" in this repository`, { hint: `Nothing was changed. ${hint}`, details: { revision } });
}

function missingObjects(oids: readonly string[]): Failure {
  return new Failure('E/NOT_FOUND', `the repository lacks content that is needed: object ${oids[0] ?? ''}${oids.length > 1 ? ' and others' : ''}`, {
    hint: 'Nothing was fetched or changed. In a partial clone, fetch them first (`git fetch --refetch --no-filter`); otherwise `git fsck` says what is damaged.',
    details: { missing: oids.slice(0, 20) },
  });
}

/** Returns what to throw when Git refused a command that should work in any repository. */
export function gitFailed(command: string, stderr: string): Failure {
  const message = stderr.split('\n', 1)[0] ?? '';
  if (/permission denied|dubious ownership/i.test(stderr)) {
    return new Failure('E/FS_PERMISSIONS', `git ${command} was refused: ${message}`, { hint: 'Nothing was changed. Make the repository readable for you (`git status` shows the same error).' });
  }
  return new Failure('E/INTERNAL', `git ${command} failed: ${message}`, { hint: 'Nothing was changed. `git status` and `git fsck` in the workspace may show why.' });
}

/** Returns the version of the Git on PATH, or null when there is none. */
export async function gitVersion(): Promise<string | null> {
  try {
    const answer = await askGit(tmpdir(), hardenedEnvironment(null), ['version']);
    return answer.ok ? (/\d+(\.\d+)+/.exec(answer.stdout)?.[0] ?? null) : null;
  } catch (error) {
    if (error instanceof Failure && error.code === 'E/NOT_FOUND') return null;
    throw error;
  }
}
