import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '../base/failure.js';
import { askGit } from './git-call.js';
import { hardenedEnvironment } from './git-environment.js';
import { parseListing, splitZero, type GitEntry } from './git-output.js';
import { runGit } from './git-process.js';
import { withScratchDirectory } from './scratch-directory.js';
import { filterSettings } from './worktree-index.js';

/** What a person may say about himself in the environment. */
const IDENTITY = ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_AUTHOR_DATE', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL', 'GIT_COMMITTER_DATE', 'EMAIL'];
/** What Git leaves in its directory while something is under way that a commit of ours would end up in. */
const UNDER_WAY = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply', 'index.lock'];

/** A commit of some files that can be made: all that could be checked beforehand was. */
export interface CommitPlan {
  readonly top: string;
  readonly paths: readonly string[];
  readonly message: string;
  readonly parent: string | null;
  /** What the index holds for the paths: the same as HEAD. */
  readonly entries: ReadonlyMap<string, GitEntry>;
  readonly env: Record<string, string>;
}

/**
 * Checks that a commit of `paths` (from the top, as they are on disk later) takes nothing else with it. Throws E/FS_PERMISSIONS when the index has
 * them staged differently, a merge or rebase is under way, or a filter would have to run; E/BAD_ARGUMENT for an empty message.
 */
export async function planCommit(top: string, paths: readonly string[], message: string, userEnv: NodeJS.ProcessEnv): Promise<CommitPlan> {
  if (message.trim() === '' || message.includes('\0')) throw new Failure('E/BAD_ARGUMENT', 'the commit message is empty or holds a NUL', { hint: 'Nothing was written.' });
  const plain = hardenedEnvironment(top);
  const ask = async (args: readonly string[]): Promise<string | null> => {
    const answer = await askGit(top, plain, args);
    return answer.ok ? answer.stdout : null;
  };
  const gitDir = ((await ask(['rev-parse', '--absolute-git-dir'])) ?? '').trim();
  for (const name of UNDER_WAY) if (await exists(join(resolve(top, gitDir), name))) throw underWay(name);
  const parent = (await ask(['rev-parse', '--quiet', '--verify', 'HEAD^{commit}']))?.trim() ?? null;
  const head = parent === null ? new Map<string, GitEntry>() : parseListing((await ask(['ls-tree', '-r', '-z', '--full-tree', parent])) ?? '').files;
  const index = parseListing((await ask(['ls-files', '-s', '-z'])) ?? '').files;
  const staged = paths.filter((path) => index.get(path)?.oid !== head.get(path)?.oid || index.get(path)?.mode !== head.get(path)?.mode);
  if (staged.length > 0) throw refused(`the index has ${staged[0] ?? ''} staged differently from HEAD`, 'Commit or unstage it first, or leave --commit out.');
  const filtered = splitZero((await ask(['check-attr', '-z', 'filter', '--', ...paths])) ?? '').filter((value, at) => at % 3 === 2 && !['unspecified', 'unset'].includes(value));
  if (filtered.length > 0) throw refused(`a filter (${filtered[0] ?? ''}) would have to run`, 'assay runs no program that a repository names. Leave --commit out and commit with Git.');
  const identity = Object.fromEntries(IDENTITY.flatMap((name) => (userEnv[name] === undefined ? [] : [[name, userEnv[name]]])));
  const settings = [...(await filterSettings((env, args) => needed(top, env, args), plain)), ['core.fsync', 'committed'], ['core.compression', '-1'], ['commit.gpgSign', 'false']] as const;
  return { top, paths, message, parent, entries: new Map(paths.flatMap((path) => (index.has(path) ? [[path, index.get(path)] as [string, GitEntry]] : []))), env: { ...hardenedEnvironment(top, settings), ...identity } };
}

/**
 * Makes the commit on the current branch and returns its hash. No hook runs and nothing is signed. The tree is put together in a scratch
 * index; the user's own index learns of these files only. When a part of it fails, index and HEAD are as before.
 */
export async function makeCommit(plan: CommitPlan): Promise<string> {
  const { top, env, parent, paths, message } = plan;
  const commit = await withScratchDirectory(async (scratch) => {
    const scratched = { ...env, GIT_INDEX_FILE: join(scratch, 'index') };
    if (parent !== null) await needed(top, scratched, ['read-tree', parent]);
    await updateIndex(top, scratched, ['--add', '--remove'], paths.join('\0') + '\0');
    const tree = (await needed(top, scratched, ['write-tree'])).trim();
    const before = parent === null ? '' : (await needed(top, env, ['rev-parse', `${parent}^{tree}`])).trim();
    if (tree === before) throw refused('Git sees no difference in the files (line endings that it converts, say)', 'Leave --commit out.');
    return (await needed(top, scratched, ['commit-tree', tree, ...(parent === null ? [] : ['-p', parent]), '-m', message])).trim();
  });
  await updateIndex(top, env, ['--add', '--remove'], paths.join('\0') + '\0');
  const [subject = ''] = message.trim().split('\n');
  const moved = await askGit(top, env, ['update-ref', '-m', `commit${parent === null ? ' (initial)' : ''}: ${subject}`, 'HEAD', commit, parent ?? '0'.repeat(commit.length)]);
  if (moved.ok) return commit;
  await updateIndex(top, env, ['--index-info'], paths.map((path) => entryLine(plan, path, commit.length)).join(''));
  throw refused(`HEAD could not be moved: ${moved.stderr.split('\n', 1)[0] ?? ''}`, 'Somebody else may have committed meanwhile. Run the command again.');
}

const MODE_BITS = { file: '100644', exec: '100755', symlink: '120000' } as const;

function entryLine({ entries }: CommitPlan, path: string, hexDigits: number): string {
  const entry = entries.get(path);
  return entry === undefined ? `0 ${'0'.repeat(hexDigits)}\t${path}\0` : `${MODE_BITS[entry.mode]} ${entry.oid}\t${path}\0`;
}

async function updateIndex(top: string, env: Record<string, string>, flags: readonly string[], input: string): Promise<void> {
  const mode = flags.includes('--index-info') ? [] : ['--stdin'];
  const outcome = await runGit({ args: ['update-index', '-z', ...flags, ...mode], cwd: top, env, input });
  if (outcome.exitCode !== 0) throw refused(`the index could not be written: ${outcome.stderr.split('\n', 1)[0] ?? ''}`, 'If another Git command is running, wait for it.');
}

async function needed(top: string, env: Record<string, string>, args: readonly string[]): Promise<string> {
  const answer = await askGit(top, env, args);
  if (answer.ok) return answer.stdout;
  const [said = `git ${args[0] ?? ''} failed`] = answer.stderr.split('\n').filter((line) => line.trim() !== '');
  throw refused(said, /identity|ident name|user\.email/i.test(answer.stderr) ? 'Say who you are (git config user.name and user.email), or leave --commit out.' : 'git commit by hand shows the same.');
}

function underWay(name: string): Failure {
  if (name === 'index.lock') return refused('the index is locked (index.lock)', 'Wait for the Git command that holds it; if none is running any more, remove .git/index.lock.');
  return refused(`Git is in the middle of something (${name})`, 'Finish it first, or leave --commit out.');
}

function refused(reason: string, next: string): Failure {
  return new Failure('E/FS_PERMISSIONS', `no commit can be made: ${reason}`, { hint: `Index and HEAD are as before. ${next}` });
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // access answers by throwing.
    return false;
  }
}
