import { canonicalJson } from '../base/canonical-json.js';
import { Failure } from '../base/failure.js';
import { Engine, type EngineOptions, type RequestOptions } from '../operations/engine.js';
import type { RunningServer } from '../operations/analysis.js';
import type { Memo, Remembered } from '../operations/memo.js';
import type { OperationRequest } from '../operations/operation.js';
import { operationNamed } from '../operations/operations.js';

/** One answer that several clients may wait for. */
interface Flight {
  readonly answer: Promise<Remembered>;
  /** Those who still want it. */
  wanted: number;
  readonly cancel: AbortController;
}

/**
 * An engine that stays open between requests and answers them one after the other. Identical questions that wait are answered once: a
 * question that is already under way may have looked at the files before the later one was asked, so it is not shared but,
 * when nothing has changed since, remembered.
 */
export class WarmEngine {
  private readonly options: EngineOptions;
  private readonly makeMemo: () => Memo;
  private memo: Memo;
  private engine: Engine | null = null;
  private queue: Promise<unknown> = Promise.resolve();
  private readonly waiting = new Map<string, Flight>();
  private unfinished = 0;
  /** How many requests were answered by a flight that another one had asked for. */
  shared = 0;

  constructor(options: EngineOptions, makeMemo: () => Memo) {
    this.options = options;
    this.makeMemo = makeMemo;
    this.memo = makeMemo();
  }

  get isBusy(): boolean {
    return this.unfinished > 0;
  }

  memoStatus(): ReturnType<Memo['status']> {
    return this.memo.status();
  }

  servers(): readonly RunningServer[] {
    return this.engine?.servers() ?? [];
  }

  /** Answers in turn. When `signal` is aborted, and nobody else waits for the same answer, it is given up. */
  async run(request: OperationRequest, asked: RequestOptions, signal: AbortSignal): Promise<Remembered> {
    const key = this.shareKey(request, asked);
    const joined = key === null ? undefined : this.waiting.get(key);
    if (joined !== undefined) this.shared += 1;
    const flight = joined ?? this.enqueue(key, request, asked);
    flight.wanted += 1;
    const leave = (): void => {
      flight.wanted -= 1;
      if (flight.wanted === 0) flight.cancel.abort();
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await flight.answer;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Waits for what is under way, then ends the servers. */
  async close(): Promise<void> {
    await this.queue;
    await this.closeEngine();
  }

  private enqueue(key: string | null, request: OperationRequest, asked: RequestOptions): Flight {
    const cancel = new AbortController();
    this.unfinished += 1;
    const answer = this.queue.then(async () => {
      if (key !== null) this.waiting.delete(key);
      try {
        return await this.answer(request, { ...asked, signal: cancel.signal });
      } finally {
        this.unfinished -= 1;
      }
    });
    this.queue = answer.catch(() => undefined);
    const flight = { answer, wanted: 0, cancel };
    if (key !== null) this.waiting.set(key, flight);
    return flight;
  }

  private async answer(request: OperationRequest, asked: RequestOptions): Promise<Remembered> {
    if (asked.signal?.aborted === true) throw new Failure('E/REQUEST_CANCELLED', 'the request was cancelled before its turn came', { hint: 'Nothing was written. Ask again.' });
    const engine = await this.current();
    try {
      const bundle = await engine.run(request, asked);
      return { bundle, texts: engine.textsOf(bundle) };
    } catch (error) {
      // What state a bug of ours has left the engine in is not known.
      await this.closeEngine();
      throw error;
    }
  }

  private async current(): Promise<Engine> {
    if (this.engine === null) {
      this.memo = this.makeMemo();
      this.engine = await Engine.open(this.options, this.memo);
    }
    return this.engine;
  }

  private async closeEngine(): Promise<void> {
    const { engine } = this;
    this.engine = null;
    await engine?.close();
  }

  /** Null for a request that is not to be shared: one that writes, reads what only its caller has, or says more than others. */
  private shareKey({ cmd, args }: OperationRequest, { onLog, verifyCache, signal: _, ...asked }: RequestOptions): string | null {
    if (onLog !== undefined || verifyCache === true || args['patchFile'] !== undefined) return null;
    try {
      const operation = operationNamed(cmd);
      return operation.isFunctionOfSnapshot || operation.cmd === 'reward' ? canonicalJson([operation.cmd, args, asked]) : null;
    } catch {
      return null;
    }
  }
}
