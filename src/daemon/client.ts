import { setMaxListeners } from 'node:events';
import { connect } from 'node:net';
import { lstatOrNull } from '../workspace/lstat.js';
import type { Place } from './place.js';
import { FRAME, PROTOCOL_VERSION } from './protocol.js';

/** A command line as a program hands it over, on no terminal. */
export interface CommandLine {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly input: string;
}

/** What came of it: the answer; `absent` when no daemon serves it, `lost` when one ended meanwhile, `cancelled` when `signal` told us to leave. */
export type Heard = { readonly kind: 'answer'; readonly stdout: string; readonly code: number } | { readonly kind: 'absent' | 'lost' | 'cancelled' };

/** Has the daemon at `place` run a command line, as bin/assay.cjs does. */
export function askDaemon({ folder, socket }: Place, { argv, env, cwd, input }: CommandLine, signal: AbortSignal): Promise<Heard> {
  if (signal.aborted) return Promise.resolve({ kind: 'cancelled' });
  if (!isPrivate(folder)) return Promise.resolve({ kind: 'absent' });
  return new Promise((resolve) => {
    const line = connect(socket);
    const frames = new Frames();
    const out: Buffer[] = [];
    let wasAccepted = false;
    const leave = (): void => {
      line.destroy();
    };
    // Many requests may have one signal.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', leave, { once: true });
    line.on('error', () => undefined);
    line.on('connect', () => line.write(`${JSON.stringify({ v: PROTOCOL_VERSION, argv, env, cwd, tty: [false, false] })}\n`));
    line.on('data', (chunk: Buffer) => {
      for (const { kind, body } of frames.read(chunk)) {
        wasAccepted = true;
        if (kind === FRAME.stdout) out.push(body);
        else if (kind === FRAME.openStdin) line.end(input);
        else if (kind === FRAME.exit) resolve({ kind: 'answer', stdout: Buffer.concat(out).toString('utf8'), code: body[0] ?? 0 });
      }
    });
    line.on('close', () => {
      signal.removeEventListener('abort', leave);
      resolve({ kind: signal.aborted ? 'cancelled' : wasAccepted ? 'lost' : 'absent' });
    });
  });
}

/** Another user could listen in a folder that is not ours alone. */
function isPrivate(folder: string): boolean {
  const uid = process.getuid?.();
  if (uid === undefined) return true;
  const stats = lstatOrNull(folder);
  return stats !== null && Number(stats.uid) === uid && (Number(stats.mode) & 0o170077) === 0o40000;
}

/** Cuts a stream into the frames of src/daemon/protocol.ts. */
class Frames {
  private rest: Buffer = Buffer.alloc(0);

  *read(chunk: Buffer): Generator<{ readonly kind: number; readonly body: Buffer }> {
    this.rest = Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= 5 && this.rest.length >= 5 + this.rest.readUInt32BE(1)) {
      const end = 5 + this.rest.readUInt32BE(1);
      const [kind = 0] = this.rest;
      const body = this.rest.subarray(5, end);
      this.rest = this.rest.subarray(end);
      yield { kind, body };
    }
  }
}
