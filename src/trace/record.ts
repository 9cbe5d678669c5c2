import { randomBytes } from 'node:crypto';
import type { Json } from '../base/canonical-json.js';
import { Failure } from '../base/failure.js';
import { withTape, type Conversation, type Incoming, type LiveEnd, type Look, type Message, type Tape } from '../base/observe.js';
import { TOOL } from '../base/tool.js';
import { sealLine, TRACE_VERSION, type TraceBody, type TracedFailure } from './trace-line.js';
import { TraceSink } from './trace-sink.js';
import { encodeValue } from './values.js';

/** What an operation was asked, with all that its answer depends on besides the world. */
export interface TracedRequest {
  readonly cmd: string;
  readonly args: Json;
  /** How the workspace was opened; null stands for what was left out. */
  readonly options: Json;
  /** The id of a batch line; null elsewhere. */
  readonly id: string | number | null;
}

/**
 * Writes what a run asks and sees. One operation is answered at a time, so that the trace is one story; each line is on its way to the
 * disk before the run goes on. Close it when nothing that it recorded runs any more.
 */
export class TraceRecorder implements Tape {
  readonly isReplay = false;
  /** The real path of the file. */
  readonly path: string;
  private readonly sink: TraceSink;
  private readonly session = randomBytes(8).toString('hex');
  private readonly contents = new Set<string>();
  private readonly roles = new Map<string, number>();
  private count = 0;
  private previous = '';
  private operations = 0;
  private references = 0;
  private engines = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  private constructor(sink: TraceSink) {
    this.sink = sink;
    this.path = sink.path;
    this.write({ kind: 'trace', version: TRACE_VERSION, tool: TOOL, node: process.version, startedAt: new Date().toISOString() });
  }

  /** Appends to the file at an absolute path, which a Failure calls `name`. */
  static open(path: string, name: string = path): TraceRecorder {
    return new TraceRecorder(TraceSink.open(path, name));
  }

  engine(): number {
    this.engines += 1;
    return this.engines;
  }

