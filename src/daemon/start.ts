import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, link, open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { toFailure } from '../base/failure.js';
import { mayBeRunning, ownIdentity, type ProcessIdentity } from '../workspace/process-identity.js';
import { ensurePrivateDirectory, ensureStateDir, stateDirFor } from '../workspace/state-dir.js';
import { control, controlAll } from './control.js';
import type { Place } from './place.js';

/** The daemon says on this pipe that it listens. */
export const READY_FD = 3;

const READY_MS = 15_000;
const RETRY_MS = 20;
/** Socket addresses are short on every system; Linux has 107 bytes, macOS 103. */
const SOCKET_BYTES_MAX = 103;
const LOG_MAX_BYTES = 1024 * 1024;

const DAEMONS_MAX = 8;
const ALL_MEMORY_MAX_BYTES = totalmem() / 3;

/** Variables that would slow a daemon down, change what it is, or name what its first caller may remove. */
const REMOVED_VARIABLES = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'NODE_V8_COVERAGE', 'TMPDIR'];

export interface Started {
  /** Null when a daemon listens; else why none does, as a sentence. */
  readonly problem: string | null;
  /** True when it is we who started it. */
  readonly isOurs: boolean;
}

/** Makes sure that a daemon listens at `place`: however many processes try at once, one is started. Never throws. */
export async function startDaemon(place: Place): Promise<Started> {
  try {
    if (Buffer.byteLength(place.socket) > SOCKET_BYTES_MAX) return missing('the path of the state directory is too long for a socket');
    await ensurePrivateDirectory(dirname(place.folder));
    await ensurePrivateDirectory(place.folder);
    // It is ours; a client speaks in no folder that others may look into.
    await chmod(place.folder, 0o700);
    const end = performance.now() + READY_MS;
    while (performance.now() < end) {
      if ((await control(place.socket, 'status')).status !== null) return { problem: null, isOurs: false };
      const lock = await StartLock.take(`${place.socket}.lock`);
      if (lock === null) {
        await delay(RETRY_MS);
        continue;
      }
      try {
        // Another may have started one between our question and the lock.
        if ((await control(place.socket, 'status')).status !== null) return { problem: null, isOurs: false };
        await makeRoom(place);
        return await launch(place);
      } finally {
        await lock.release();
      }
    }
    return missing('another process has been starting the daemon for too long');
  } catch (error) {
    return missing(toFailure(error).message);
  }
}

function missing(problem: string): Started {
  return { problem, isOurs: false };
}

async function launch(place: Place): Promise<Started> {
  // Nobody listens on it, and we hold the lock.
  await rm(place.socket, { force: true });
  const log = await openLog(place.root);
  try {
    const env = { ...process.env };
    for (const name of REMOVED_VARIABLES) Reflect.deleteProperty(env, name);
    const program = fileURLToPath(new URL('./daemon/main.js', import.meta.url));
    const child = spawn(process.execPath, [program, place.root, place.socket], { cwd: '/', env, detached: true, stdio: ['ignore', log.fd, log.fd, 'pipe'], windowsHide: true });
    const isReady = await saysReady(child.stdio[READY_FD] as Readable, new Promise((resolve) => child.once('error', resolve)));
    child.unref();
    return isReady ? { problem: null, isOurs: true } : missing('the daemon did not start; daemon.log in the state directory of the workspace says why');
  } finally {
    await log.close();
  }
}

/** Resolves with false when the daemon ends, cannot be started or is silent for too long. */
async function saysReady(pipe: Readable, failed: Promise<unknown>): Promise<boolean> {
  const said = new Promise<boolean>((resolve) => {
    pipe.once('data', () => {
      resolve(true);
    });
    pipe.once('close', () => {
      resolve(false);
    });
    pipe.once('error', () => {
      resolve(false);
    });
  });
  const stop = new AbortController();
  const late = delay(READY_MS, false, { signal: stop.signal }).catch(() => false);
  const isReady = await Promise.race([said, failed.then(() => false), late]);
  stop.abort();
  pipe.destroy();
  return isReady;
}

/** The log of the workspace's daemons; one that has grown long begins anew. */
async function openLog(root: string): Promise<FileHandle> {
  const stateDir = stateDirFor(root);
  await ensureStateDir(stateDir);
  const path = join(stateDir, 'daemon.log');
  const isLong = await stat(path).then(({ size }) => size > LOG_MAX_BYTES, () => false);
  return open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | (isLong ? constants.O_TRUNC : 0), 0o600);
}

/** Ends daemons of other workspaces that are idle, the longest idle first, while there are too many or they hold too much memory. */
async function makeRoom({ folder, socket }: Place): Promise<void> {
  const others = (await controlAll(folder, 'status')).filter((other) => other.socket !== socket).sort((a, b) => b.status.idleMs - a.status.idleMs);
  let count = others.length;
  let bytes = others.reduce((sum, { status }) => sum + (status.residentBytes ?? 0), 0);
  for (const other of others) {
    if (count < DAEMONS_MAX && bytes < ALL_MEMORY_MAX_BYTES) return;
    if (other.status.requests.underWay > 0) continue;
    await control(other.socket, 'stop-idle');
    count -= 1;
    bytes -= other.status.residentBytes ?? 0;
  }
}

/** Held by the one process that starts a daemon. One whose holder has died is taken away from it. */
class StartLock {
  private readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Null while another process holds it. */
  static async take(path: string): Promise<StartLock | null> {
    const identity = JSON.stringify(await ownIdentity());
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(identity);
      await file.close();
      return new StartLock(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    await StartLock.breakStale(path);
    return null;
  }

  release(): Promise<void> {
    return rm(this.path, { force: true });
  }

  /** Of those who find the same dead holder one moves its lock away; the next round of taking decides who is next. One who comes late moves a living one's: that is put back. */
  private static async breakStale(path: string): Promise<void> {
    const holder = await readHolder(path);
    if (holder === null || (await mayBeRunning(holder))) return;
    const aside = `${path}.${String(process.pid)}`;
    await rename(path, aside).catch(() => undefined);
    const moved = await readHolder(aside);
    if (moved === null || (await mayBeRunning(moved))) await link(aside, path).catch(() => undefined);
    await rm(aside, { force: true });
  }
}

/** Null when it cannot be told: the holder is writing it, or has gone. A lock that stays empty belongs to a process that was killed at once. */
async function readHolder(path: string): Promise<ProcessIdentity | null> {
  try {
    const text = await readFile(path, 'utf8');
    if (text !== '') return JSON.parse(text) as ProcessIdentity;
    const { mtimeMs } = await stat(path);
    return Date.now() - mtimeMs > READY_MS ? { pid: 2 ** 30, startTicks: null, host: (await ownIdentity()).host } : null;
  } catch {
    return null;
  }
}
