import { simpleGit } from 'simple-git';
import { Failure } from '../base/failure.js';
import { observe } from '../base/observe.js';
import { folderIsGone } from './file-failure.js';
import { didNotStart } from './git-process.js';
import { lstatOrNull } from './lstat.js';

const SILENCE_MS = 120_000;

/** What an ordinary Git command printed, or why it failed. */
export type GitAnswer = { readonly ok: true; readonly stdout: string } | { readonly ok: false; readonly exitCode: number; readonly stderr: string };

class GitExit extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, stderr: string) {
    super(stderr);
    this.exitCode = exitCode;
  }
}

/**
 * Runs one Git command that takes no input and prints text. Each call has an instance of its own: simple-git rejects whatever
 * else is queued on an instance when one command fails.
 */
export function askGit(directory: string, env: Record<string, string>, args: readonly string[]): Promise<GitAnswer> {
  return observe({ what: 'git', key: { directory, args } }, () => callGit(directory, env, args));
}

async function callGit(directory: string, env: Record<string, string>, args: readonly string[]): Promise<GitAnswer> {
  let exit: GitExit | undefined;
  // It would be a plain Error of simple-git.
  if (lstatOrNull(directory) === null) throw folderIsGone();
  const git = simpleGit({
    baseDir: directory,
    maxConcurrentProcesses: 1,
    // The output is complete only when the pipes have closed; the default also accepts 50 ms after the exit.
    completion: { onClose: true, onExit: false },
    timeout: { block: SILENCE_MS },
    allowEnvironment: Object.keys(env),
    // simple-git guards against settings that run programs. Ours are fixed, and each of them switches such a program off.
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeFilter: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafePager: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeSshCommand: true,
    },
    errors: (error, result) => {
      if (result.exitCode === 0) return error;
      // simple-git takes an exit code with an empty stderr for success; a caller of ours decides that itself.
      exit = new GitExit(result.exitCode, Buffer.concat(result.stdErr).toString('utf8').trim());
      return exit;
    },
  }).env(env);
  try {
    return { ok: true, stdout: await git.raw([...args]) };
  } catch (error) {
    if (error instanceof Error && error.message.includes('spawn git ENOENT')) throw didNotStart(directory, error);
    if (exit !== undefined && exit.exitCode > 0) return { ok: false, exitCode: exit.exitCode, stderr: exit.message };
    throw new Failure('E/INTERNAL', `git ${args[0] ?? ''} could not be run: ${firstLine(error)}`, {
      hint: 'Nothing was changed. Check that `git --version` works in this environment.',
      cause: error,
    });
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0] ?? '';
}
