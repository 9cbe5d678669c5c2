/** What tells whether a file or folder has changed, of bigint stats. */
export interface Stamp {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** The clock of a file system ticks in steps of up to 10 ms on Linux; a tenth of a second is safely more. */
const SETTLED_AFTER_NS = 100_000_000n;

/** Remembers what was made of files and folders for as long as they are what they were: same inode, size and times. */
export class Stamped<T> {
  private readonly known = new Map<string, { readonly stamp: string; readonly made: T }>();

  /** Returns what `make` made of what is at `path`; null when nothing is, as `stamp`, which was taken now, says. */
  of(path: string, stamp: Stamp | undefined, make: (path: string) => T): T | null {
    if (stamp === undefined) {
      this.known.delete(path);
      return null;
    }
    const text = [stamp.dev, stamp.ino, stamp.size, stamp.mtimeNs, stamp.ctimeNs].join(' ');
    const known = this.known.get(path);
    if (known?.stamp === text) return known.made;
    const made = make(path);
    // A second write could hide behind the same times.
    if (BigInt(Date.now()) * 1_000_000n - stamp.ctimeNs > SETTLED_AFTER_NS) this.known.set(path, { stamp: text, made });
    else this.known.delete(path);
    return made;
  }
}
