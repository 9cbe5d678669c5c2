const ENTRIES_MAX = 4096;

/** How much is kept, beside the sum of sizes. */
export interface RecentLimits<Made> {
  readonly entriesMax?: number;
  /** Called with what gives way. */
  readonly dispose?: (made: Made) => void;
}

/** What was made for the keys that were asked about last; those that were asked about longest ago give way. */
export class Recent<Key, Made> {
  private readonly entries = new Map<Key, { readonly made: Made; readonly size: number }>();
  private readonly sizeMax: number;
  private readonly entriesMax: number;
  private readonly dispose: (made: Made) => void;
  private held = 0;

  /** `sizeMax` is what all that is kept may come to together, in the unit of `get`. */
  constructor(sizeMax: number, { entriesMax = ENTRIES_MAX, dispose = () => undefined }: RecentLimits<Made> = {}) {
    [this.sizeMax, this.entriesMax, this.dispose] = [sizeMax, entriesMax, dispose];
  }

  get size(): number {
    return this.entries.size;
  }

  /** Returns what is kept for this key, which then counts as asked about. */
  known(key: Key): Made | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.made;
  }

  /** Returns what `make` gave for this key earlier, or gives now. A promise that fails is not kept. */
  get(key: Key, size: number, make: () => Made): Made {
    const known = this.entries.get(key);
    const entry = known ?? { made: make(), size };
    if (known !== undefined) this.entries.delete(key);
    else this.held += size;
    this.entries.set(key, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.entriesMax && (this.held <= this.sizeMax || oldest === key)) break;
      this.forget(oldest);
    }
    if (known === undefined && entry.made instanceof Promise) entry.made.catch(() => { if (this.entries.get(key) === entry) this.forget(key); });
    return entry.made;
  }

  private forget(key: Key): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.held -= entry.size;
    this.entries.delete(key);
    this.dispose(entry.made);
  }
}