  /** Answers a request and records it: what was asked, what was seen, what came out. */
  operation<T>(request: TracedRequest, answer: () => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      this.operations += 1;
      const op = this.operations;
      this.write({ kind: 'request', op, ...request, at: new Date().toISOString() });
      const bundle = await withTape(this, answer);
      this.write({ kind: 'bundle', op, bundle: bundle as Json });
      return bundle;
    });
  }

  /** Runs what belongs to no operation, such as the end of the servers. */
  aside<T>(work: () => Promise<T>): Promise<T> {
    return this.inTurn(() => withTape(this, work));
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.sink.close();
  }

  async observe<T>(look: Look<T>, see: () => Promise<T>): Promise<T> {
    try {
      const seen = await see();
      this.learned(look, seen);
      return seen;
    } catch (error) {
      throw this.failed(look, error);
    }
  }

  observeSync<T>(look: Look<T>, see: () => T): T {
    try {
      const seen = see();
      this.learned(look, seen);
      return seen;
    } catch (error) {
      throw this.failed(look, error);
    }
  }

  conversation(role: string): Conversation {
    const number = (this.roles.get(role) ?? 0) + 1;
    this.roles.set(role, number);
    return new RecordedConversation(`${role} ${String(number)}`, {
      write: (body) => {
        this.write(body);
      },
      encode: (value) => this.encode(value),
      failureOf: (error, form) => ({ ...this.failureOf(error), ...(form === null ? {} : { form }) }),
      reference: () => (this.references += 1),
      operation: () => this.operations,
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    const ended = (): void => undefined;
    this.turn = result.then(ended, ended);
    return result;
  }

  private learned<T>(look: Look<T>, seen: T): void {
    if (look.isAct !== true) this.saw(look, { value: this.encode(look.form === undefined ? seen : look.form.write(seen), 'kept') });
  }

  private saw<T>({ what, key }: Look<T>, outcome: { value: Json } | { failure: TracedFailure }): void {
    this.write({ kind: 'saw', op: this.operations, what, key: this.encode(key), ...outcome });
  }

  private failed<T>(look: Look<T>, error: unknown): unknown {
    this.saw(look, { failure: this.failureOf(error) });
    return error;
  }

  private encode(value: unknown, order: 'sorted' | 'kept' = 'sorted'): Json {
    const keep = (digest: string, bytes: Buffer): void => {
      if (this.contents.has(digest)) return;
      this.contents.add(digest);
      const text = bytes.toString('utf8');
      this.write({ kind: 'content', digest, ...(Buffer.from(text, 'utf8').equals(bytes) ? { text } : { base64: bytes.toString('base64') }) });
    };
    return encodeValue(value, keep, order);
  }

  private failureOf(error: unknown): TracedFailure {
    if (error instanceof Failure) {
      const { code, message, hint, details } = error;
      return { code, message, hint, ...(details === undefined ? {} : { details: this.encode(details) }) };
    }
    const { message, code } = error as NodeJS.ErrnoException;
    return { code: null, message, hint: '', ...(code === undefined ? {} : { details: { code } }) };
  }

  private write(body: TraceBody): void {
    // What a server says while everything ends is no part of the story.
    if (this.isClosed) return;
    const { text, check } = sealLine(body, { s: this.session, n: this.count, previous: this.previous });
    this.count += 1;
    this.previous = check;
    this.sink.append(text);
  }
}

interface Pen {
  readonly write: (body: TraceBody) => void;
  readonly encode: (value: unknown) => Json;
  readonly failureOf: (error: unknown, form: string | null) => TracedFailure;
  readonly reference: () => number;
  readonly operation: () => number;
}

/** A server numbers its own requests; the library that reads them keeps the numbers to itself. */
const SERVERS_OWN_ID = 0;

class RecordedConversation implements Conversation {
  private readonly server: string;
  private readonly pen: Pen;
  private hasEnded = false;

  constructor(server: string, pen: Pen) {
    this.server = server;
    this.pen = pen;
  }

  listen(incoming: Incoming): Incoming {
    return {
      request: (method, params) => {
        this.frame('server', null, { id: SERVERS_OWN_ID, method, params });
        return incoming.request(method, params);
      },
      notification: (method, params) => {
        this.frame('server', null, { method, params });
        incoming.notification(method, params);
      },
    };
  }

  async exchange(kind: 'request' | 'notification', message: Message, send: () => Promise<unknown>, live: LiveEnd): Promise<unknown> {
    const ref = this.pen.reference();
    this.frame('client', ref, { ...(kind === 'request' ? { id: ref } : {}), ...message });
    try {
      const result = await send();
      if (kind === 'request') this.frame('server', ref, { id: ref, result: result ?? null });
      return result;
    } catch (error) {
      const ended = !live.isAlive();
      this.hasEnded ||= ended;
      this.pen.write({ kind: 'lost', op: this.pen.operation(), server: this.server, ref, failure: this.pen.failureOf(error, live.formOf(error)), ended });
      throw error;
    }
  }

  async wait<T>(what: string, _work: Promise<T>, watch: () => Promise<T>, live: LiveEnd): Promise<T> {
    const body = { kind: 'wait', op: this.pen.operation(), server: this.server, what } as const;
    try {
      const result = await watch();
      this.pen.write(body);
      return result;
    } catch (error) {
      this.pen.write({ ...body, failure: this.pen.failureOf(error, live.formOf(error)) });
      throw error;
    }
  }

  left(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.pen.write({ kind: 'end', op: this.pen.operation(), server: this.server });
  }

  alive(isAlive: () => boolean): boolean {
    const isRunning = isAlive();
    if (!isRunning) this.left();
    return isRunning;
  }

  /** The shell of a message stays readable; what it carries may be a content. */
  private frame(from: 'client' | 'server', ref: number | null, message: { readonly id?: number; readonly method?: string; readonly params?: unknown; readonly result?: unknown }): void {
    const carried = Object.entries(message).flatMap(([key, item]): [string, Json][] => (item === undefined ? [] : [[key, this.pen.encode(item)]]));
    this.pen.write({ kind: 'frame', op: this.pen.operation(), server: this.server, from, ref, message: { jsonrpc: '2.0', ...Object.fromEntries(carried) } });
  }
}
