import { lstatSync, readdirSync, readlinkSync, realpathSync, type Dirent, type Stats } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isSameList } from '../base/same-list.js';
import { SETTLED_AFTER_MS } from '../base/stamped.js';
import type { SeenPlaces } from './disk-watch.js';
import { isAbsent } from './file-failure.js';
import { walkFolder } from './folder-walk.js';
import { ignoredIn, type Listing as WorkspaceListing } from './listing.js';
import type { Workspace } from './workspace-root.js';

/** What no server reads, or writes itself. */
const SKIPPED: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '__pycache__', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.tox', '.nox', '.cache', '.gradle', '.turbo', '.parcel-cache', 'coverage', '.bin']);
/** Code and settings that a server may read outside the snapshot. */
const READ = /\.(pyi?|pth|so|toml|cfg|[cm]?[jt]sx?|json|go|mod|rs|java|[ch](pp|xx|c)?|hh)$|^py\.typed$/;
/** Of an installed npm package, only its types and its manifest are. */
const READ_OF_NPM = /\.([cm]?ts|tsx)$|^(package|tsconfig[^/]*)\.json$/;
/** Settings that hold for all folders below them. */
const INHERITED = ['package.json', 'tsconfig.json', 'jsconfig.json', 'tsconfig.base.json', 'pyrightconfig.json', 'pyproject.toml', '.python-version', '.tool-versions', 'go.work'];
/** So many files below one path are looked at one by one; of more, only the folders are: what came, went or was replaced is seen, and what was overwritten in place is not. */
const FILES_MAX = 2000;
const FOLDERS_MAX = 50_000;
const FOLDERS_IN_A_ROW = 50;
/** Equal to nothing. */
export const UNKNOWN: readonly number[] = [NaN];

interface Listing {
  readonly stats: readonly number[];
  readonly isSettled: boolean;
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** The state of what servers read beside the snapshot. */
export interface OutsideState {
  /** Where was looked. */
  readonly paths: readonly string[];
  /** Mode, size, times and inode of all that was found there, in one order. */
  readonly found: readonly number[];
  /** The files that were looked at one by one, in the same order. */
  readonly names: readonly string[];
  /** When the last of it changed, in milliseconds since 1970. */
  readonly newestMs: number;
  /** What is found there by no folder that was looked into. */
  readonly anchors: ReadonlyMap<string, Anchor>;
  readonly folders: SeenPlaces;
}

/** Where a look began, or went on behind a link. */
interface Anchor {
  /** As numbersOf gives them. */
  readonly found: readonly number[];
  /** Where a link leads, null for nowhere; undefined for what is no link. */
  readonly target?: string | null;
}

/** One pass over the disk. */
interface Look {
  readonly seen: Map<string, number>;
  readonly names: string[];
  /** What was at the paths where it began, and where links led. */
  readonly begun: Map<string, readonly number[]>;
  /** The links among what was found, by path. */
  readonly links: Map<string, Required<Anchor>>;
}

/** True when nothing came, went or changed between two looks. */
export function isSameState(a: OutsideState, b: OutsideState): boolean {
  return isSameList(a.paths, b.paths) && isSameList(a.found, b.found) && isSameList(a.names, b.names);
}

/**
 * Looks at what servers read and no snapshot holds: ignored files, installed packages, repositories inside this one, and the settings and
 * packages of the folders above. Nothing is read but names and times. A folder that did not change is not listed again.
 */
export class OutsideFiles {
  private readonly workspace: Workspace;
  private readonly listings = new Map<string, Listing>();

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /** Where all that is, and `more`: absolute paths of folders and files. A fresh `listing` of the workspace spares asking what is ignored. */
  async paths(more: readonly string[], listing: WorkspaceListing | null = null): Promise<string[]> {
    return [...(await this.insidePaths(listing)), ...this.abovePaths(), ...more];
  }

  /** The state of what is at and below these absolute paths. */
  stateOf(paths: readonly string[]): OutsideState {
    const steps = this.steps(paths);
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
  }

  /** The same, with turns of others in between, so that nobody waits for a first look at thousands of folders. */
  async stateInTurns(paths: readonly string[]): Promise<OutsideState> {
    const steps = this.steps(paths);
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
      await nextTurn();
    }
  }

  private *steps(paths: readonly string[]): Generator<void, OutsideState> {
    const sorted = sortedOnce(paths);
    const look: Look = { seen: new Map(), names: [], begun: new Map(), links: new Map() };
    const found: number[] = [];
    for (const path of sorted) {
      // Too many for the arguments of one call.
      for (const number of yield* this.below(path, look)) found.push(number);
    }
    const newestMs = found.reduce((newest, number, index) => (index % NUMBERS === CTIME ? Math.max(newest, number) : newest), 0);
    return { paths: sorted, found, names: look.names, newestMs, anchors: anchorsOf(sorted, look), folders: look.seen };
  }

