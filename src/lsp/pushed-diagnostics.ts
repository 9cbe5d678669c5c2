import { isFields } from './wire.js';

export const PUSH = 'textDocument/publishDiagnostics';

interface Published {
  /** Null from a server that does not say which version it means. */
  readonly version: number | null;
  readonly items: readonly unknown[];
}

/**
 * What a server has published, by document. A list counts as the answer for a version of a document when the server says so. From
 * one that names no version, the first list counts: such a server is started anew for every change, and so opens a document once.
 */
export class PushedDiagnostics {
  private readonly published = new Map<string, Published>();
  private readonly waiting = new Map<string, Set<() => void>>();

  /** Hears any notification. */
  hear(method: string, params: unknown): void {
    if (method !== PUSH || !isFields(params) || typeof params['uri'] !== 'string' || !Array.isArray(params['diagnostics'])) return;
    const { uri, version, diagnostics } = params as { uri: string; version?: unknown; diagnostics: readonly unknown[] };
    this.published.set(spelling(uri), { version: typeof version === 'number' ? version : null, items: diagnostics });
    for (const look of this.waiting.get(spelling(uri)) ?? []) look();
  }

  /** Resolves to what was published for this version of the document. The caller sets a deadline. */
  settled(uri: string, version: number): Promise<readonly unknown[]> {
    const known = spelling(uri);
    return new Promise((resolve) => {
      const look = (): void => {
        const latest = this.published.get(known);
        if (latest === undefined || (latest.version !== null && latest.version !== version)) return;
        this.waiting.get(known)?.delete(look);
        resolve(latest.items);
      };
      this.waiting.set(known, (this.waiting.get(known) ?? new Set()).add(look));
      look();
    });
  }
}

/** Servers escape more or fewer characters than we do. */
function spelling(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    // A stray percent sign: then it is compared as it is.
    return uri;
  }
}
