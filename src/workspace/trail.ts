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

/** Returns the way to an absolute path, through every symlink, as far as there is one. Throws when a folder on it may not be looked into. */
export function trailOf(path: string): Trail {
  const steps: Step[] = [];
  const names = namesIn(path);
  let [folder, inode] = ['/', inodeOf('/')];
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') [folder, inode] = [dirname(folder), inodeOf(dirname(folder))];
    if (name === '..' || name === '.') continue;
    steps.push({ folder, inode, name });
    const at = join(folder, name);
    const stats = lstatOrNull(at);
    if (stats?.isSymbolicLink() !== true) {
      if (stats === null) return { steps, end: null };
      [folder, inode] = [at, Number(stats.ino)];
      continue;
    }
    links += 1;
    if (links > LINKS_MAX) return { steps, end: null };
    const target = readlinkSync(at);
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

function inodeOf(folder: string): number {
  return Number(lstatOrNull(folder)?.ino);
}
