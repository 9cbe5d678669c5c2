import { readFileSync, statfsSync, watch, type FSWatcher } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { withTape } from '../base/observe.js';
import { outsideRequests } from '../base/request-scope.js';
import { errorCode } from './file-failure.js';
import { lstatOrNull } from './lstat.js';
import { isSameTrail, trailOf, type Found, type Trail } from './trail.js';

/** By absolute path, the inode of each folder and file that a look has looked at, as precise as a number is. */
export type SeenPlaces = ReadonlyMap<string, number>;

/** Takes what a look came to, where it looked, and the paths of which it only looked at what is there. */
export type EndLook = (outcome: object, places: SeenPlaces, anchors: readonly string[]) => void;

interface Wanted {
  readonly places: SeenPlaces;
  readonly anchors: readonly string[];
}

interface Watched {
  readonly inode: number;
  readonly watcher: FSWatcher;
  /** Which names in a folder matter; null for all. */
  names: ReadonlySet<string> | null;
}

/** What is to be watched. */
interface Target {
  readonly inode: number;
  readonly names: Set<string> | null;
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
/** What the kernel told of, wanted or not. When it has too much to tell, it drops the rest, and nobody is told of that. */
let told = 0;
/** Counts how often it may have dropped something. */
let floods = 0;

/**
 * Hears from the kernel whether anything has happened where a look looked, so that the same look need not be taken again. It never
 * says what: whatever is heard, everything is looked at. It proves nothing until a look has been taken while all of its places were
 * watched, and nothing ever where the kernel does not hear all (another system, a network file system, no watches left): then every look
 * is taken. A folder tells what comes, goes and is written in it; a file that is watched itself also tells of what is written under
 * another of its names. On the way to an anchor each folder is watched for one name. Not heard is who writes through a memory mapping,
 * and what is mounted over a folder.
 */
export class DiskWatch {
  private readonly onTrouble: (reason: string) => void;
  private readonly looksBefore: number;
  private readonly watched = new Map<string, Watched>();
  /** The way to each anchor that is watched; null where the kernel does not hear all of it. */
  private readonly trails = new Map<string, Trail | null>();
  /** The anchors to which a way goes through a folder. */
  private readonly anchorsBehind = new Map<string, Set<string>>();
  private wanted: Wanted | null = null;
  private following: Promise<void> | null = null;
  /** Counts what was heard, and every change of what is watched. */
  private heard = 0;
  private proof: { readonly outcome: object; readonly heard: number } | null = null;
  private looks = 0;
  private isOff = process.platform !== 'linux';
  private readonly end = new AbortController();

  /** `onTrouble` hears why every look is taken from then on. Nothing is watched for the first `looksBefore` looks. */
  constructor(onTrouble: (reason: string) => void = () => undefined, looksBefore = LOOKS_OF_ONE_QUESTION) {
    this.onTrouble = onTrouble;
    this.looksBefore = looksBefore;
  }

  /** True when nothing has happened where the look that had this outcome looked, from its beginning until this call; see hearsOf. */
  async isQuietSince(outcome: object): Promise<boolean> {
    const { proof } = this;
    if (proof?.outcome !== outcome) return false;
    await allHeard();
    // Another look may have ended meanwhile.
    return this.proof === proof && proof.heard === this.heard + floods;
  }

  /** False for an anchor that has to be looked at all the same. */
  hearsOf(anchor: string): boolean {
    return this.trails.get(anchor) != null;
  }

  /** Call it before a look, and what it returns after it. */
  async beginLook(): Promise<EndLook> {
    await allHeard();
    const heard = this.heard + floods;
    return (outcome, places, anchors) => {
      this.looks += 1;
      if (this.isOff || this.looks <= this.looksBefore) return;
      // Where a watch was begun after the look did, `heard` has grown.
      this.proof = this.covers(places, anchors) ? { outcome, heard } : null;
      if (this.proof !== null) return;
      this.wanted = { places, anchors };
      this.following ??= outsideRequests(() => withTape(null, () => this.follow())).finally(() => { this.following = null; });
    };
  }

