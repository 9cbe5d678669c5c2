import { readEntry, type Jail } from './jail.js';
import type { Folder } from './file-port.js';
import type { JournalStore } from './journal-store.js';
import { oldName, type Journal, type Step } from './journal.js';
import { inHolding, makeWay, matches, removeEmpty, sweep, syncFolders } from './steps.js';
import { writeContent } from './prepare.js';

/**
 * Puts every file back into its old state and removes what the transaction left beside them. A file that is in neither state is somebody
 * else's by now and is left alone; returns those. Can be gone through again when it is cut short.
 */
export function rollBack(jail: Jail, store: JournalStore, journal: Journal): string[] {
  const foreign: string[] = [];
  const indexed = journal.steps.map((step, index) => ({ step, index }));
  for (const { step } of indexed.filter(({ step: { before } }) => before === null).reverse()) takeAway(jail, step, foreign);
  removeEmpty(jail, journal.newFolders);
  for (const { step, index } of indexed.filter(({ step: { before } }) => before !== null)) putBack(jail, store, journal, step, index, foreign);
  sweep(jail, journal);
  syncFolders(jail, journal);
  return foreign;
}

function takeAway(jail: Jail, step: Step, foreign: string[]): void {
  jail.within(step.path, (folder, name) => {
    const held = readEntry(jail.files, folder, name, step.path);
    if (held === null) return;
    if (matches(held, step.after)) jail.files.remove(folder, name);
    else foreign.push(step.path);
  });
}

function putBack(jail: Jail, store: JournalStore, journal: Journal, step: Step, index: number, foreign: string[]): void {
  const held = jail.read(step.path);
  if (matches(held, step.before)) return;
  if (!matches(held, step.after)) {
    foreign.push(step.path);
    return;
  }
  makeWay(jail, journal, step.path);
  jail.within(step.path, (folder, name) => inHolding(jail, step, (holding) => {
    const second = oldName(journal, step);
    // Whatever is in the second name now is the user's own file, and what he wrote into it meanwhile is his.
    if (jail.files.look(holding, second) === null) remake(jail, store, journal, step, index, holding);
    jail.files.rename(holding, second, folder, name);
  }));
}

/** The second name has gone: the content is in the state directory, too. */
function remake(jail: Jail, store: JournalStore, journal: Journal, step: Step, index: number, holding: Folder): void {
  const bytes = store.content(journal, index, 'before');
  if (bytes === null || step.before === null) throw new TypeError(`BUG: the old content of ${step.path} is nowhere`);
  writeContent(jail, holding, oldName(journal, step), step.before, bytes, null);
}
