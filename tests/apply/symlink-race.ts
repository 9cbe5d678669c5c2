import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Jail } from '../../src/apply/jail.js';
import { JournalStore } from '../../src/apply/journal-store.js';
import { nodeFiles } from '../../src/apply/node-files.js';
import type { EditPlan } from '../../src/apply/planned-change.js';
import { abandon, recover, runTransaction } from '../../src/apply/transaction.js';

/** Swaps the folder `dir` for a symlink to the outside and back, without a pause. */
const SWAPPER = `const fs = require('fs'); fs.symlinkSync(process.argv[1], 'link');
for (;;) try { for (const [from, to] of [['dir', 'real'], ['link', 'dir'], ['dir', 'link'], ['real', 'dir']]) fs.renameSync(from, to); } catch {}`;

/** Edits a file in a folder that another process swaps for a symlink meanwhile. `folder` is empty and the caller's to remove. Ends at the first escape. */
export function raceSymlinks(folder: string, tries: number): { written: number; refused: number; escapes: number } {
  const [workspace, state, outside] = ['ws', 'state', 'outside'].map((name) => join(folder, name)) as [string, string, string];
  for (const made of [join(workspace, 'dir'), state, outside]) mkdirSync(made, { recursive: true });
  for (const made of [join(workspace, 'dir'), outside]) writeFileSync(join(made, 'f'), 'start\n');
  const swapper = spawn(process.execPath, ['-e', SWAPPER, outside], { cwd: workspace, stdio: 'ignore' });
  const tally = { written: 0, refused: 0, escapes: 0 };
  try {
    for (let index = 0; index < tries && tally.escapes === 0; index += 1) {
      tally[tryEdit(workspace, state, index) ? 'written' : 'refused'] += 1;
      if (readdirSync(outside).join() !== 'f' || readFileSync(join(outside, 'f'), 'utf8') !== 'start\n') tally.escapes += 1;
    }
  } finally {
    swapper.kill('SIGKILL');
  }
  return tally;
}

function tryEdit(workspace: string, state: string, index: number): boolean {
  const [jail, store] = [new Jail(nodeFiles(), workspace), new JournalStore(nodeFiles(), state)];
  const attempt = (action: () => unknown): boolean => {
    try {
      return action() !== null;
    } catch {
      // Refused: the folder was a symlink, or gone, at that moment.
      return false;
    }
  };
  const isWritten = attempt(() => {
    const held = jail.read('dir/f');
    return held && runTransaction(jail, store, { plan: planOf(held.image.bytes, index), cmd: 'race' });
  });
  if (store.readOpen() !== null) attempt(() => recover(jail, store));
  if (store.readOpen() !== null) attempt(() => abandon(jail, store));
  return isWritten;
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
