/** What tells whether a file or folder has changed, of bigint stats. */
export interface Stamp {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** The clock of a file system ticks in steps of up to 10 ms on Linux; a tenth of a second is safely more. */
export const SETTLED_AFTER_MS = 100;

/** False for what was changed so shortly before, in nanoseconds since 1970, that another change could hide behind the same times. */
export function isSettled(ctimeNs: bigint): boolean {
  return (BigInt(Date.now()) - BigInt(SETTLED_AFTER_MS)) * 1_000_000n > ctimeNs;
}

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
    if (isSettled(stamp.ctimeNs)) this.known.set(path, { stamp: text, made });
    else this.known.delete(path);
    return made;
  }
}
