import { setMaxListeners } from 'node:events';
import { ContextValue } from './context.js';
import { Failure } from './failure.js';

/** What bounds the request that the running code works for. */
export interface RequestScope {
  /** Aborted when the answer is of no use any more: the reason is the Failure that says why. */
  readonly signal: AbortSignal;
  /** What the whole request may take, in milliseconds; null when nothing bounds it but its parts. */
  readonly timeoutMs: number | null;
}

export interface RequestLimits {
  /** Default: none. */
  readonly timeoutMs?: number | undefined;
  /** What of that is over already, because the request waited for its turn. */
  readonly waitedMs?: number | undefined;
  /** Aborted when whoever asked wants no answer any more. */
  readonly signal?: AbortSignal | undefined;
}

interface RunningScope extends RequestScope {
  /** By performance.now(); a timer fires late while we compute. */
  endsAt: number;
  /** See stopClock. */
  readonly stopClock: () => () => void;
  /** Called when the signal is aborted: cheaper than its listeners, because everything that waits has one. */
  readonly whenAborted: Set<() => void>;
}

const UNBOUNDED: RunningScope = { signal: new AbortController().signal, timeoutMs: null, endsAt: Infinity, stopClock: () => () => undefined, whenAborted: new Set() };
const scopes = new ContextValue<RunningScope>('request');
setMaxListeners(0, UNBOUNDED.signal);

/** The bounds of the running request; none outside of one. */
export function requestScope(): RequestScope {
  return scopes.get() ?? UNBOUNDED;
}

/**
 * Runs `work` as one request. At its deadline, and when the caller cancels, `requestScope().signal` is aborted: whatever waits ends
 * then, and nothing goes on behind the answer.
 */
export async function withinRequest<T>({ timeoutMs, waitedMs = 0, signal }: RequestLimits, work: () => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const whenAborted = new Set<() => void>();
  // Every process that is started meanwhile listens, too.
  setMaxListeners(0, controller.signal);
  controller.signal.addEventListener('abort', () => { for (const end of [...whenAborted]) end(); }, { once: true });
  const cancel = (): void => {
    controller.abort(new Failure('E/REQUEST_CANCELLED', 'the request was cancelled before it was answered', { hint: 'Nothing was written. Ask again.' }));
  };
  const timerOf = (ms: number): NodeJS.Timeout | undefined => (timeoutMs === undefined ? undefined : setTimeout(() => { controller.abort(lateRequest(timeoutMs)); }, ms));
  let timer = timerOf((timeoutMs ?? 0) - waitedMs);
  // Many requests may have one caller.
  if (signal !== undefined) setMaxListeners(0, signal);
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  const stopClock = (): (() => void) => {
    const leftMs = scope.endsAt - performance.now();
    clearTimeout(timer);
    scope.endsAt = Infinity;
    return () => {
      scope.endsAt = performance.now() + leftMs;
      timer = timerOf(leftMs);
    };
  };
  const scope: RunningScope = { signal: controller.signal, timeoutMs: timeoutMs ?? null, endsAt: timeoutMs === undefined ? Infinity : performance.now() + timeoutMs - waitedMs, stopClock, whenAborted };
  try {
    return await scopes.run(scope, work);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

/** Runs `work` for whoever may need it, not for the running request alone: its end does not end this. */
export function outsideRequests<T>(work: () => T): T {
  return scopes.run(UNBOUNDED, work);
}

/** A value of its own for each request that is under way; whoever works for none shares one. */
export class PerRequest<T extends object> {
  private readonly values = new WeakMap<RequestScope, T>();
  private readonly make: () => T;

  constructor(make: () => T) {
    this.make = make;
  }

  /** The value of the running request. */
  get own(): T {
    const scope = requestScope();
    const known = this.values.get(scope);
    if (known !== undefined) return known;
    const made = this.make();
    this.values.set(scope, made);
    return made;
  }
}

/** Until the function that it returns is called, once, the deadline of the running request comes no nearer: it waits for its turn among others. */
export function stopClock(): () => void {
  return (scopes.get() ?? UNBOUNDED).stopClock();
}

/** Throws when the running request has been cancelled or is over its deadline. Cheap enough for a loop. */
export function checkRequest(): void {
  const scope = scopes.get() ?? UNBOUNDED;
  scope.signal.throwIfAborted();
  if (performance.now() > scope.endsAt) throw lateRequest(scope.timeoutMs ?? 0);
}

/** Milliseconds until the deadline of the running request; Infinity without one. */
export function remainingMs(): number {
  return (scopes.get() ?? UNBOUNDED).endsAt - performance.now();
}

/** Resolves after `delayMs`; rejects with the reason when the running request ends before. */
export function pause(delayMs: number): Promise<void> {
  return untilRequestEnds(new Promise((resolve) => { setTimeout(resolve, delayMs); }));
}

/** Returns what `work` resolves to; rejects with the reason when the running request ends before. `work` goes on. */
export function untilRequestEnds<T>(work: Promise<T>): Promise<T> {
  const { signal } = requestScope();
  if (signal.aborted) return Promise.reject(signal.reason as Failure);
  return new Promise((resolve, reject) => {
    const forget = onRequestEnd(() => {
      reject(signal.reason as Failure);
    });
    work.then(forget, forget);
    work.then(resolve, reject);
  });
}

/** Calls `end` when the running request is aborted, until the function that it returns is called. */
export function onRequestEnd(end: () => void): () => void {
  const { whenAborted } = scopes.get() ?? UNBOUNDED;
  whenAborted.add(end);
  return () => {
    whenAborted.delete(end);
  };
}

/** What a request that is over its deadline is answered with. */
export function lateRequest(timeoutMs: number): Failure {
  return new Failure('E/LS_TIMEOUT', `the request was not answered within ${String(timeoutMs)} ms`, { hint: 'Nothing was written. Try again with a larger --timeout.', details: { timeoutMs } });
}
