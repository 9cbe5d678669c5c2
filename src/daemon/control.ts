import { readdir, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parseStatus, PROTOCOL_VERSION, type ControlRequest, type DaemonStatus } from './protocol.js';

/** One that is busy for longer is taken for lost. */
const ANSWER_MS = 10_000;

/** A daemon that was asked something; `isAlive` is false when nobody listens there. */
export interface Reached {
  readonly isAlive: boolean;
  /** Null for one that does not listen, or does not answer in our words. */
  readonly status: DaemonStatus | null;
}

/** Asks the daemon behind a socket about itself, or to stop. */
export function control(socket: string, what: ControlRequest['control']): Promise<Reached> {
  return new Promise((resolve) => {
    let isAlive = false;
    let text = '';
    const line = connect(socket);
    line.setTimeout(ANSWER_MS, () => line.destroy());
    line.on('connect', () => {
      isAlive = true;
      line.write(`${JSON.stringify({ v: PROTOCOL_VERSION, control: what })}\n`);
    });
    line.on('error', () => undefined);
    line.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    line.on('close', () => {
      resolve({ isAlive, status: parseStatus(text) });
    });
  });
}

/** Asks every daemon of this user. Sockets that nobody listens on are removed. */
export async function controlAll(folder: string, what: ControlRequest['control']): Promise<{ readonly socket: string; readonly status: DaemonStatus }[]> {
  const found: { socket: string; status: DaemonStatus }[] = [];
  for (const name of (await namesIn(folder)).filter((each) => each.endsWith('.sock')).sort()) {
    const socket = join(folder, name);
    const { isAlive, status } = await control(socket, what);
    if (status !== null) found.push({ socket, status });
    else if (!isAlive) await unlink(socket).catch(() => undefined);
  }
  return found;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    // No folder, no daemons.
    return [];
  }
}
