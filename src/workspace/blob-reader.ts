/** What a store answered: the blobs that it has, and the names of those that it lacks. */
export interface BlobAnswer {
  readonly blobs: ReadonlyMap<string, Buffer>;
  readonly missing: readonly string[];
}

interface Request {
  readonly oids: readonly string[];
  readonly resolve: (answer: BlobAnswer) => void;
  readonly reject: (error: unknown) => void;
}

const CACHE_MAX_BYTES = 64 * 1024 * 1024;
const CACHED_BLOB_MAX_BYTES = 1024 * 1024;

/** So many blobs are asked for at once: bounds what is in memory twice. */
const BATCH = 512;

/**
 * Reads blobs by name with one question at a time: what is asked for meanwhile goes into the next one. Small blobs that were read
 * lately are remembered; a name stands for the same bytes for ever.
 */
export class BlobReader {
  readonly #ask: (oids: readonly string[]) => Promise<BlobAnswer>;
  readonly #cache = new Map<string, Buffer>();
  #cachedBytes = 0;
  #waiting: Request[] = [];
  #isBusy = false;

  constructor(ask: (oids: readonly string[]) => Promise<BlobAnswer>) {
    this.#ask = ask;
  }

  read(oids: readonly string[]): Promise<BlobAnswer> {
    if (oids.every((oid) => this.#cache.has(oid))) return Promise.resolve(selection(oids, this.#cache));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ oids, resolve, reject });
      // Those who ask in the same turn share a question.
      if (!this.#isBusy) setImmediate(() => void this.#serve());
    });
  }

  async #serve(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#waiting.length > 0) {
      const requests = this.#waiting;
      this.#waiting = [];
      try {
        const known = await this.#fetch(new Set(requests.flatMap((request) => request.oids)));
        for (const { oids, resolve } of requests) resolve(selection(oids, known));
      } catch (error) {
        for (const { reject } of requests) reject(error);
      }
    }
    this.#isBusy = false;
  }

  async #fetch(oids: ReadonlySet<string>): Promise<Map<string, Buffer>> {
    const known = new Map<string, Buffer>();
    const unknown: string[] = [];
    for (const oid of oids) {
      const cached = this.#cache.get(oid);
      if (cached === undefined) unknown.push(oid);
      else known.set(oid, cached);
    }
    for (let start = 0; start < unknown.length; start += BATCH) {
      const { blobs } = await this.#ask(unknown.slice(start, start + BATCH));
      for (const [oid, content] of blobs) {
        known.set(oid, content);
        this.#remember(oid, content);
      }
    }
    return known;
  }

  #remember(oid: string, content: Buffer): void {
    if (content.length > CACHED_BLOB_MAX_BYTES) return;
    // A copy: the content is a window on the whole answer, which would stay in memory with it.
    this.#cache.set(oid, Buffer.from(content));
    this.#cachedBytes += content.length;
    for (const [oldest, bytes] of this.#cache) {
      if (this.#cachedBytes <= CACHE_MAX_BYTES) break;
      this.#cache.delete(oldest);
      this.#cachedBytes -= bytes.length;
    }
  }
}

function selection(oids: readonly string[], known: ReadonlyMap<string, Buffer>): BlobAnswer {
  const blobs = new Map<string, Buffer>();
  const missing: string[] = [];
  for (const oid of oids) {
    const content = known.get(oid);
    if (content === undefined) missing.push(oid);
    else blobs.set(oid, content);
  }
  return { blobs, missing };
}
