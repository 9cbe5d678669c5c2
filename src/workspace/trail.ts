import { readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lstatOrNull } from './lstat.js';

/** A name in a folder that the way to a path goes through. */
export interface Step {
  /** Absolute, without symlinks. */
  readonly folder: string;
  readonly inode: number;
  readonly name: string;
}

/** All that decides what is at a path: as long as no step of it changes, the path leads where it led. */
export interface Trail {
  readonly steps: readonly Step[];
  /** What is there in the end; null for nothing. */
  readonly end: { readonly path: string; readonly inode: number } | null;
}

/** As many as Linux follows. */
const LINKS_MAX = 40;

/** What one pass over the disk has found at paths: many ways have their first folders in common. */
export type Found = Map<string, ReturnType<typeof lstatOrNull>>;

/** Returns the way to an absolute path, through every symlink, as far as there is one. Throws when a folder on it may not be looked into. */
export function trailOf(path: string, found: Found = new Map()): Trail {
  const at = (place: string): ReturnType<typeof lstatOrNull> => {
    const known = found.get(place);
    const stats = known === undefined ? lstatOrNull(place) : known;
    found.set(place, stats);
    return stats;
  };
  const inodeOf = (place: string): number => Number(at(place)?.ino);
  const steps: Step[] = [];
  const names = namesIn(path);
  let [folder, inode] = ['/', inodeOf('/')];
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') [folder, inode] = [dirname(folder), inodeOf(dirname(folder))];
    if (name === '..' || name === '.') continue;
    steps.push({ folder, inode, name });
    const next = join(folder, name);
    const stats = at(next);
    if (stats?.isSymbolicLink() !== true) {
      if (stats === null) return { steps, end: null };
      [folder, inode] = [next, Number(stats.ino)];
      continue;
    }
    links += 1;
    if (links > LINKS_MAX) return { steps, end: null };
    const target = readlinkSync(next);
    if (target.startsWith('/')) [folder, inode] = ['/', inodeOf('/')];
    names.unshift(...namesIn(target));
  }
  return { steps, end: { path: folder, inode } };
}

export function isSameTrail(a: Trail, b: Trail): boolean {
  const isSameStep = (step: Step, index: number): boolean => step.folder === b.steps[index]?.folder && step.inode === b.steps[index].inode && step.name === b.steps[index].name;
  return a.steps.length === b.steps.length && a.steps.every(isSameStep) && a.end?.inode === b.end?.inode;
}

function namesIn(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}
