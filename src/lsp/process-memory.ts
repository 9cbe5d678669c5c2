import { readdirSync, readFileSync } from 'node:fs';
import { constrainedMemory } from 'node:process';
import { totalmem } from 'node:os';

const EVERY_MS = 500;
const DESCENDANTS_MAX = 1000;

/** What the processes of one server may hold together, unless somebody says otherwise: half of what this machine, or our container, has. */
export function defaultMemoryMax(): number {
  return Math.floor(machineMemory() / 2);
}

/** What this machine, or our container, has, in bytes. */
export function machineMemory(): number {
  const limit = constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Looks twice a second at how much memory a process and its descendants hold, and calls `exceeded` once when that is more than
 * `bytesMax`. Costs a few small reads; does not keep us running. Does nothing where there is no /proc. Returns what ends the watch.
 */
export function watchMemory(pid: number, bytesMax: number, exceeded: (bytes: number) => void): () => void {
  const timer = setInterval(() => {
    const bytes = residentBytes(pid);
    if (bytes <= bytesMax) return;
    clearInterval(timer);
    exceeded(bytes);
  }, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

/** The resident memory of a process and all below it; 0 for one that is gone, and where there is no /proc. */
export function residentBytes(pid: number): number {
  const pending = [String(pid)];
  let bytes = 0;
  for (let seen = 0; seen < DESCENDANTS_MAX; seen += 1) {
    const next = pending.pop();
    if (next === undefined) break;
    bytes += 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${next}/status`))?.[1] ?? 0);
    for (const task of list(`/proc/${next}/task`)) pending.push(...read(`/proc/${next}/task/${task}/children`).split(' ').filter((child) => child.trim() !== ''));
  }
  return bytes;
}

/** '' for a process that has gone meanwhile, or that is not ours to read. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
