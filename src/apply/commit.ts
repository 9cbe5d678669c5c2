import { foldersAbove } from '../base/folders-above.js';
import { errnoOf, type Folder } from './file-port.js';
import { readEntry, type Jail } from './jail.js';
import { newName, oldName, type Journal, type Step } from './journal.js';
import { changedMeanwhile, inHolding, makeWay, matches, removeEmpty, stateOf, unlessChanged } from './steps.js';

const LEFT = 'Every file is as it was before. Make the edit again from the files as they are now.';

/**
 * Puts every file into its new state. What is in it already is left alone, so that a run that was cut short can be gone through again.
 * Throws E/CONTENT_MODIFIED as soon as a file is in neither state.
 */
export function commit(jail: Jail, journal: Journal): void {
  const [removals, puts] = [journal.steps.filter(({ after }) => after === null), journal.steps.filter(({ after }) => after !== null)];
  for (const step of [...removals].reverse()) carryOut(jail, step, (folder, name) => { unlessChanged(step.path, LEFT, () => { jail.files.remove(folder, name); }); });
  const needed = new Set(puts.flatMap(({ path }) => foldersAbove(path)));
  removeEmpty(jail, removals.flatMap(({ path }) => foldersAbove(path)).filter((folder) => !needed.has(folder)));
  for (const step of puts) {
    makeWay(jail, journal, step.path);
    carryOut(jail, step, (folder, name) => { putFile(jail, journal, step, folder, name); });
  }
}

/** Looks and leaps in the same open folder, with nothing between but the two calls. */
function carryOut(jail: Jail, step: Step, leap: (folder: Folder, name: string) => void): void {
  const isReached = jail.within(step.path, (folder, name) => {
    const held = readEntry(jail.files, folder, name, step.path);
    if (matches(held, step.after)) return true;
    if (!matches(held, step.before)) throw changedMeanwhile([step.path], LEFT);
    leap(folder, name);
    return true;
  });
  if (isReached !== true && step.after !== null) throw changedMeanwhile([step.path], LEFT);
}

function putFile(jail: Jail, journal: Journal, step: Step, folder: Folder, name: string): void {
  const made = newName(journal, step);
  inHolding(jail, step, (holding) => {
    unlessChanged(step.path, LEFT, () => {
      if (step.before !== null || !linked(() => { jail.files.link(holding, made, folder, name); })) jail.files.rename(holding, made, folder, name);
    });
  });
}

/** A link, unlike a rename, does not take the place of a file that came meanwhile. False where the file system has no links. */
function linked(link: () => void): boolean {
  try {
    link();
    return true;
  } catch (error) {
    if (NO_LINKS.includes(errnoOf(error))) return false;
    throw error;
  }
}

/** Throws E/CONTENT_MODIFIED unless every file is in its new state, and nobody wrote into an old one after it was looked at. */
export function confirm(jail: Jail, journal: Journal): void {
  const changed = journal.steps.filter((step) => stateOf(jail, step) !== 'after' || !isOldUntouched(jail, journal, step));
  if (changed.length > 0) throw changedMeanwhile(changed.map(({ path }) => path), LEFT);
}

/** An editor that had the file open may have written into it after we put ours into its place: the second name shows it. */
function isOldUntouched(jail: Jail, journal: Journal, step: Step): boolean {
  const isUntouched = inHolding(jail, step, (folder) => {
    const held = readEntry(jail.files, folder, oldName(journal, step), step.path);
    return held === null || matches(held, step.before);
  });
  return isUntouched !== false;
}

/** What systems answer where a file system has no second names, or where the user may give none. */
export const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'];
