import { foldersAbove } from '../base/folders-above.js';
import { errnoOf, type Folder } from './file-port.js';
import { readEntry, type Jail } from './jail.js';
import { newName, oldName, type Journal, type Recorded, type Step } from './journal.js';
import { pathChanges, type EditPlan, type PathChange } from './planned-change.js';
import { changedMeanwhile, hexDigest, inHolding, matches, unlessChanged } from './steps.js';
import { NO_LINKS } from './commit.js';
import { writeNew, type FileOwner } from './write-file.js';

const LEFT = 'Nothing was written. Make the edit again from the files as they are now.';

/** Returns the steps that make a plan come true; `known` holds permission bits that files are to have. Throws E/CONTENT_MODIFIED when a file is not what the plan was made from. */
export function stepsOf(jail: Jail, plan: EditPlan, known: ReadonlyMap<string, number> = new Map()): Pick<Journal, 'steps' | 'newFolders' | 'oldFolders'> {
  const from = new Map(plan.changes.flatMap((change) => (change.kind === 'rename' ? [[change.path, change.from] as const] : [])));
  const changed: string[] = [];
  const doomed = doomedFolders(jail, pathChanges(plan));
  const steps = pathChanges(plan).map(({ path, before, after }): Step => {
    const source = from.get(path);
    const held = jail.read(path);
    const likeness = held ?? (source === undefined ? null : jail.read(source));
    const recorded: Recorded | null = before === null ? null : { mode: before.mode, digest: hexDigest(before), permissions: held?.stat.permissions ?? null };
    if (!matches(held, recorded)) changed.push(path);
    const permissions = known.get(path) ?? permissionsFor(after?.mode === 'exec', likeness?.image.mode === 'symlink' ? null : (likeness?.stat.permissions ?? null));
    return { path, renamedFrom: source ?? null, before: recorded, after: after === null ? null : { mode: after.mode, digest: hexDigest(after), permissions }, holding: holdingOf(jail, path, doomed) };
  });
  if (changed.length > 0) throw changedMeanwhile(changed, LEFT);
  const isFolder = (path: string): boolean => jail.look(path)?.kind === 'folder';
  const ways = [...new Set(steps.flatMap(({ path }) => foldersAbove(path)))].sort((a, b) => a.length - b.length);
  const oldFolders = Object.fromEntries(ways.flatMap((path) => (isFolder(path) ? [[path, jail.look(path)?.permissions ?? 0o755] as const] : [])));
  return { steps, newFolders: ways.filter((path) => !isFolder(path)), oldFolders };
}

/** A file keeps its permission bits; only what makes it an executable follows the edit. A new one gets what the system gives. */
function permissionsFor(isExecutable: boolean, like: number | null): number | null {
  if (like === null) return null;
  if (isExecutable === ((like & 0o100) !== 0)) return like;
  return isExecutable ? like | ((like & 0o444) >> 2) : like & ~0o111;
}

/** The innermost folder on the way to `path` that is there and stays: what is in it can be renamed to `path` without crossing a file system. */
function holdingOf(jail: Jail, path: string, doomed: ReadonlySet<string>): string {
  return foldersAbove(path).filter((folder) => !doomed.has(folder) && jail.look(folder)?.kind === 'folder').at(-1) ?? '';
}

/** The folders that hold nothing any more when the plan has come true. */
function doomedFolders(jail: Jail, changes: readonly PathChange[]): Set<string> {
  const needed = new Set(changes.flatMap(({ path, after }) => (after === null ? [] : foldersAbove(path))));
  const gone = new Set(changes.flatMap(({ path, after }) => (after === null ? [path] : [])));
  const folders = [...new Set([...gone].flatMap(foldersAbove))].sort((a, b) => b.length - a.length);
  const doomed = new Set<string>();
  for (const folder of folders) {
    const names = needed.has(folder) ? null : jail.inside(folder, (opened) => jail.files.list(opened));
    if (names?.every((name) => gone.has(`${folder}/${name}`) || doomed.has(`${folder}/${name}`)) === true) doomed.add(folder);
  }
  return doomed;
}

/** Writes every new content beside its place, and gives every old one a second name: from here on neither way needs room on the disk. */
export function holdContents(jail: Jail, journal: Journal, contents: ReadonlyMap<string, Buffer>): void {
  for (const step of journal.steps) {
    const isHeld = inHolding(jail, step, (folder) => {
      const owner = holdOld(jail, journal, step, folder);
      holdNew(jail, journal, step, folder, contents, owner);
      return true;
    });
    if (isHeld !== true) throw changedMeanwhile([step.path], LEFT);
  }
  for (const holding of new Set(journal.steps.map((step) => step.holding))) jail.inside(holding, (folder) => { jail.files.syncFolder(folder); });
}

/** Returns whose the old file is. */
function holdOld(jail: Jail, journal: Journal, step: Step, folder: Folder): FileOwner | null {
  if (step.before === null) return null;
  const second = oldName(journal, step);
  return jail.within(step.path, (target, name) => {
    const held = readEntry(jail.files, target, name, step.path);
    if (held === null || step.before === null || !matches(held, step.before)) throw changedMeanwhile([step.path], LEFT);
    try {
      unlessChanged(step.path, LEFT, () => { jail.files.link(target, name, folder, second); });
    } catch (error) {
      if (!NO_LINKS.includes(errnoOf(error))) throw error;
      writeContent(jail, folder, second, { ...step.before, permissions: held.stat.permissions }, held.image.bytes, held.stat);
    }
    return held.stat;
  });
}

function holdNew(jail: Jail, journal: Journal, step: Step, folder: Folder, contents: ReadonlyMap<string, Buffer>, owner: FileOwner | null): void {
  if (step.after === null) return;
  const bytes = contents.get(step.path);
  if (bytes === undefined) throw new TypeError(`BUG: no content for ${step.path}`);
  writeContent(jail, folder, newName(journal, step), step.after, bytes, owner);
}

/** Writes a file or a symlink under a name of ours. */
export function writeContent(jail: Jail, folder: Folder, name: string, { mode, permissions }: Pick<Recorded, 'mode' | 'permissions'>, bytes: Buffer, owner: FileOwner | null): void {
  if (mode === 'symlink') jail.files.symlink(folder, name, bytes);
  else writeNew(jail.files, folder, name, bytes, permissions ?? (mode === 'exec' ? 'new executable' : 'new file'), owner);
}
