import { setMaxListeners } from 'node:events';
import { lateRequest } from '../base/request-scope.js';
import type { Given } from '../operations/memo.js';

/** The engine itself says that a request is late, with all that belongs to such an answer; this is for one whose turn has not come. */
const GRACE_MS = 250;

/** One answer that several clients may wait for. When nobody wants it any more, it is given up. */
export class Flight {
  private readonly cancel = new AbortController();
  private readonly answer: Promise<Given>;
  private wanted = 0;
  /** By performance.now(): when the last of those who wait has no use for it any more. */
  private endsAt = -Infinity;

  /** `work` is called at once and awaits its turn. */
  constructor(work: (flight: Flight) => Promise<Given>) {
    this.answer = work(this);
    // Whoever waited may have given up.
    this.answer.catch(() => undefined);
  }

  /** Aborted when nobody waits any more. */
  get signal(): AbortSignal {
    return this.cancel.signal;
  }

  /** What of `timeoutMs` is over. */
  waitedMs(timeoutMs: number): number {
    return timeoutMs - (this.endsAt - performance.now());
  }

  /** Returns the answer; throws E/LS_TIMEOUT when it does not come in time. When `signal` is aborted, one who waited is gone. */
  async wait(timeoutMs: number | undefined, signal: AbortSignal): Promise<Given> {
    this.wanted += 1;
    this.endsAt = Math.max(this.endsAt, performance.now() + (timeoutMs ?? Infinity));
    let isHere = true;
    const leave = (): void => {
      if (isHere) this.wanted -= 1;
      isHere = false;
      if (this.wanted === 0) this.cancel.abort();
    };
    // Many requests may have one caller.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    try {
      return await (timeoutMs === undefined ? this.answer : this.inTime(timeoutMs));
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  }

  private inTime(timeoutMs: number): Promise<Given> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(lateRequest(timeoutMs));
      }, timeoutMs + GRACE_MS);
      this.answer.then(resolve, reject).finally(() => {
        clearTimeout(timer);
      });
    });
  }
}