  private *below(top: string, { seen, names, begun, links: allLinks }: Look): Generator<void, readonly number[]> {
    const links: number[] = [];
    const folders: number[] = [];
    const files: string[] = [];
    const pending: string[] = [];
    const begin = (path: string): void => {
      // Looked at before all else: what changes from now on is another state.
      if (!begun.has(path)) begun.set(path, numbersOf(statsOf(path)));
      pending.push(path);
    };
    begin(top);
    for (let path = pending.pop(); path !== undefined && seen.size < FOLDERS_MAX; path = pending.pop()) {
      const stats = statsOf(path);
      if (stats?.isFile() === true) files.push(path);
      if (stats?.isSymbolicLink() === true) {
        // One that is made anew may lead elsewhere, also to what is looked at already.
        links.push(...numbersOf(stats));
        const target = targetOf(path);
        allLinks.set(path, { found: numbersOf(stats), target });
        if (target !== null && !this.isOfSnapshot(target) && !this.isAbove(target)) begin(target);
      }
      if (stats?.isDirectory() !== true || seen.has(path)) continue;
      seen.set(path, stats.ino);
      if (seen.size % FOLDERS_IN_A_ROW === 0) yield;
      folders.push(...numbersOf(stats));
      const listing = this.listingOf(path, stats);
      // Of too many none is looked at.
      if (files.length <= FILES_MAX) files.push(...listing.files);
      pending.push(...listing.folders);
    }
    if (files.length > FILES_MAX) return [...links, ...folders];
    names.push(...files);
    return [...links, ...files.flatMap((file) => numbersOf(statsOf(file)))];
  }

  /**
   * True when a look at the same paths would find what `state` says, provided that nothing has happened in the folders that it looked into.
   * `isHeardOf` are the anchors of which that is known, too.
   */
  isAnchored({ anchors }: OutsideState, isHeardOf: (anchor: string) => boolean): boolean {
    for (const [path, { found, target }] of anchors) {
      if (isHeardOf(path)) continue;
      if (!isSameList(found, numbersOf(statsOf(path))) || (target !== undefined && targetOf(path) !== target)) return false;
    }
    return true;
  }

  private async insidePaths(listing: WorkspaceListing | null): Promise<string[]> {
    const { root, stateDir, git } = this.workspace;
    const ignored = listing?.ignored ?? (git === null ? (await walkFolder(root, stateDir)).dependencies.map((path) => join(root, path)) : await ignoredIn(git));
    if (git === null) return [...ignored];
    return ignored.filter((path) => isRead(path) && path !== stateDir && !SKIPPED.has(path.slice(path.lastIndexOf(sep) + 1)));
  }

  private abovePaths(): string[] {
    const paths: string[] = [];
    for (let folder = this.workspace.root; dirname(folder) !== folder; ) {
      folder = dirname(folder);
      paths.push(...['node_modules', ...INHERITED].map((name) => join(folder, name)));
    }
    return paths;
  }

  /** What a link leads to may belong to the snapshot. */
  private isOfSnapshot(target: string): boolean {
    return target.startsWith(this.workspace.root + sep) && !target.includes(`${sep}node_modules${sep}`);
  }

  /** A link to a folder above would have us look at all that is beside the workspace, up to the whole disk. */
  private isAbove(target: string): boolean {
    return `${this.workspace.root}${sep}`.startsWith(target.endsWith(sep) ? target : target + sep);
  }

  private listingOf(folder: string, stats: Stats): Listing {
    const numbers = numbersOf(stats);
    const known = this.listings.get(folder);
    if (known?.isSettled === true && isSameList(known.stats, numbers)) return known;
    const files: string[] = [];
    const folders: string[] = [];
    const ofNpm = folder.includes(`${sep}node_modules`);
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() ? !SKIPPED.has(entry.name) && path !== this.workspace.stateDir : entry.isSymbolicLink()) folders.push(path);
      else if (entry.isFile() && (ofNpm ? READ_OF_NPM : READ).test(entry.name)) files.push(path);
    }
    const listing = { stats: numbers, isSettled: Date.now() - stats.ctimeMs > SETTLED_AFTER_MS, files, folders };
    this.listings.set(folder, listing);
    return listing;
  }
}

/** What tells that `look` must be taken again, beside the folders that it looked into. */
function anchorsOf(tops: readonly string[], { begun, links, seen }: Look): Map<string, Anchor> {
  const anchors = new Map<string, Anchor>();
  const add = (path: string): void => {
    anchors.set(path, { found: begun.get(path) ?? [] });
  };
  tops.forEach(add);
  for (const [path, link] of links) {
    if (leadsToSeen(path, link.target, seen)) continue;
    anchors.set(path, link);
    if (link.target !== null && begun.has(link.target)) add(link.target);
  }
  return anchors;
}

/** True for a link straight into a folder that was looked into, as that in which it lies was: the two tell when it leads elsewhere. */
function leadsToSeen(path: string, target: string | null, seen: SeenPlaces): boolean {
  return target !== null && seen.has(dirname(path)) && seen.has(dirname(target)) && nextOf(path) === target;
}

/** What a link names; null when it is none any more. */
function nextOf(link: string): string | null {
  try {
    return resolve(dirname(link), readlinkSync(link));
  } catch (error) {
    if (isAbsent(error) || (error as NodeJS.ErrnoException).code === 'EINVAL') return null;
    throw error;
  }
}

/** Where a link leads in the end; null when that is nowhere. */
function targetOf(link: string): string | null {
  try {
    return realpathSync(link);
  } catch (error) {
    if (isAbsent(error) || (error as NodeJS.ErrnoException).code === 'ELOOP') return null;
    throw error;
  }
}

export function sortedOnce(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort();
}

/** True for a folder, and for a file that a server may read. */
function isRead(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return !/\.[^.]+$/.test(name) || name.startsWith('.') || READ.test(name);
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error) || (error as NodeJS.ErrnoException).code === 'EACCES') return [];
    throw error;
  }
}

/** Null for what is not there, or not for us to look at: then a server cannot read it either. */
function statsOf(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (isAbsent(error) || ['EACCES', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** How many numbers describe a file, and which of them is the time of its last change. */
const NUMBERS = 5;
const CTIME = 3;

function numbersOf(stats: Stats | null): number[] {
  return stats === null ? [] : [stats.mode, stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino];
}
