import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { observeSync } from '../base/observe.js';
import { lstatOrNull } from './lstat.js';

/** Longer files are none of Git's. */
const BYTES_MAX = 4096n;

/**
 * Returns the hash that HEAD stands for as Git's files say it in plain sight: HEAD itself, or the loose file of its branch. Null where they do not
 * (a packed branch, a linked work tree, another way of keeping references); then only Git knows. That it is a commit is not proven.
 */
export function hashOfHead(top: string): string | null {
  return observeSync({ what: 'HEAD', key: top }, () => {
    const head = textIn(top, 'HEAD');
    const branch = /^ref: (refs\/heads\/[^\0\s]+)\n$/u.exec(head)?.[1];
    const text = branch === undefined || branch.split('/').includes('..') ? head : textIn(top, branch);
    return /^([0-9a-f]{40}|[0-9a-f]{64})\n$/u.exec(text)?.[1] ?? null;
  });
}

function textIn(top: string, name: string): string {
  const path = join(top, '.git', name);
  const found = lstatOrNull(path);
  return found === null || !found.isFile() || found.size > BYTES_MAX ? '' : readFileSync(path, 'latin1');
}
