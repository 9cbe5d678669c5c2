import { isFields } from './wire.js';

export const PUSH = 'textDocument/publishDiagnostics';

interface Published {
  /** Null from a server that does not say which version it means. */
  readonly version: number | null;
  readonly items: readonly unknown[];
}

/** What a server published for a document. */
export interface Settled {
  readonly items: readonly unknown[];
  /** False when the server does not say which content it means: more may follow, and what there is may be about an earlier one. */
  readonly isProven: boolean;
}

/** A server that names no version has said what it says when it has been silent for so long. That is no proof, and is not taken for one. */
const SILENCE_MS = 1000;

/** What a server has published, by document. A list is the answer for a version of a document when the server says so. */
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

  /** Forgets what was published about a document without a version: its content, or another that it depends on, has changed. */
  forget(uri: string): void {
    if (this.published.get(spelling(uri))?.version === null) this.published.delete(spelling(uri));
  }

  /** Resolves to what was published for this version of the document. The caller sets a deadline. */
  settled(uri: string, version: number): Promise<Settled> {
    const known = spelling(uri);
    return new Promise((resolve) => {
      let silence: NodeJS.Timeout | undefined;
      const end = (settled: Settled): void => {
        clearTimeout(silence);
        this.waiting.get(known)?.delete(look);
        resolve(settled);
      };
      const look = (): void => {
        const latest = this.published.get(known);
        clearTimeout(silence);
        if (latest?.version === version) end({ items: latest.items, isProven: true });
        else if (latest?.version === null) silence = setTimeout(() => { end({ items: latest.items, isProven: false }); }, SILENCE_MS);
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
