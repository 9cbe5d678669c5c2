import { ContextValue } from './context.js';
import { Failure } from './failure.js';

/** Where a command writes. `write` calls back when the text has left us, or when nobody will read it. */
export interface CallerStream {
  readonly isTTY: boolean;
  write(text: string, written: () => void): void;
}

/** On whose behalf a command runs: this process itself, or a client of the daemon with a folder, an environment and streams of its own. */
export interface Caller {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: CallerStream;
  readonly stderr: CallerStream;
  /** Opens standard input, which is not touched before: a command that does not read it must leave it to others. */
  stdin(): NodeJS.ReadableStream;
  /** Undefined until the command has decided. */
  exitCode: number | undefined;
  /** Aborted when the caller has gone away and wants no answer any more. */
  readonly signal: AbortSignal;
}

const callers = new ContextValue<Caller>('caller');

/**
 * Returns on whose behalf the running code works. Everything that depends on a process's folder, environment, streams or exit
 * code is asked of it, because one daemon runs the commands of many processes.
 */
export function caller(): Caller {
  return callers.get() ?? thisProcess;
}

/** Runs `work`, and all that it starts, on behalf of `who`. */
export function onBehalfOf<T>(who: Caller, work: () => T): T {
  return callers.run(who, work);
}

const interruption = new AbortController();

/** Lets this process's own command end early, as one that wants no answer any more. */
export function interrupt(): void {
  interruption.abort();
}

const thisProcess: Caller = {
  get cwd() {
    return currentFolder();
  },
  get env() {
    return process.env;
  },
  stdout: streamOf(() => process.stdout),
  stderr: streamOf(() => process.stderr),
  stdin: () => process.stdin,
  get exitCode() {
    return process.exitCode === undefined ? undefined : Number(process.exitCode);
  },
  set exitCode(code) {
    process.exitCode = code;
  },
  signal: interruption.signal,
};

/** Throws E/NOT_FOUND when it was removed under us. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new Failure('E/NOT_FOUND', 'the current folder is gone', { hint: 'Nothing was changed. Go to a folder that is there.', cause: error });
  }
}

function streamOf(stream: () => NodeJS.WriteStream): CallerStream {
  return {
    get isTTY() {
      return stream().isTTY;
    },
    write: (text, written) => {
      stream().write(text, () => {
        written();
      });
    },
  };
}
