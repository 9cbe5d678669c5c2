import { spawn, type ChildProcess } from 'node:child_process';
import { basename, delimiter, isAbsolute, sep } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { Failure } from '../base/failure.js';
import { mayReachServers } from './server-variables.js';
import { isExecutableFile, isFolder, realPathOf } from './files.js';

export interface Command {
  readonly executable: string;
  readonly args: readonly string[];
}

/** How a server process ended: its exit code or signal, or the system's code for what kept it from starting. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly startError: string | null;
}

export interface ServerProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves once, when the process is gone and all that it wrote has been read. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  readonly processId: number | null;
  /** The last 4,000 characters that the server wrote to stderr. */
  stderrTail(): string;
  /** SIGKILLs the whole process group. Safe to call at any time, and again. */
  kill(): void;
}

const STDERR_TAIL_CHARACTERS = 4000;
/** A process that left the group may hold the pipes of a server that is gone; then `ended` does not wait for it longer. */
const PIPES_CLOSE_MS = 500;

/**
 * The watchdog waits on a pipe that only we hold. When we are gone, however we went, the pipe closes and it kills the
 * process group, so that even a server stuck in a loop cannot outlive us. The server itself does not inherit the pipe.
 */
const WATCHDOG = '(exec 0<&3 3<&- 1>&- 2>&-; read -r _; kill -9 0) & exec "$@" 3<&-';

/**
 * Starts `command` in a process group of its own, which dies with us. On Windows there is no group and no watchdog.
 * Throws a Failure when the executable or the folder is not there, because a shell's exit code 127 could be the server's own.
 */
export function spawnServer(command: Command, cwd: string, env: NodeJS.ProcessEnv): ServerProcess {
  if (!isFolder(cwd)) throw new Failure('E/NOT_FOUND', 'the workspace is not a folder that can be read', { hint: 'Check --workspace; nothing was changed.' });
  if (!isExecutableFile(command.executable)) throw notExecutable(command);
  const cleaned = serverEnvironment(env, cwd);
  const posix = process.platform !== 'win32';
  const child = posix
    ? spawn('/bin/sh', ['-c', WATCHDOG, 'assay-server', command.executable, ...command.args], { cwd, env: cleaned, stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: true })
    : spawn(command.executable, [...command.args], { cwd, env: cleaned, stdio: ['pipe', 'pipe', 'pipe', 'pipe'], windowsHide: true });
  return wrap(child, posix);
}

/**
 * Returns what a process that analyses `root` may see of our environment. Folders of PATH that are relative or inside
 * the workspace are left out (npx adds `node_modules/.bin`), so that a server that looks for a program finds none of the workspace's.
 */
export function serverEnvironment(env: NodeJS.ProcessEnv, root: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && mayReachServers(name));
  return { ...Object.fromEntries(kept), PATH: trustedFolders(env['PATH'] ?? '', root).join(delimiter) };
}

/** The absolute folders of a PATH that do not lie inside `root`, symlinks resolved. */
export function trustedFolders(path: string, root: string): string[] {
  const realRoot = realPathOf(root) ?? root;
  return path.split(delimiter).filter((folder) => {
    const real = isAbsolute(folder) ? realPathOf(folder) : null;
    return real !== null && !`${real}${sep}`.startsWith(`${realRoot}${sep}`);
  });
}

function notExecutable({ executable }: Command): Failure {
  const name = basename(executable);
  return new Failure('E/LS_CRASH', `the server's program ${name} is missing or may not be executed`, {
    hint: 'Run npm ci in the folder of assay to install its servers again, then the same command; nothing was changed.',
    details: { executable: name },
  });
}

function wrap(child: ChildProcess, ownGroup: boolean): ServerProcess {
  const [stdin, stdout, stderr, lifeline] = child.stdio;
  if (!stdin || !stdout || !stderr) throw new Error('BUG: a server process without pipes');
  let tail = '';
  stderr.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-STDERR_TAIL_CHARACTERS);
  });
  // Writing to a server that has just died raises EPIPE here; `ended` tells the same story with its cause.
  for (const stream of [stdin, stdout, stderr, lifeline]) stream?.on('error', () => undefined);
  let gone = false;
  const ended = endOf(child, () => {
    gone = true;
    // What is left of the group dies by the watchdog, which knows its own group; its number may be another's by now.
    lifeline?.destroy();
  });
  return {
    stdin,
    stdout,
    processId: child.pid ?? null,
    ended,
    stderrTail: () => tail,
    kill: () => {
      if (!gone) killGroup(child, ownGroup);
    },
  };
}

function endOf(child: ChildProcess, exited: () => void): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      exited();
      resolve({ code: null, signal: null, startError: error.code ?? 'UNKNOWN' });
    });
    child.once('exit', (code, signal) => {
      exited();
      const timer = setTimeout(() => {
        resolve({ code, signal, startError: null });
      }, PIPES_CLOSE_MS);
      child.once('close', () => {
        clearTimeout(timer);
        resolve({ code, signal, startError: null });
      });
    });
  });
}

function killGroup(child: ChildProcess, ownGroup: boolean): void {
  if (child.pid === undefined) return;
  try {
    process.kill(ownGroup ? -child.pid : child.pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: the group is gone already, which is what was asked for.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
