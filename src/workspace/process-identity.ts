import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { observe } from '../base/observe.js';
import { errorCode, isAbsent } from './file-failure.js';

/** Tells a process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot at which the process started, where the system tells (Linux), else null. */
  readonly startTicks: string | null;
  /** A process of another machine or container that shares the state directory cannot be asked about. */
  readonly host: string;
}

export function ownIdentity(): Promise<ProcessIdentity> {
  return observe({ what: 'this process', key: null }, async () => ({ pid: process.pid, startTicks: await startTicksOf(process.pid), host: hostname() }));
}

/** False only when it is certain that the process has ended. */
export function mayBeRunning(identity: ProcessIdentity): Promise<boolean> {
  return observe({ what: 'a process', key: identity }, () => lookForProcess(identity));
}

async function lookForProcess(identity: ProcessIdentity): Promise<boolean> {
  if (identity.host !== hostname()) return true;
  if (!exists(identity.pid)) return false;
  const startTicks = await startTicksOf(identity.pid);
  return identity.startTicks === null || startTicks === null || startTicks === identity.startTicks;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return errorCode(error) !== 'ESRCH';
  }
}

async function startTicksOf(pid: number): Promise<string | null> {
  try {
    const text = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything; field 22 is counted from behind it.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch (error) {
    if (isAbsent(error) || errorCode(error) === 'ESRCH' || errorCode(error) === 'EACCES') return null;
    throw error;
  }
}

/** Checks what was read from a file. */
export function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startTicks, host } = value as Record<string, unknown>;
  return Number.isInteger(pid) && typeof host === 'string' && (startTicks === null || typeof startTicks === 'string');
}