  /** Resolves when all that the last look asked for is watched. */
  async watching(): Promise<void> {
    await this.following;
  }

  async close(): Promise<void> {
    this.stop();
    await this.following;
  }

  private covers(places: SeenPlaces, anchors: readonly string[]): boolean {
    for (const [path, inode] of places) if (!this.isWatched(path, { inode, names: null })) return false;
    return anchors.every((anchor) => this.trails.has(anchor));
  }

  /** Watches what is wanted, and nothing else. */
  private async follow(): Promise<void> {
    try {
      for (let wanted = this.take(); wanted !== null; wanted = this.take()) await this.watchOnly(wanted);
    } catch (error) {
      if (this.isOff) return;
      this.giveUp(error instanceof Error ? error.message : String(error));
    }
  }

  private take(): Wanted | null {
    const { wanted } = this;
    this.wanted = null;
    return this.isOff ? null : wanted;
  }

  private async watchOnly({ places, anchors }: Wanted): Promise<void> {
    const trails = new Map<string, Trail | null>();
    const before = new Pass();
    for (const anchor of anchors) {
      await this.otherTurns(trails.size);
      trails.set(anchor, this.trails.get(anchor) ?? before.heardTrailOf(anchor));
    }
    const targets = targetsOf(places, [...trails.values()]);
    for (const path of [...this.watched.keys()]) if (!targets.has(path)) this.unwatch(path);
    for (const anchor of [...this.trails.keys()]) if (!trails.has(anchor)) this.forget(anchor);
    let done = 0;
    for (const [path, target] of targets) {
      done += 1;
      await this.otherTurns(done);
      if (!this.isWatched(path, target)) this.watch(path, target);
    }
    const after = new Pass();
    for (const [anchor, trail] of trails) {
      // In one turn: what is heard meanwhile would be about what has just been looked at.
      const isFollowed = trail !== null && (this.trails.get(anchor) === trail || this.isFollowed(trail, after.heardTrailOf(anchor)));
      this.remember(anchor, isFollowed ? trail : null);
    }
    this.heard += 1;
  }

  private async otherTurns(done: number): Promise<void> {
    if (done % PLACES_IN_A_ROW === PLACES_IN_A_ROW - 1) await nextTurn(undefined, { signal: this.end.signal });
  }

  private remember(anchor: string, trail: Trail | null): void {
    this.trails.set(anchor, trail);
    for (const { folder } of trail?.steps ?? []) {
      const behind = this.anchorsBehind.get(folder) ?? new Set();
      this.anchorsBehind.set(folder, behind.add(anchor));
    }
  }

  private forget(anchor: string): void {
    const trail = this.trails.get(anchor);
    this.trails.delete(anchor);
    for (const { folder } of trail?.steps ?? []) this.anchorsBehind.get(folder)?.delete(anchor);
  }

  private isWatched(path: string, { inode, names }: Target): boolean {
    const known = this.watched.get(path);
    if (known?.inode !== inode) return false;
    return known.names === null || (names !== null && [...names].every((name) => known.names?.has(name)));
  }

  /** True when a way is watched that was the same before it was watched and is now. */
  private isFollowed(trail: Trail, now: Trail | null): boolean {
    if (now === null || !isSameTrail(trail, now)) return false;
    const isHeard = trail.steps.every(({ folder, inode, name }) => this.isWatched(folder, { inode, names: new Set([name]) }));
    return isHeard && (trail.end === null || this.isWatched(trail.end.path, { inode: trail.end.inode, names: null }));
  }

