import * as z from 'zod';
import { canonicalJson, type Json } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { parseJson } from '../base/parse-json.js';

export const TRACE_VERSION = 'assay-trace/1';

const json: z.ZodType<Json> = z.json();
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const operation = z.int().min(0).meta({ description: 'The operation that it belongs to, counted from 1 in each session; 0 before the first.' });
const server = z.string().meta({ description: 'Which server process: what it is asked for, and the how manieth.' });
const failure = z
  .strictObject({ code: z.string().nullable(), message: z.string(), hint: z.string(), details: json.exactOptional(), form: z.string().exactOptional() })
  .meta({ id: 'TracedFailure', description: 'How something failed; code is null for an error of the system that was no failure of ours.', });

/** Every line names its session and its number in it, and ends a chain of digests: see `sealLine`. */
const seal = {
  s: z.string().regex(/^[0-9a-f]{16}$/).meta({ description: 'The session: one run of assay. Sessions that write to one file may alternate.' }),
  n: z.int().min(0).meta({ description: 'The number of the line in its session, from 0.' }),
  check: z.string().regex(/^[0-9a-f]{32}$/),
};

const bodies = [
  z.strictObject({ kind: z.literal('trace'), version: z.literal(TRACE_VERSION), tool: z.strictObject({ name: z.string(), version: z.string() }), node: z.string(), startedAt: z.string() }),
  z.strictObject({ kind: z.literal('request'), op: operation, cmd: z.string(), args: json, options: json, id: z.union([z.string(), z.number(), z.null()]), at: z.string() }),
  z.strictObject({ kind: z.literal('content'), digest, text: z.string().exactOptional(), base64: z.string().exactOptional() }),
  z.strictObject({ kind: z.literal('saw'), op: operation, what: z.string(), key: json, value: json.exactOptional(), failure: failure.exactOptional() }),
  z.strictObject({ kind: z.literal('frame'), op: operation, server, from: z.enum(['client', 'server']), ref: z.int().min(1).nullable(), message: json }),
  z.strictObject({ kind: z.literal('lost'), op: operation, server, ref: z.int().min(1), failure, ended: z.boolean() }),
  z.strictObject({ kind: z.literal('wait'), op: operation, server, what: z.string(), failure: failure.exactOptional() }),
  z.strictObject({ kind: z.literal('end'), op: operation, server }),
  z.strictObject({ kind: z.literal('bundle'), op: operation, bundle: json }),
  z.strictObject({ kind: z.literal('redacted'), op: operation, was: z.string(), digest, note: json }),
] as const;

/** One line of a trace. */
export const traceLineSchema = z.discriminatedUnion('kind', [
  bodies[0].extend(seal), bodies[1].extend(seal), bodies[2].extend(seal), bodies[3].extend(seal), bodies[4].extend(seal),
  bodies[5].extend(seal), bodies[6].extend(seal), bodies[7].extend(seal), bodies[8].extend(seal), bodies[9].extend(seal),
]);

export type TraceBody = z.infer<(typeof bodies)[number]>;
export type TraceLine = z.infer<typeof traceLineSchema>;
export type TracedFailure = z.infer<typeof failure>;

/**
 * Returns the text of a line, without its line feed: canonical JSON whose `check` is the first 32 hex digits of the SHA-256 of the
 * check before it in the session (nothing for the first) and of the line without `check`. So no line can be changed, dropped,
 * repeated or moved unnoticed.
 */
export function sealLine(body: TraceBody, { s, n, previous }: { readonly s: string; readonly n: number; readonly previous: string }): { readonly text: string; readonly check: string } {
  const check = checkOf({ ...body, s, n }, previous);
  return { text: canonicalJson({ ...body, s, n, check }), check };
}

/** Returns what `sealLine` made, or null for anything else. Whether it stands in its place is for the reader to see (`isSealed`). */
export function parseLine(text: string): TraceLine | null {
  const parsed = traceLineSchema.safeParse(parseJson(text));
  // Canonical JSON has one spelling for one value.
  return parsed.success && canonicalJson(parsed.data) === text ? parsed.data : null;
}

export function isSealed(line: TraceLine, previous: string): boolean {
  const { check, ...rest } = line;
  return checkOf(rest, previous) === check;
}

function checkOf(line: object, previous: string): string {
  return sha256(previous + canonicalJson(line)).slice('sha256:'.length, 'sha256:'.length + 32);
}
