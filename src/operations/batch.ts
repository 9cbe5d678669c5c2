import * as z from 'zod';
import { caller } from '../base/caller.js';
import { canonicalJson } from '../base/canonical-json.js';
import { Failure, toFailure } from '../base/failure.js';
import { parseJson } from '../base/parse-json.js';
import { batchRequestSchema, idOf, type BatchRequest } from '../bundles/schema/lines.js';
import type { Desk } from './desk.js';
import { trimBundle, type TrimFields } from './trim-bundle.js';

/** One line of the input: a request, or why it is none. */
export interface BatchLine {
  /** Null where the line has none that can be read. */
  readonly id: string | number | null;
  readonly request: BatchRequest | Failure;
}

export interface BatchOptions {
  /** How many requests are under way at the same time. */
  readonly concurrency: number;
  /** What of each bundle is wanted; null for all. */
  readonly fields: TrimFields | null;
}

/** So many answers per request under way may wait for one before them. */
const AHEAD = 4;

/**
 * Answers requests, several at a time, and yields the lines of the answers in the order of the input. A line that cannot be read gets an
 * error bundle and does not stop the rest; whoever wants no answers any more gets none after those under way. The input is read only as
 * far ahead as answers are taken.
 */
export async function* answerBatch(lines: AsyncIterable<BatchLine>, desk: Pick<Desk, 'answer' | 'refuseLine'>, { concurrency, fields }: BatchOptions): AsyncGenerator<string> {
  const answers: Pending[] = [];
  const source = lines[Symbol.asyncIterator]();
  const { signal } = caller();
  let underWay = 0;
  let reading: 'nothing' | 'a line' | 'the end' = 'nothing';
  let failure: Failure | null = null;
  let wake = (): void => undefined;
  const read = (): void => {
    reading = 'a line';
    source.next().then(
      (result) => {
        reading = result.done === true ? 'the end' : 'nothing';
        if (result.done !== true) begin(result.value);
        wake();
      },
      (error: unknown) => {
        [reading, failure] = ['the end', toFailure(error)];
        wake();
      },
    );
  };
  const begin = (line: BatchLine): void => {
    const pending: Pending = { answer: lineOf(line), isDone: false };
    const done = (): void => {
      underWay -= 1;
      pending.isDone = true;
      wake();
    };
    underWay += 1;
    answers.push(pending);
    pending.answer.then(done, done);
  };
  const lineOf = async ({ id, request }: BatchLine): Promise<string> => {
    const bundle = await (request instanceof Failure ? desk.refuseLine(id, request) : desk.answer(request));
    return canonicalJson(fields === null ? { id, bundle } : { id, trimmed: true, bundle: trimBundle(bundle, fields) });
  };
  const gone = (): void => {
    wake();
  };
  signal.addEventListener('abort', gone);
  try {
    for (;;) {
      const [first] = answers;
      // Whoever asks one thing after the other waits for the answer before there is another line.
      if (first?.isDone === true) {
        answers.shift();
        yield await first.answer;
      } else if (first === undefined && (signal.aborted || state() === 'the end')) break;
      else if (state() === 'nothing' && !signal.aborted && underWay < concurrency && answers.length < concurrency * AHEAD) read();
      else await new Promise<void>((resolve) => { wake = resolve; });
    }
    if (problem() !== null) throw problem() as Failure;
  } finally {
    signal.removeEventListener('abort', gone);
    await Promise.allSettled(answers.map(({ answer }) => answer));
  }
  // The compiler does not see that reading goes on meanwhile.
  function state(): typeof reading {
    return reading;
  }
  function problem(): Failure | null {
    return failure;
  }
}

interface Pending {
  readonly answer: Promise<string>;
  isDone: boolean;
}

/** Reads the lines of a batch; blank ones are no lines. */
export async function* readBatchLines(lines: AsyncIterable<string>): AsyncGenerator<BatchLine> {
  for await (const text of lines) {
    if (text.trim() === '') continue;
    const value = parseJson(text);
    const parsed = batchRequestSchema.safeParse(value);
    yield parsed.success ? { id: parsed.data.id, request: parsed.data } : { id: idOf(value), request: unreadable(parsed.error) };
  }
}

function unreadable(error: z.ZodError): Failure {
  return new Failure('E/BAD_ARGUMENT', `not a batch line: ${z.prettifyError(error)}`, { hint: 'A line is {"id": …, "cmd": "def", "args": {"selector": …}}. The other lines were answered.' });
}
