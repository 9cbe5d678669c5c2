import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the daemon of a workspace is found, as bin/assay.cjs computes it from the arguments, the folder and the environment. */
export interface Place {
  /** Real path of the folder that is taken for the workspace. */
  readonly root: string;
  /** Holds the sockets of all daemons of this user; private, or it is not used. */
  readonly folder: string;
  readonly socket: string;
}

/**
 * Computes what bin/assay.cjs does, for a program that has no command line: the daemon of the folder `workspace`, or without one of
 * the repository around `cwd`. Throws when there is no such folder, or no home. `tests/sdk/workspace.test.ts` holds the two together.
 */
export function placeOf(workspace: string | undefined, cwd: string, env: NodeJS.ProcessEnv): Place {
  const state = env['XDG_STATE_HOME']?.startsWith('/') === true ? env['XDG_STATE_HOME'] : `${realpathSync(env['HOME'] || (env['USERPROFILE'] ?? ''))}/.local/state`;
  const folder = `${state}/assay/run`;
  const start = realpathSync(workspace ?? cwd);
  const root = workspace === undefined ? repositoryAround(start) : start;
  const bin = fileURLToPath(new URL('../bin', import.meta.url));
  let id = 7;
  for (const byte of Buffer.from(root + bin)) id = (id * 31 + byte) % 1e13;
  return { root, folder, socket: process.platform === 'win32' ? `\\\\.\\pipe\\assay-${String(id)}` : `${folder}/${String(id)}.sock` };
}

function repositoryAround(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(`${folder}/.git`)) return folder;
    if (folder === dirname(folder)) return start;
  }
}

/** The part of this program that is already running when everything else is loaded: bin/assay.cjs. */
export interface ThinClient {
  /** Throws when there is no such folder. */
  place(): Place;
  /** Has the daemon answer and ends the process; calls `miss` with the kind of the last frame, 0 for none, when the connection ends before the answer does. */
  ask(place: Place, miss: (heard: number) => void): void;
}

let running: ThinClient | null = null;

export function setThinClient(client: ThinClient): void {
  running = client;
}

/** Null where this program was not started by its command line. */
export function thinClient(): ThinClient | null {
  return running;
}

/** Commands that are about this program rather than about a workspace, or bring servers of their own: no daemon is started for them. */
const COLD: ReadonlySet<string> = new Set(['calibrate', 'daemon', 'doctor', 'help', 'init', 'rank', 'recover', 'schema', 'score', 'servers', 'trace', 'trajectory', 'undo']);

/** True for a command line that a daemon would answer sooner. */
export function isWarm(argv: readonly string[]): boolean {
  const [name = ''] = argv;
  return /^[a-z]/i.test(name) && !COLD.has(name) && !argv.includes('--help');
}
