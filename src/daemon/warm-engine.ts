import { canonicalJson } from '../base/canonical-json.js';
import { Failure } from '../base/failure.js';
import { Turns } from '../base/turns.js';
import { Engine, goesTogether, TOGETHER_MAX, type EngineOptions, type RequestOptions } from '../operations/engine.js';
import type { RunningServer } from '../operations/analysis.js';
import type { Given, Memo, Remembered } from '../operations/memo.js';
import type { OperationRequest } from '../operations/operation.js';
import { operationNamed } from '../operations/operations.js';
import { Flight } from './flight.js';

/**
 * An engine that stays open between requests and answers questions together. Identical questions that wait are answered once: a
 * question that is already under way may have looked at the files before the later one was asked, so it is not shared but,
 * when nothing has changed since, remembered.
 */
export class WarmEngine {
  private readonly options: EngineOptions;
  private readonly makeMemo: () => Memo;
  private memo: Memo;
  private engine: Promise<Engine> | null = null;
  /** The same, once it is open. */
  private opened: Engine | null = null;
  private readonly turns = new Turns(TOGETHER_MAX);
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
    return this.opened?.servers() ?? [];
  }

  /** Answers in turn; a deadline counts from now. When `signal` is aborted, and nobody else waits for the same answer, it is given up. */
  run(request: OperationRequest, asked: RequestOptions, signal: AbortSignal): Promise<Given> {
    const key = shareKey(request, asked);
    const joined = key === null ? undefined : this.waiting.get(key);
    // One that nobody waits for any more ends without an answer.
    const isJoined = joined?.signal.aborted === false;
    if (isJoined) this.shared += 1;
    const flight = isJoined ? joined : this.enqueue(key, request, asked);
    return flight.wait(asked.timeoutMs, signal);
  }

  /** True when the same request, with the same wishes, would be answered with `memory`. */
  async stillRemembers(request: OperationRequest, asked: RequestOptions, memory: Remembered): Promise<boolean> {
    return this.turns.together(async () => (await this.opened?.stillRemembers(request, asked, memory)) ?? false);
  }

  /** Waits for what is under way, then ends the servers. */
  async close(): Promise<void> {
    await this.turns.alone(() => this.closeEngine());
  }

  private enqueue(key: string | null, request: OperationRequest, asked: RequestOptions): Flight {
    this.unfinished += 1;
    const flight = new Flight((self) => {
      const begin = async (): Promise<Given> => {
        // The flight is among those that wait before it begins.
        await Promise.resolve();
        if (key !== null && this.waiting.get(key) === self) this.waiting.delete(key);
        try {
          return await this.answer(request, asked, self);
        } finally {
          this.unfinished -= 1;
        }
      };
      return goesTogether(request) ? this.turns.together(begin) : this.turns.alone(begin);
    });
    if (key !== null) this.waiting.set(key, flight);
    return flight;
  }

  private async answer(request: OperationRequest, asked: RequestOptions, flight: Flight): Promise<Given> {
    const { signal } = flight;
    if (signal.aborted) throw new Failure('E/REQUEST_CANCELLED', 'the request was cancelled before its turn came', { hint: 'Nothing was written. Ask again.' });
    const engine = await this.current();
    try {
      const waited = asked.timeoutMs === undefined ? {} : { waitedMs: flight.waitedMs(asked.timeoutMs) };
      const bundle = await engine.run(request, { ...asked, ...waited, signal });
      return engine.given(bundle);
    } catch (error) {
      // What state a bug of ours has left the engine in is not known.
      await this.closeEngine();
      throw error;
    }
  }

  private current(): Promise<Engine> {
    this.engine ??= this.open();
    return this.engine;
  }

  private async open(): Promise<Engine> {
    this.memo = this.makeMemo();
    try {
      this.opened = await Engine.open(this.options, this.memo);
      return this.opened;
    } catch (error) {
      this.engine = null;
      throw error;
    }
  }

  private async closeEngine(): Promise<void> {
    const { opened } = this;
    this.engine = null;
    this.opened = null;
    await opened?.close();
  }
}

/** Null for a request that is not to be shared: one that writes, reads what only its caller has, or says more than others. */
export function shareKey({ cmd, args }: OperationRequest, { onLog, verifyCache, signal: _, env: __, ...asked }: RequestOptions): string | null {
  if (onLog !== undefined || verifyCache === true) return null;
  // Files that are named relative to the caller's folder.
  if ((args['patchFile'] ?? null) !== null || (args['card'] ?? null) !== null) return null;
  try {
    const operation = operationNamed(cmd);
    return operation.isFunctionOfSnapshot || operation.cmd === 'reward' ? canonicalJson([operation.cmd, args, asked]) : null;
  } catch {
    return null;
  }
}
