/**
 * How a server says that it has read the workspace. `log`: a line of its log. `progress`: the end of the last progress with such
 * a title; `opens`: it only starts when a file is opened. `notification`: a message of its own.
 */
export type ReadyRule =
  | { readonly kind: 'log'; readonly pattern: RegExp }
  | { readonly kind: 'progress'; readonly title: RegExp; readonly opens: boolean }
  | { readonly kind: 'notification'; readonly method: string; verdict(params: unknown): ReadyVerdict };

/** `failed`: the server says that it will not get to know the workspace. */
export type ReadyVerdict = 'ready' | 'waiting' | 'failed';

/** Listens to what a server says, until it has said that it knows its files, or that it never will. */
export class Readiness {
  private said: Promise<'ready' | 'failed'>;
  private readonly rule: ReadyRule | null;
  private readonly running = new Set<unknown>();
  private resolve: (verdict: 'ready' | 'failed') => void = () => undefined;

  constructor(rule: ReadyRule | null) {
    this.rule = rule;
    this.said = this.listen();
  }

  /** Resolves then. Never rejects. */
  get found(): Promise<'ready' | 'failed'> {
    return this.said;
  }

  /** From now on `found` is about what the server says next. */
  again(): void {
    this.said = this.listen();
  }

  /** Hears a line of the server's log. */
  hearLog(message: string): void {
    if (this.rule?.kind === 'log' && this.rule.pattern.test(message)) this.resolve('ready');
  }

  /** Hears any notification. */
  hear(method: string, params: unknown): void {
    if (this.rule?.kind === 'notification' && method === this.rule.method) {
      const verdict = this.rule.verdict(params);
      if (verdict !== 'waiting') this.resolve(verdict);
    }
    if (this.rule?.kind === 'progress' && method === '$/progress') this.hearProgress(params, this.rule.title);
  }

  private listen(): Promise<'ready' | 'failed'> {
    return new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  private hearProgress(params: unknown, title: RegExp): void {
    const { token, value } = params as { token?: unknown; value?: { kind?: unknown; title?: unknown } };
    if (value?.kind === 'begin' && typeof value.title === 'string' && title.test(value.title)) this.running.add(token);
    if (value?.kind === 'end' && this.running.delete(token) && this.running.size === 0) this.resolve('ready');
  }
}
