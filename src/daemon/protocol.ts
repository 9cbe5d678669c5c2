import * as z from 'zod';
import { parseJson } from '../base/parse-json.js';

/**
 * What bin/assay.cjs and the daemon say to each other over a socket. The client sends one line of JSON, a request, and later, only
 * when it is asked to, its standard input as it is, closing its half at the end of that. The daemon answers a command with frames:
 * one byte of kind, four of length (big-endian), the body. A connection that closes before its first frame was not served, and the
 * command runs in the client's own process; one that closes later without an exit frame has lost its daemon. What `control`
 * asks is answered with one line of JSON instead.
 */
export const PROTOCOL_VERSION = 1;

export const FRAME = { stdout: 1, stderr: 2, openStdin: 3, exit: 4, accepted: 5 } as const;

/** What the client takes for the last frame when Ctrl-C ended the conversation: no frame of the daemon. */
export const INTERRUPTED = 9;

/** Larger output travels in several frames, so that the client never holds much. */
const BODY_MAX_BYTES = 64 * 1024;
/** A request carries an environment and a command line, which the system bounds at 2 MiB on Linux. */
export const REQUEST_MAX_BYTES = 8 * 1024 * 1024;

const clientRequestSchema = z.object({
  v: z.literal(PROTOCOL_VERSION),
  argv: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  cwd: z.string(),
  /** Whether stdout and stderr are terminals. */
  tty: z.tuple([z.boolean(), z.boolean()]),
});

/** `stop` lets requests under way end; `stop-idle` is refused while there are any. */
const controlSchema = z.object({ v: z.literal(PROTOCOL_VERSION), control: z.enum(['status', 'stop', 'stop-idle']) });

export type ClientRequest = z.infer<typeof clientRequestSchema>;
export type ControlRequest = z.infer<typeof controlSchema>;

/** Returns what a client sent; null for what this version of the protocol does not know. */
export function parseRequest(line: string): ClientRequest | ControlRequest | null {
  return z.union([clientRequestSchema, controlSchema]).safeParse(parseJson(line)).data ?? null;
}

/** Returns the frames of a body of any length; at least one. */
export function framesOf(kind: number, body: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let start = 0; start === 0 || start < body.length; start += BODY_MAX_BYTES) {
    const part = body.subarray(start, start + BODY_MAX_BYTES);
    const head = Buffer.alloc(5);
    head.writeUInt8(kind, 0);
    head.writeUInt32BE(part.length, 1);
    frames.push(Buffer.concat([head, part]));
  }
  return frames;
}

const statusSchema = z.object({
  pid: z.int(),
  version: z.string(),
  /** Real path of the workspace. */
  root: z.string(),
  uptimeMs: z.number(),
  /** Since the last request ended; 0 while one is under way. */
  idleMs: z.number(),
  /** Of the daemon and its servers; null where the system does not say. */
  residentBytes: z.number().nullable(),
  requests: z.object({ served: z.int(), underWay: z.int() }),
  memo: z.object({ entries: z.int(), bytes: z.number(), hits: z.int(), misses: z.int() }),
  shared: z.int().meta({ description: 'Requests that were answered by an identical one under way.' }),
  servers: z.array(z.object({ id: z.string(), version: z.string(), purpose: z.string(), residentBytes: z.number().nullable() })),
});

/** What a daemon says of itself. */
export type DaemonStatus = z.infer<typeof statusSchema>;

export function parseStatus(line: string): DaemonStatus | null {
  return statusSchema.safeParse(parseJson(line)).data ?? null;
}
