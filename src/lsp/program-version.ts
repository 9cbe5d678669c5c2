import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { observe } from '../base/observe.js';
import { Failure } from '../base/failure.js';
import { serverEnvironment, type Command } from './spawn.js';

const run = promisify(execFile);
const ANSWER_MS = 20_000;
const VERSION = /\d+(?:\.\d+)+[\w.+-]*/;

/**
 * Returns the version that a program prints, on stdout or stderr. It runs in the temporary folder and not in `root`, so that no
 * file of the workspace chooses what answers. Rejects with E/LS_CRASH when it prints none.
 */
export function programVersion(command: Command, name: string, env: NodeJS.ProcessEnv, root: string): Promise<string> {
  return observe({ what: 'program version', key: command }, () => askProgram(command, name, env, root));
}

async function askProgram(command: Command, name: string, env: NodeJS.ProcessEnv, root: string): Promise<string> {
  try {
    const { stdout, stderr } = await run(command.executable, [...command.args], { cwd: tmpdir(), env: serverEnvironment(env, root), timeout: ANSWER_MS, encoding: 'utf8' });
    const version = VERSION.exec(stdout) ?? VERSION.exec(stderr);
    if (version !== null) return version[0];
    throw new Error('no version was printed');
  } catch (cause) {
    throw new Failure('E/LS_CRASH', `${name} is there and does not tell its version`, { hint: `Does "${name} ${command.args.join(' ')}" work? Nothing was changed.`, details: { server: name }, cause });
  }
}
