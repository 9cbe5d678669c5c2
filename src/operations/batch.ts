import * as z from 'zod';
import { caller } from '../base/caller.js';
import { canonicalJson } from '../base/canonical-json.js';
import { Failure } from '../base/failure.js';
import { batchRequestSchema, type BatchRequest } from '../bundles/schema/lines.js';
import { linesOf } from '../workspace/input-lines.js';
import type { Desk } from './desk.js';
import { failureBundle } from './failure-bundle.js';

/**
 * Answers JSONL requests in their order. A line that cannot be read gets an error bundle and does not stop the rest; whoever wants no
 * answers any more gets none after the next. Resolves with false when there was such a line.
 */
export async function runBatch(input: NodeJS.ReadableStream, desk: Desk, write: (line: string) => Promise<void>): Promise<boolean> {
  let allReadable = true;
  for await (const line of linesOf(input)) {
    if (line.trim() === '') continue;
    const request = parseLine(line);
    if (request instanceof Failure) allReadable = false;
    const id = request instanceof Failure ? idOf(line) : request.id;
    const bundle = request instanceof Failure ? failureBundle({ cmd: 'batch', args: {} }, request) : await desk.answer(request);
    await write(canonicalJson({ id, bundle }));
    if (caller().signal.aborted) break;
  }
  return allReadable;
}

function parseLine(line: string): BatchRequest | Failure {
  const parsed = batchRequestSchema.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  return new Failure('E/BAD_ARGUMENT', `not a batch line: ${z.prettifyError(parsed.error)}`, { hint: 'A line is {"id": …, "cmd": "def", "args": {"selector": …}}. The other lines were answered.' });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The schema then says that it is no object.
    return undefined;
  }
}

function idOf(line: string): string | number | null {
  const parsed = z.looseObject({ id: z.union([z.string(), z.number()]) }).safeParse(parseJson(line));
  return parsed.success ? parsed.data.id : null;
}
