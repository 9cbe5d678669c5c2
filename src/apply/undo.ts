import { Failure } from '../base/failure.js';
import type { FileImage } from '../base/file-image.js';
import type { Jail } from './jail.js';
import { unreadableFinished, type Finished, type JournalStore } from './journal-store.js';
import type { Journal } from './journal.js';
import { planBetween } from './plan-between.js';
import type { EditPlan } from './planned-change.js';
import { matches } from './steps.js';

export interface Undo {
  readonly journal: Journal;
  readonly plan: EditPlan;
  readonly permissions: ReadonlyMap<string, number>;
  /** The files that changed since the transaction: while there is one, nothing may be taken back. */
  readonly changed: EditPlan;
  /** The files that somebody gave back the content that they had before: nothing is left to do about them. */
  readonly restored: readonly string[];
}

/**
 * Returns the transaction of this name, or the last that was neither taken back nor passed over. Throws E/NOT_FOUND when there is none, and refuses
 * to name a last one while there is one of which nobody knows when it was.
 */
export function finishedTransaction(store: JournalStore, name: string | null): Journal {
  const finished = store.finished();
  const isMeant = ({ journal, isUndone, isAbandoned }: Finished): boolean => (name === null ? !isUndone && !isAbandoned && journal.cmd !== 'undo' : journal.transaction === name);
  const found = finished.find(isMeant);
  const known = finished.filter(({ isUndone }) => !isUndone).map(({ journal }) => journal.transaction);
  const hint = `Nothing was written. ${known.length === 0 ? 'No edit of this workspace was applied yet, or all of them were taken back.' : `Applied, the latest first: ${known.slice(0, 10).join(', ')}.`}`;
  const [unreadable] = store.unreadable().filter(({ transaction }) => name === null || (found === undefined && transaction === name));
  if (unreadable !== undefined) {
    const others = name === null ? `It may be the last edit. Name the one that is to be taken back${known.length === 0 ? '' : ` (${known.slice(0, 10).join(', ')})`}; or pass` : 'Git may have the files as they were. Pass';
    throw unreadableFinished(unreadable, `${others} over it for good: assay undo ${unreadable.transaction} --abandon.`);
  }
  if (found === undefined) throw new Failure('E/NOT_FOUND', name === null ? 'there is nothing to undo' : `there is no transaction ${name}`, { hint });
  if (found.isUndone) throw new Failure('E/NOT_FOUND', `the transaction ${found.journal.transaction} was taken back already`, { hint });
  return found.journal;
}

/** Returns what takes a transaction back, from the contents that it replaced. Writes nothing. */
export function planUndo(jail: Jail, store: JournalStore, journal: Journal): Undo {
  const [now, old] = [new Map<string, FileImage>(), new Map<string, FileImage>()];
  const [written, changed] = [new Map<string, FileImage>(), new Map<string, FileImage>()];
  const restored: string[] = [];
  journal.steps.forEach((step, index) => {
    const held = jail.read(step.path);
    if (held !== null) now.set(step.path, held.image);
    if (step.before !== null) old.set(step.path, { mode: step.before.mode, bytes: kept(store, journal, index, 'before') });
    if (matches(held, step.after)) return;
    if (matches(held, step.before)) {
      restored.push(step.path);
      return;
    }
    if (held !== null) changed.set(step.path, held.image);
    if (step.after !== null) written.set(step.path, { mode: step.after.mode, bytes: kept(store, journal, index, 'after') });
  });
  const renames = journal.steps.flatMap(({ path, renamedFrom }) => (renamedFrom === null ? [] : [{ from: path, to: renamedFrom }]));
  const permissions = new Map(journal.steps.flatMap(({ path, before }) => (typeof before?.permissions !== 'number' || before.mode === 'symlink' ? [] : [[path, before.permissions] as const])));
  return { journal, plan: planBetween(now, old, renames), permissions, changed: planBetween(written, changed), restored };
}

function kept(store: JournalStore, journal: Journal, index: number, side: 'before' | 'after'): Buffer {
  const content = store.content(journal, index, side);
  if (content !== null) return content;
  throw new Failure('E/NOT_FOUND', `the content of ${journal.steps[index]?.path ?? ''} ${side} ${journal.transaction} is no longer kept as it was`, { hint: 'Nothing was written. Git may have it.' });
}
