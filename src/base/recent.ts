const ENTRIES_MAX = 4096;

/** What was made for the keys that were asked about last; those that were asked about longest ago give way. */
export class Recent<Key, Made> {
  private readonly entries = new Map<Key, { readonly made: Made; readonly size: number }>();
  private readonly sizeMax: number;
  private held = 0;

  /** `sizeMax` is what all that is kept may come to together, in the unit of `get`. */
  constructor(sizeMax: number) {
    this.sizeMax = sizeMax;
  }

  get size(): number {
    return this.entries.size;
  }

  /** Returns what `make` gave for this key earlier, or gives now. A promise that fails is not kept. */
  get(key: Key, size: number, make: () => Made): Made {
    const known = this.entries.get(key);
    const entry = known ?? { made: make(), size };
    if (known !== undefined) this.entries.delete(key);
    else this.held += size;
    this.entries.set(key, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= ENTRIES_MAX && (this.held <= this.sizeMax || oldest === key)) break;
      this.forget(oldest);
    }
    if (known === undefined && entry.made instanceof Promise) entry.made.catch(() => { if (this.entries.get(key) === entry) this.forget(key); });
    return entry.made;
  }

  private forget(key: Key): void {
    this.held -= this.entries.get(key)?.size ?? 0;
    this.entries.delete(key);
  }
}
