import { CancellationTokenSource, createMessageConnection, ResponseError, StreamMessageReader, type MessageConnection } from 'vscode-jsonrpc/node';
import { Failure } from '../base/failure.js';
import type { Incoming } from '../base/observe.js';
import { onRequestEnd, outsideRequests, requestScope, type RequestScope } from '../base/request-scope.js';
import { limitFrames } from './frame-limit.js';
import { WholeMessageWriter } from './message-writer.js';
import { PassingRefusal, ServerEnd } from './server-failures.js';
import type { ProcessEnd, ServerProcess } from './spawn.js';
import { isFields } from './wire.js';

const METHOD_NOT_FOUND = -32601;
const REQUEST_CANCELLED = -32800;
const CONTENT_MODIFIED = -32801;
const SERVER_CANCELLED = -32802;
/** Codes by which vscode-jsonrpc itself says that the pipe broke: a write failed, or the connection was disposed of. */
const BROKEN_PIPE = new Set([-32099, -32097]);
const SHUTDOWN_MS = 2000;
/** How long a server whose pipe closed may take to exit, so that the Failure can say how it ended. */
const EXIT_AFTER_CLOSE_MS = 1000;
const RETRY_HINT = 'Nothing was written. The same command may succeed when it is run again; --verbose shows what the server said.';

/**
 * JSON-RPC with one server process. Every request and notification ends: by an answer, at its deadline or that of the request
 * that it is part of, by cancellation, or when the process does. After a deadline or a broken frame the process is killed,
 * because nothing that it says later can be trusted; a cancelled request is cancelled at the server, too, which lives on.
 */
export class Connection {
  private readonly rpc: MessageConnection;
  private readonly server: ServerProcess;
  private readonly name: string;
  private readonly log: (line: string) => void;
  private readonly waiting = new Set<() => void>();
  /** Requests that nobody waits for any more, and that the server has not answered. */
  private givenUp = 0;
  private end: Failure | null = null;
  /** The request for which the server was stopped, because it was late with an answer: to all others it is a server that ended. */
  private stoppedFor: RequestScope | null = null;
  private closing = false;
  private leaving: Promise<void> | null = null;

  /** `incoming` hears what the server says of itself, `log` what goes wrong with it. */
  constructor(server: ServerProcess, name: string, incoming: Incoming, log: (line: string) => void) {
    this.server = server;
    this.name = name;
    this.log = log;
    const frames = limitFrames();
    frames.on('error', (error) => {
      this.brokenFrame(error.message);
    });
    this.rpc = createMessageConnection(new StreamMessageReader(server.stdout.pipe(frames)), new WholeMessageWriter(server.stdin));
    this.rpc.onError(([error, unsent]) => {
      // With a message it could not be written: the server is leaving or gone, and how it ended says more.
      if (unsent === undefined) this.brokenFrame(error.message);
      else this.pipeClosed();
    });
    this.rpc.onClose(() => {
      this.pipeClosed();
    });
    this.rpc.onRequest((method: string, params: unknown) => this.answer(method, () => incoming.request(method, params)));
    this.rpc.onNotification((method: string, params: unknown) => {
      incoming.notification(method, params);
    });
    // vscode-jsonrpc keeps progress from the handler above.
    this.rpc.onUnhandledProgress((params) => {
      incoming.notification('$/progress', params);
    });
    this.rpc.listen();
    void server.ended.then((end) => {
      // What was read last is still being decoded.
      setImmediate(() => {
        this.processEnded(end);
      });
    });
  }

  /** False once the server is gone, was given up or is being closed. */
  get alive(): boolean {
    return this.end === null && !this.closing;
  }

  /** The id of the server's process; null when it is gone. */
  get processId(): number | null {
    return this.end === null ? this.server.processId : null;
  }

  /** Sends a request and returns its result. `what` completes "pyright did not answer …" for a person. */
  request(method: string, params: unknown, timeoutMs: number, what: string = method): Promise<unknown> {
    return this.closing ? Promise.reject(this.end ?? this.closedFailure()) : this.sendRequest(method, params, timeoutMs, what);
  }

  /** Resolves when the notification has left us. A server that has stopped reading fails it at the deadline. */
  async notify(method: string, params: unknown, timeoutMs: number): Promise<void> {
    if (this.closing) throw this.end ?? this.closedFailure();
    await this.sendNotification(method, params, timeoutMs);
  }

  /** Stops the server at once; `failure` answers everything that waits. */
  giveUp(failure: Failure): void {
    this.abandon(failure);
  }

