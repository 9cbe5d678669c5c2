import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Jail } from '../../src/apply/jail.js';
import { JournalStore } from '../../src/apply/journal-store.js';
import { nodeFiles } from '../../src/apply/node-files.js';
import { planBetween } from '../../src/apply/plan-between.js';
import type { EditPlan } from '../../src/apply/planned-change.js';
import { recover, runTransaction, type Recovery } from '../../src/apply/transaction.js';
import { fingerprint } from '../workspace/fingerprint.js';
import { writeFiles } from '../workspace/write-files.js';
import { FaultyFiles, type Fault } from './faulty-files.js';
import { imageOf, type Files } from './memory-files.js';

/** One edit of a workspace on the real disk, which can be made again and again with a fault at another call. */
export class FaultHarness {
  readonly workspace: string;
  readonly before: Files;
  readonly plan: EditPlan;
  private readonly states: { readonly before: string; readonly after: string };
  private readonly stateDir: string;

  /** `folder` is empty and the caller's to remove. */
  constructor(folder: string, before: Files, after: Files, renames: readonly { from: string; to: string }[]) {
    this.workspace = join(folder, 'ws');
    this.stateDir = join(folder, 'state');
    this.before = before;
    const images = (files: Files): Map<string, ReturnType<typeof imageOf>> => new Map(Object.entries(files).map(([path, spec]) => [path, imageOf(spec)]));
    this.plan = planBetween(images(before), images(after), renames);
    this.states = { before: this.shape(before), after: this.shape(after) };
  }

  /** Runs the edit on fresh files. Returns the disk that it ran on and what it threw. */
  run(at: number | null, fault: Fault): { readonly disk: FaultyFiles; readonly error: unknown } {
    this.reset(this.before);
    const disk = new FaultyFiles(at, fault);
    try {
      runTransaction(new Jail(disk.port, this.workspace), new JournalStore(disk.port, this.stateDir), { plan: this.plan, cmd: 'test' });
      return { disk, error: null };
    } catch (error) {
      return { disk, error };
    } finally {
      disk.close();
    }
  }

  /** What the next process does. */
  recover(disk = new FaultyFiles(null, { kind: 'kill' })): Recovery {
    try {
      return recover(new Jail(disk.port, this.workspace), new JournalStore(disk.port, this.stateDir));
    } finally {
      disk.close();
    }
  }

  /** `before`, `after`, or what is there instead. Anything that was left beside the files counts as torn. */
  verdict(): string {
    const now = JSON.stringify(fingerprint(this.workspace));
    return now === this.states.before ? 'before' : now === this.states.after ? 'after' : `torn: ${now}`;
  }

  /** The name of an open journal, or null. */
  isOpen(): boolean {
    return new JournalStore(nodeFiles(), this.stateDir).readOpen() !== null;
  }

  private reset(files: Files): void {
    writeFiles(join(this.workspace, '..'), { ws: null, state: null });
    mkdirSync(this.workspace, { recursive: true });
    mkdirSync(this.stateDir, { recursive: true });
    writeFiles(this.workspace, files);
  }

  private shape(files: Files): string {
    this.reset(files);
    return JSON.stringify(fingerprint(this.workspace));
  }
}

/** An edit of `count` files with everything that an edit can do in it. */
export function mixedEdit(count: number): { before: Files; after: Files; renames: { from: string; to: string }[] } {
  const before: Record<string, Files[string]> = { keep: 'keep\n', 'file-then-folder': 'x\n', 'folder-then-file/a': 'y\n', script: 'run\n', link: { link: 'keep' }, 'lonely/deep/gone': 'z\n', 'old-name': 'moved\n' };
  const after: Record<string, Files[string]> = { keep: 'keep\n', 'file-then-folder/b': 'x\n', 'folder-then-file': 'y\n', script: { exec: 'run\n' }, link: { link: './keep' }, 'new/folder/made': '', 'new/name': 'moved\nand changed\n' };
  for (let index = 0; index < count; index += 1) {
    before[`src/${String(index)}.py`] = `x = ${String(index)}\n`;
    after[`src/${String(index)}.py`] = `x = ${String(index + 1)}\n`;
  }
  return { before, after, renames: [{ from: 'old-name', to: 'new/name' }] };
}
