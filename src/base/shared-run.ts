/** Work that many need at the same time. Whoever asks has the outcome of a run that began after the question, and runs never overlap. */
export class SharedRun<T> {
  private readonly work: () => Promise<T>;
  private running: Promise<unknown> | null = null;
  private waiting: Promise<T> | null = null;

  constructor(work: () => Promise<T>) {
    this.work = work;
  }

  /** `isOurs` when it was this call that began the run: then its failure is about us, else it may be about whoever did. */
  next(): { readonly outcome: Promise<T>; readonly isOurs: boolean } {
    if (this.waiting !== null) return { outcome: this.waiting, isOurs: false };
    const outcome = this.begin();
    return { outcome, isOurs: true };
  }

  private begin(): Promise<T> {
    const before = this.running;
    const run = async (): Promise<T> => {
      if (before !== null) await before;
      this.waiting = null;
      const outcome = this.work();
      const ended = outcome.then(ignore, ignore).finally(() => {
        if (this.running === ended) this.running = null;
      });
      this.running = ended;
      return outcome;
    };
    const outcome = run();
    if (before !== null) this.waiting = outcome;
    return outcome;
  }
}

function ignore(): void {
  // Whoever asked hears of it.
}
