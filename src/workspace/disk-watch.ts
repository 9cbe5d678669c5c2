import { readFileSync, statfsSync, watch, type FSWatcher } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { withTape } from '../base/observe.js';
import { outsideRequests } from '../base/request-scope.js';
import { errorCode } from './file-failure.js';
import { lstatOrNull } from './lstat.js';

/** By absolute path, the inode of each folder and file that a look has looked at, as precise as a number is. */
export type SeenPlaces = ReadonlyMap<string, number>;

/** Takes what a look came to and where it looked. */
export type EndLook = (outcome: object, places: SeenPlaces) => void;

interface Watched {
  readonly inode: number;
  readonly watcher: FSWatcher;
}

/**
 * Local file systems, by the magic number that statfs(2) gives: all that happens on them goes through this kernel, which tells of it.
 * ext2-4, btrfs, xfs, f2fs, bcachefs, zfs, tmpfs, ramfs and overlayfs.
 */
const LOCAL: ReadonlySet<number> = new Set([0xef53, 0x9123683e, 0x58465342, 0xf2f52010, 0xca451a4e, 0x2fc12fc1, 0x01021994, 0x858458f6, 0x794c7630]);
/** Whoever asks one question takes no more looks than this: to watch costs more than that. */
const LOOKS_OF_ONE_QUESTION = 2;
const PLACES_IN_A_ROW = 100;
/** Editors want watches of the same user, too. */
const SHARE_OF_USER = 4;

/** How many folders and files this process watches. */
let inUse = 0;

/**
 * Hears from the kernel whether anything has happened where a look looked, so that the same look need not be taken again. It never
 * says what: whatever is heard, everything is looked at. It proves nothing until a look has been taken while all of its places were
 * watched, and nothing ever where the kernel does not hear all (another system, a network file system, no watches left): then every look
 * is taken. A folder tells what comes, goes and is written in it; a file that is watched itself also tells of what is written under
 * another of its names. Not heard is who writes through a memory mapping.
 */
export class DiskWatch {
  private readonly onTrouble: (reason: string) => void;
  private readonly watched = new Map<string, Watched>();
  private wanted: SeenPlaces | null = null;
  private following: Promise<void> | null = null;
  /** Counts what was heard, and every change of what is watched. */
  private heard = 0;
  private proof: { readonly outcome: object; readonly heard: number } | null = null;
  private looks = 0;
  private isOff = process.platform !== 'linux';
  private readonly end = new AbortController();

  /** `onTrouble` hears why every look is taken from then on. */
  constructor(onTrouble: (reason: string) => void = () => undefined) {
    this.onTrouble = onTrouble;
  }

  /** True when nothing has happened where the look that had this outcome looked, from its beginning until this call. */
  async isQuietSince(outcome: object): Promise<boolean> {
    const { proof } = this;
    if (proof?.outcome !== outcome) return false;
    await allHeard();
    // Another look may have ended meanwhile.
    return this.proof === proof && proof.heard === this.heard;
  }

  /** Call it before a look, and what it returns after it. */
  async beginLook(): Promise<EndLook> {
    await allHeard();
    const { heard } = this;
    return (outcome, places) => {
      this.looks += 1;
      if (this.isOff || this.looks <= LOOKS_OF_ONE_QUESTION) return;
      // Where a watch was begun after the look did, `heard` has grown.
      this.proof = this.covers(places) ? { outcome, heard } : null;
      if (this.proof !== null) return;
      this.wanted = places;
      this.following ??= outsideRequests(() => withTape(null, () => this.follow())).finally(() => { this.following = null; });
    };
  }

  async close(): Promise<void> {
    this.stop();
    await this.following;
  }

  private covers(places: SeenPlaces): boolean {
    for (const [path, inode] of places) if (this.watched.get(path)?.inode !== inode) return false;
    return true;
  }

  /** Watches what is wanted, and nothing else. */
  private async follow(): Promise<void> {
    try {
      let done = 0;
      for (let places = this.take(); places !== null; places = this.take()) {
        for (const path of [...this.watched.keys()]) if (!places.has(path)) this.unwatch(path);
        for (const path of places.keys()) {
          done += 1;
          if (done % PLACES_IN_A_ROW === 0) await setImmediate(undefined, { signal: this.end.signal });
          if (this.watched.get(path)?.inode !== places.get(path)) this.watch(path);
        }
      }
    } catch (error) {
      if (this.isOff) return;
      this.giveUp(error instanceof Error ? error.message : String(error));
    }
  }

  private take(): SeenPlaces | null {
    const { wanted } = this;
    this.wanted = null;
    return this.isOff ? null : wanted;
  }

  private watch(path: string): void {
    this.unwatch(path);
    if (inUse >= watchesMax()) throw new Error(`${String(inUse)} places are watched, and more is not left for one program`);
    try {
      // Looked at before it is watched: should another one take its place in between, a look finds another inode than this one.
      const stats = lstatOrNull(path);
      if (stats === null || stats.isSymbolicLink()) return;
      if (!LOCAL.has(statfsSync(path).type)) throw new Error(`${path} is on a file system of which not every change is heard`);
      const watcher = watch(path, { persistent: false }, (event, name) => { this.hear(path, event, name); });
      watcher.on('error', (error) => { this.giveUp(error.message); });
      this.watched.set(path, { inode: Number(stats.ino), watcher });
      inUse += 1;
      this.heard += 1;
    } catch (error) {
      // Nothing is proven of what has gone or may not be read.
      if (!['ENOENT', 'ENOTDIR', 'EACCES'].includes(errorCode(error))) throw error;
    }
  }

  private hear(path: string, event: string, name: string | null): void {
    this.heard += 1;
    // It has gone itself, or something in it that is called the same: an inode can be given again.
    if (event === 'rename' && (name === null || path.endsWith(`/${name}`))) this.unwatch(path);
  }

  private unwatch(path: string): void {
    const known = this.watched.get(path);
    if (known === undefined) return;
    this.watched.delete(path);
    inUse -= 1;
    this.heard += 1;
    known.watcher.close();
  }

  private giveUp(reason: string): void {
    if (this.isOff) return;
    this.stop();
    this.onTrouble(reason);
  }

  private stop(): void {
    this.isOff = true;
    this.proof = null;
    this.end.abort();
    for (const path of [...this.watched.keys()]) this.unwatch(path);
  }
}

/**
 * Resolves when everything that happened before the call has been heard. The kernel has an event waiting before the call that caused it
 * returns, and between two immediates the event loop takes all that waits.
 */
async function allHeard(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

let knownMax: number | null = null;

function watchesMax(): number {
  knownMax ??= Math.floor(Number(readFileSync('/proc/sys/fs/inotify/max_user_watches', 'utf8')) / SHARE_OF_USER);
  return knownMax;
}
