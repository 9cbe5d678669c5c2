import { spawn } from 'node:child_process';
import { Failure } from '../base/failure.js';
import { observe } from '../base/observe.js';
import { errorCode, folderIsGone } from './file-failure.js';
import { lstatOrNull } from './lstat.js';

export interface GitRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What the process reads on stdin; nothing when absent. */
  readonly input?: Uint8Array | string;
  /** The process is killed when it writes more than this many bytes to stdout. */
  readonly outputMaxBytes?: number;
  /** The process is killed when it writes nothing for this long. */
  readonly silenceMs?: number;
}

export interface GitOutcome {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const OUTPUT_MAX_BYTES = 2 ** 31;
const STDERR_MAX_CHARS = 64 * 1024;
const SILENCE_MS = 120_000;

/** Runs Git once, with bytes in and bytes out; an exit code other than 0 is an outcome, not an error. Nothing is left running. */
export function runGit(run: GitRun): Promise<GitOutcome> {
  return observe({ what: 'git', key: { directory: run.cwd, args: run.args, input: run.input ?? null } }, () => spawnGit(run));
}

function spawnGit(run: GitRun): Promise<GitOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', run.args, { cwd: run.cwd, env: run.env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    const chunks: Buffer[] = [];
    let size = 0;
    let stderr = '';
    let killedBecause: string | undefined;
    const kill = (reason: string): void => {
      killedBecause ??= reason;
      child.kill('SIGKILL');
    };
    const silenceMs = run.silenceMs ?? SILENCE_MS;
    const timer = setTimeout(() => { kill(`said nothing for ${String(silenceMs)} ms`); }, silenceMs);
    child.stdout.on('data', (chunk: Buffer) => {
      timer.refresh();
      size += chunk.length;
      if (size > (run.outputMaxBytes ?? OUTPUT_MAX_BYTES)) kill('wrote more than it may');
      else chunks.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      timer.refresh();
      if (stderr.length < STDERR_MAX_CHARS) stderr += chunk;
    });
    // A process that ends before it has read its input closes the pipe; its exit code and stderr then say why.
    child.stdin.on('error', (error) => { if (errorCode(error) !== 'EPIPE') kill(error.message); });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(errorCode(error) === 'ENOENT' ? didNotStart(run.cwd, error) : error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code !== null && killedBecause === undefined) resolve({ exitCode: code, stdout: Buffer.concat(chunks), stderr });
      else reject(wasEnded(run.args[0] ?? '', killedBecause ?? `received ${String(signal)}`));
    });
    child.stdin.end(run.input ?? '');
  });
}

function wasEnded(command: string, reason: string): Failure {
  return new Failure('E/INTERNAL', `git ${command} was ended: it ${reason}`, {
    hint: 'Nothing was changed. Try again; if it repeats, run the same Git command by hand to see what holds it up.',
  });
}

/** Returns what to throw when Git could not be started in a folder: there is no such folder any more, or no program called git. */
export function didNotStart(directory: string, cause: unknown): Failure {
  if (lstatOrNull(directory) === null) return folderIsGone(cause);
  return new Failure('E/NOT_FOUND', 'the program "git" was not found on PATH', {
    hint: 'Nothing was changed. Install Git; what needs no revision and no patch works without it.',
    cause,
  });
}