  /**
   * Returns what `work` resolves to. Throws what `late` makes at the deadline, its own or that of the running request, the reason
   * when that is cancelled, and the reason of the server's end when that comes first.
   */
  within<T>(work: Promise<T>, timeoutMs: number, late: (timeoutMs: number) => Failure): Promise<T> {
    const scope = requestScope();
    const ended = (): Failure => {
      const reason = scope.signal.reason as Failure;
      return reason.code === 'E/LS_TIMEOUT' ? late(scope.timeoutMs ?? timeoutMs) : reason;
    };
    if (this.end !== null) return Promise.reject(this.endFor(scope, this.end));
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        fail(ended());
      };
      const settle = (): void => {
        clearTimeout(timer);
        forget();
        this.waiting.delete(over);
      };
      const fail = (failure: Failure): void => {
        settle();
        reject(failure);
      };
      const over = (): void => {
        fail(this.endFor(scope, this.end ?? this.closedFailure()));
      };
      const timer = setTimeout(() => {
        fail(late(timeoutMs));
      }, timeoutMs);
      this.waiting.add(over);
      const forget = onRequestEnd(stop);
      if (scope.signal.aborted) stop();
      work.then(settle, settle);
      work.then(resolve, reject);
    });
  }

  /** Asks the server to leave, and kills its process group when it has not within 2 s. Resolves when it is gone; safe to call again. */
  shutdown(): Promise<void> {
    this.leaving ??= outsideRequests(() => this.leave());
    return this.leaving;
  }

  private async leave(): Promise<void> {
    this.closing = true;
    // A server that is still busy with what nobody wants any more would not hear us soon.
    if (this.givenUp > 0) this.server.kill();
    else if (this.end === null) {
      try {
        // TypeScript 7 refuses both when they carry parameters, even null.
        await this.sendRequest('shutdown', undefined, SHUTDOWN_MS, 'shutdown');
        await this.sendNotification('exit', undefined, SHUTDOWN_MS);
        this.server.stdin.end();
      } catch (error) {
        // One that declines to leave is killed, whatever its reason.
        if (!(error instanceof Failure)) throw error;
        this.server.kill();
      }
    }
    const timer = setTimeout(() => {
      this.server.kill();
    }, SHUTDOWN_MS);
    if (this.end !== null) this.server.kill();
    await this.server.ended;
    clearTimeout(timer);
    this.finish(this.closedFailure());
  }

  private sendRequest(method: string, params: unknown, timeoutMs: number, what: string): Promise<unknown> {
    return this.send(method, timeoutMs, what, () => this.write(method, params));
  }

  /** Writes a request, and its cancellation when the running request ends before the answer is there. */
  private async write(method: string, params: unknown): Promise<unknown> {
    const source = new CancellationTokenSource();
    const cancel = (): void => {
      this.givenUp += 1;
      source.cancel();
    };
    const forget = onRequestEnd(cancel);
    try {
      return await (params === undefined ? this.rpc.sendRequest<unknown>(method, source.token) : this.rpc.sendRequest<unknown>(method, params, source.token));
    } finally {
      forget();
      if (source.token.isCancellationRequested) this.givenUp -= 1;
      source.dispose();
    }
  }

  private sendNotification(method: string, params: unknown, timeoutMs: number): Promise<unknown> {
    return this.send(method, timeoutMs, method, () => (params === undefined ? this.rpc.sendNotification(method) : this.rpc.sendNotification(method, params)));
  }

  private async send(method: string, timeoutMs: number, what: string, write: () => Promise<unknown>): Promise<unknown> {
    const scope = requestScope();
    if (this.end !== null) throw this.endFor(scope, this.end);
    if (scope.signal.aborted) throw scope.signal.reason as Failure;
    const late = (limitMs: number): Failure => {
      if (this.end === null) this.stoppedFor = scope;
      return this.abandon(this.lateFailure(what, limitMs));
    };
    try {
      return await this.within(write(), timeoutMs, late);
    } catch (error) {
      throw await this.explain(error, method);
    }
  }

  /** A server that gets no settings goes on with its own, and what it says then is about something else: it is stopped when we cannot answer it. */
  private async answer(method: string, work: () => unknown): Promise<unknown> {
    try {
      return await work();
    } catch (error) {
      this.log(`asked ${method} and got no answer: ${String(error)}`);
      this.abandon(error instanceof Failure ? error : new ServerEnd(`${this.name} asked ${method} and got no answer, and was stopped`, { hint: RETRY_HINT, details: { server: this.name, method } }));
      throw error;
    }
  }

  /** Makes `failure` the answer to everything that waits and to every later request. The first one stays; how a server fails that is being closed is of no interest. */
  private finish(failure: Failure): void {
    this.end ??= this.closing ? this.closedFailure() : failure;
    for (const over of [...this.waiting]) over();
  }

  private endFor(scope: RequestScope, end: Failure): Failure {
    if (this.stoppedFor === null || this.stoppedFor === scope || this.closing) return end;
    return new ServerEnd(`${this.name} was stopped, because it did not answer another question in time`, { hint: RETRY_HINT, details: { server: this.name } }, 1);
  }

  private abandon(failure: Failure): Failure {
    this.finish(failure);
    this.server.kill();
    return this.end ?? failure;
  }

  private processEnded(end: ProcessEnd): void {
    const stderr = this.server.stderrTail().trim();
    if (stderr !== '') this.log(`stderr: ${stderr}`);
    this.finish(this.crash(end));
    this.rpc.dispose();
  }

  private closedFailure(): Failure {
    return new Failure('E/REQUEST_CANCELLED', `the session with ${this.name} was closed before it answered`, { hint: RETRY_HINT });
  }

  private brokenFrame(problem: string): void {
    this.log(`broken frame: ${problem}`);
    this.abandon(new ServerEnd(`${this.name} sent what is not a JSON-RPC message, and was stopped`, { hint: RETRY_HINT, details: { server: this.name } }));
  }

  /** A closed pipe is mostly an exit under way. One that is not is as good as an exit. */
  private pipeClosed(): void {
    const timer = setTimeout(() => {
      this.abandon(new ServerEnd(`${this.name} closed its connection, and was stopped`, { hint: RETRY_HINT, details: { server: this.name } }));
    }, EXIT_AFTER_CLOSE_MS);
    void this.server.ended.then(() => {
      clearTimeout(timer);
    });
  }

  private lateFailure(what: string, timeoutMs: number): Failure {
    return new Failure('E/LS_TIMEOUT', `${this.name} did not answer ${what} within ${String(timeoutMs)} ms, and was stopped`, {
      hint: 'Nothing was written. Try again with a larger --timeout.',
      details: { server: this.name, request: what, timeoutMs },
    });
  }

  private crash(end: ProcessEnd): Failure {
    const how = end.startError !== null ? `could not be started (${end.startError})` : end.signal !== null ? `was ended by ${end.signal}` : `exited with code ${String(end.code)}`;
    return new ServerEnd(`${this.name} ${how}`, { hint: RETRY_HINT, details: { server: this.name } });
  }

  /** The server's own words go to the log alone: they hold absolute paths, and an error is part of what is hashed. */
  private async explain(error: unknown, method: string): Promise<unknown> {
    if (error instanceof Failure) return error;
    if (!(error instanceof ResponseError) || BROKEN_PIPE.has(error.code)) return this.explainBrokenPipe(error);
    this.log(`refused ${method}: ${error.message}`);
    const code = error.code;
    const message = `${this.name} refused ${method} (code ${String(code)})`;
    const details = { server: this.name, method, code };
    if (code === METHOD_NOT_FOUND && method !== 'initialize') return new Failure('E/UNSUPPORTED_CAP', message, { hint: 'Another server may have it.', details, cause: error });
    if (code === SERVER_CANCELLED && isFields(error.data) && error.data['retriggerRequest'] === false) return new Failure('E/REQUEST_CANCELLED', message, { hint: RETRY_HINT, details, cause: error });
    if (code === REQUEST_CANCELLED || code === SERVER_CANCELLED) return new PassingRefusal('E/REQUEST_CANCELLED', message, { hint: RETRY_HINT, details, cause: error });
    if (code === CONTENT_MODIFIED) return new PassingRefusal('E/CONTENT_MODIFIED', message, { hint: RETRY_HINT, details, cause: error });
    return new Failure('E/LS_CRASH', message, { hint: RETRY_HINT, details, cause: error });
  }

  /** The pipe tells first and the exit explains: `pipeClosed` bounds the wait for it. */
  private async explainBrokenPipe(error: unknown): Promise<unknown> {
    this.pipeClosed();
    await this.server.ended;
    await new Promise((resolve) => setImmediate(resolve));
    return this.end === null ? error : this.endFor(requestScope(), this.end);
  }
}
