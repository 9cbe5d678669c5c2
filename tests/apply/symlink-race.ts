import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Jail } from '../../src/apply/jail.js';
import { JournalStore } from '../../src/apply/journal-store.js';
import { nodeFiles } from '../../src/apply/node-files.js';
import type { EditPlan } from '../../src/apply/planned-change.js';
import { abandon, recover, runTransaction } from '../../src/apply/transaction.js';
import { FaultyFiles } from './faulty-files.js';

/**
 * Swaps the folder `dir` for a symlink to the outside and back. How long it stays what it is goes from nothing at all to some milliseconds, so that
 * some edits meet many swaps, some one, and some none.
 */
const SWAPPER = `const fs = require('fs'); fs.symlinkSync(process.argv[1], 'link');
const cell = new Int32Array(new SharedArrayBuffer(4)), longest = Number(process.argv[2]);
const stay = () => { const ms = longest * Math.random() ** 3; if (ms > 0.05) Atomics.wait(cell, 0, 0, ms); };
for (;;) {
  stay();
  for (const [from, to] of [['dir', 'real'], ['link', 'dir'], null, ['dir', 'link'], ['real', 'dir']]) if (from === undefined) stay(); else try { fs.renameSync(from, to); } catch {}
}`.replace('null,', '[],');

/** What is in the folder outside; no edit may ever see it. */
const SECRET = 'secret\n';

export interface RaceTally {
  /** Edits that were made, in the folder itself. */
  written: number;
  refused: number;
  /** Edits that read or changed anything outside. */
  escapes: number;
}

interface Arena {
  readonly workspace: string;
  readonly state: string;
  readonly outside: string;
}

/** `folder` is the caller's to remove. */
function arena(folder: string): Arena {
  const [workspace, state, outside] = ['ws', 'state', 'outside'].map((name) => join(folder, name)) as [string, string, string];
  for (const made of [workspace, state, outside]) rmSync(made, { recursive: true, force: true });
  for (const made of [join(workspace, 'dir'), state, outside]) mkdirSync(made, { recursive: true });
  writeFileSync(join(workspace, 'dir', 'f'), 'start\n');
  writeFileSync(join(outside, 'f'), SECRET);
  return { workspace, state, outside };
}

function isTouched({ outside }: Arena): boolean {
  return readdirSync(outside).join() !== 'f' || readFileSync(join(outside, 'f'), 'utf8') !== SECRET;
}

/** Begins `tries` edits of a file in a folder that another process swaps for a symlink meanwhile. Ends at the first escape. */
export function raceSymlinks(folder: string, tries: number, longestMs = 60): RaceTally {
  const place = arena(folder);
  const swapper = spawn(process.execPath, ['-e', SWAPPER, place.outside, String(longestMs)], { cwd: place.workspace, stdio: 'ignore' });
  const tally = { written: 0, refused: 0, escapes: 0 };
  try {
    for (let index = 0; index < tries && tally.escapes === 0; index += 1) {
      const outcome = tryEdit(place, index);
      tally[outcome] += 1;
      if (outcome !== 'escapes' && isTouched(place)) tally.escapes += 1;
    }
  } finally {
    swapper.kill('SIGKILL');
  }
  return tally;
}

function tryEdit({ workspace, state }: Arena, index: number): keyof RaceTally {
  const [jail, store] = [new Jail(nodeFiles(), workspace), new JournalStore(nodeFiles(), state)];
  const bytes = firstRead(jail);
  const isEscape = bytes.toString() === SECRET;
  const isWritten = attempted(() => {
    return runTransaction(jail, store, { plan: planOf(bytes, index), cmd: 'race' }) !== '';
  });
  if (store.readOpen() !== null) attempted(() => recover(jail, store).kind !== 'blocked');
  if (store.readOpen() !== null) attempted(() => abandon(jail, store).kind === 'abandoned');
  return isEscape ? 'escapes' : isWritten ? 'written' : 'refused';
}

/** An edit begins with a file that could be read: one that is refused at its first look has met no race. */
function firstRead(jail: Jail): Buffer {
  for (let looks = 0; looks < 100_000; looks += 1) {
    const read: Buffer[] = [];
    attempted(() => read.push(...[jail.read('dir/f')].flatMap((held) => held?.image.bytes ?? [])) > 0);
    if (read[0] !== undefined) return read[0];
  }
  throw new Error('the folder is never what it was');
}

function attempted(action: () => boolean): boolean {
  try {
    return action();
  } catch {
    // Refused: the folder was a symlink, or gone, at that moment.
    return false;
  }
}

/**
 * Makes the edit with the folder turned into a symlink right before one call of the disk, and back `after` calls later: once for every call. Says
 * how it ended, by how often; whatever is neither all nor nothing, or touched the outside, has its call in its name.
 */
export function swapAtEveryCall(folder: string, after: number): Record<string, number> {
  const tally: Record<string, number> = {};
  for (let at = 0, calls = 1; at < calls; at += 1) {
    const place = arena(folder);
    const { workspace, state } = place;
    symlinkSync(place.outside, join(workspace, 'link'));
    let isSwapped = false;
    const swap = (to: boolean): void => {
      if (to === isSwapped) return;
      const moves = [['dir', 'real'], ['link', 'dir']] as const;
      for (const [from, into] of to ? moves : moves.toReversed().map(([from, into]) => [into, from] as const)) renameSync(join(workspace, from), join(workspace, into));
      isSwapped = to;
    };
    const disk = new FaultyFiles(null, { kind: 'watch', before: (index) => { swap(index >= at && index < at + after); } });
    const jail = new Jail(disk.port, workspace);
    const isWritten = attempted(() => {
      const held = jail.read('dir/f');
      if (held?.image.bytes.toString() === SECRET) throw new Error('read outside');
      return held !== null && runTransaction(jail, new JournalStore(disk.port, state), { plan: planOf(held.image.bytes, 1), cmd: 'race' }) !== '';
    });
    calls = Math.max(calls, disk.calls.length);
    disk.close();
    swap(false);
    const verdict = verdictOf(place);
    const key = isTouched(place) ? `escape at ${String(at)}` : verdict === null ? `torn at ${String(at)}` : `${isWritten ? 'written' : 'refused'}, ${verdict}`;
    tally[key] = (tally[key] ?? 0) + 1;
  }
  return tally;
}

/** All or nothing, when the next process has recovered; null for anything else. */
function verdictOf({ workspace, state }: Arena): 'all' | 'nothing' | null {
  const files = nodeFiles();
  recover(new Jail(files, workspace), new JournalStore(files, state));
  const found = readdirSync(join(workspace, 'dir')).map((name) => `${name} ${readFileSync(join(workspace, 'dir', name), 'utf8')}`).join('');
  return found === 'f start\n' ? 'nothing' : found === 'f 1\nn1 new\n' ? 'all' : null;
}

function planOf(before: Buffer, index: number): EditPlan {
  const image = (text: string): { mode: 'file'; bytes: Buffer } => ({ mode: 'file', bytes: Buffer.from(text) });
  return {
    changes: [
      { kind: 'write', path: 'dir/f', before: { mode: 'file', bytes: before }, after: image(`${String(index)}\n`) },
      { kind: 'create', path: `dir/n${String(index)}`, before: null, after: image('new\n') },
    ],
  };
}