  private watch(path: string, { inode, names }: Target): void {
    const known = this.watched.get(path);
    if (known?.inode === inode) {
      known.names = names;
      return;
    }
    this.unwatch(path);
    if (inUse >= watchesMax()) throw new Error(`${String(inUse)} places are watched, and more is not left for one program`);
    try {
      // Looked at before it is watched: should another one take its place in between, a look finds another inode than this one.
      const stats = lstatOrNull(path);
      if (stats === null || stats.isSymbolicLink()) return;
      if (!isHeardAt(path)) throw new Error(`${path} is on a file system of which not every change is heard`);
      const watcher = watch(path, { persistent: false }, (event, name) => { this.hear(path, event, name); });
      watcher.on('error', (error) => { this.giveUp(error.message); });
      this.watched.set(path, { inode: Number(stats.ino), watcher, names });
      inUse += 1;
      this.heard += 1;
    } catch (error) {
      // Nothing is proven of what has gone or may not be read.
      if (!['ENOENT', 'ENOTDIR', 'EACCES'].includes(errorCode(error))) throw error;
    }
  }

  private hear(path: string, event: string, name: string | null): void {
    told += 1;
    if (told % floodMin() === 0) floods += 1;
    const isItself = name === null || name === basename(path);
    if (!isItself && this.watched.get(path)?.names?.has(name) === false) return;
    this.heard += 1;
    // Where the ways lead that go through here is not known any more.
    for (const anchor of [...(this.anchorsBehind.get(path) ?? [])]) if (this.trails.get(anchor)?.steps.some((step) => step.folder === path && (isItself || step.name === name)) === true) this.forget(anchor);
    // It has gone itself, or something in it that is called the same: an inode can be given again.
    if (event === 'rename' && isItself) this.unwatch(path);
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
    this.trails.clear();
    this.anchorsBehind.clear();
    for (const path of [...this.watched.keys()]) this.unwatch(path);
  }
}

/** Everything in and at a place matters, and on the way to an anchor one name in each folder. */
function targetsOf(places: SeenPlaces, trails: readonly (Trail | null)[]): Map<string, Target> {
  const targets = new Map<string, Target>([...places].map(([path, inode]) => [path, { inode, names: null }]));
  for (const trail of trails) {
    if (trail === null) continue;
    if (trail.end !== null) targets.set(trail.end.path, { inode: trail.end.inode, names: null });
  }
  for (const trail of trails) {
    for (const { folder, inode, name } of trail?.steps ?? []) {
      const target = targets.get(folder) ?? { inode, names: new Set() };
      target.names?.add(name);
      targets.set(folder, target);
    }
  }
  return targets;
}

/** One look at ways, which have much in common. */
class Pass {
  private readonly found: Found = new Map();
  private readonly heardAt = new Map<string, boolean>();

  /** Null where not all of it is heard of, or may be looked at. */
  heardTrailOf(anchor: string): Trail | null {
    try {
      const trail = trailOf(anchor, this.found);
      const folders = trail.steps.map(({ folder }) => folder);
      return [...folders, ...(trail.end === null ? [] : [trail.end.path])].every((path) => this.isHeardAt(path)) ? trail : null;
    } catch (error) {
      if (['EACCES', 'ENOENT', 'ENOTDIR', 'EINVAL'].includes(errorCode(error))) return null;
      throw error;
    }
  }

  private isHeardAt(path: string): boolean {
    const is = this.heardAt.get(path) ?? isHeardAt(path);
    this.heardAt.set(path, is);
    return is;
  }
}

function isHeardAt(path: string): boolean {
  return LOCAL.has(statfsSync(path).type);
}

/**
 * Resolves when everything that happened before the call has been heard. The kernel has an event waiting before the call that caused it
 * returns, and between two immediates the event loop takes all that waits.
 */
function allHeard(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}

const limits = new Map<string, number>();

function limitOf(name: string): number {
  const known = limits.get(name) ?? Number(readFileSync(`/proc/sys/fs/inotify/${name}`, 'utf8'));
  limits.set(name, known);
  return known;
}

function watchesMax(): number {
  return Math.floor(limitOf('max_user_watches') / SHARE_OF_USER);
}

/** What is dropped comes after so much that was told at once. */
function floodMin(): number {
  return Math.max(1, Math.floor(limitOf('max_queued_events') / 4));
}
