import type { CallerStream } from '../base/caller.js';

/** Says on a terminal how many lines are done and how long the rest will take. Silent where stderr is none. */
export class Progress {
  private readonly stream: CallerStream;
  private readonly total: number | null;
  private readonly skipped: number;
  private readonly start = performance.now();
  private done = 0;

  constructor(stream: CallerStream, total: number | null, skipped: number) {
    this.stream = stream;
    this.total = total;
    this.skipped = skipped;
  }

  step(): void {
    this.done += 1;
    if (this.stream.isTTY) this.stream.write(`\r\u001b[K${progressText({ done: this.done, skipped: this.skipped, total: this.total, seconds: (performance.now() - this.start) / 1000 })}`, () => undefined);
  }

  end(): void {
    if (this.stream.isTTY && this.done > 0) this.stream.write('\n', () => undefined);
  }
}

export interface ProgressState {
  readonly done: number;
  /** Lines that an earlier run answered. */
  readonly skipped: number;
  /** Null when the input is a pipe. */
  readonly total: number | null;
  readonly seconds: number;
}

/** For example `12 of 100, 2.4 per second, 0:37 left`. */
export function progressText({ done, skipped, total, seconds }: ProgressState): string {
  const rate = done / Math.max(seconds, 1e-3);
  const speed = rate >= 1 ? `${rate.toFixed(1)} per second` : `${(1 / rate).toFixed(1)} s each`;
  if (total === null) return `${String(done)} done, ${speed}`;
  return `${String(done + skipped)} of ${String(total)}, ${speed}, ${clock((total - done - skipped) / rate)} left`;
}

/** Minutes and seconds, hours before them where there are any. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${String(minutes)}:${two(whole % 60)}` : `${String(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(whole % 60)}`;
}
