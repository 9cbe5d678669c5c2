import type { Declaration } from '../../base/declaration.js';
import { startOf } from '../../base/range.js';
import { changedDeclarations, type ChangedDeclaration } from '../../reward/changed-declarations.js';
import { insideFunctions } from '../../reward/declaration-units.js';
import { interfaceChange, moduleCode, DEFAULT_EXPORT, passedOn, provenInterface, reachingNames } from '../../reward/interface-change.js';
import type { FileSide } from '../../reward/step-facts.js';
import type { BaseState } from './base-state.js';
import { moduleWords } from './dependents.js';
import { fileSide } from './file-sides.js';
import { changedSettings } from './settings-files.js';
import type { ShadowLab } from './shadow-lab.js';
import { shownAt, shownBefore, type ShownPlace } from './shown.js';
import type { ParsedFile, TouchedFile, TreeView, SpecOf } from './step-files.js';
import type { WordIndex } from './word-index.js';

/** What is read of a step. */
export interface InterfacePlan {
  readonly files: readonly TouchedFile[];
  readonly before: TreeView;
  readonly specOf: SpecOf;
}

/** A change of a declaration, which is the one after the step where both sides have it. */
interface SeenChange {
  readonly change: ChangedDeclaration;
  readonly declaration: Declaration;
  readonly before: FileSide;
  readonly after: FileSide;
}

/** A declaration of which the types that a server shows decide whether other files see a change. */
interface AskedDeclaration {
  readonly file: TouchedFile;
  readonly change: ChangedDeclaration;
}

/** What the interfaces of the touched files say by their texts. */
export interface InterfaceDraft {
  /** False when no text can prove anything: settings or files came, went or moved, or code outside all declarations changed. */
  readonly isProvable: boolean;
  /** The names that other files may see changed. */
  readonly changed: readonly string[];
  /** The names that a touched file imports otherwise than before: only those who get them from it can see that. */
  readonly imported: readonly ImportedName[];
  readonly asked: readonly AskedDeclaration[];
}

/** How far names are followed. */
interface Following {
  readonly isEnough: (found: ReadonlySet<string>) => boolean;
  /** The names by which a file passes on what it sees of one; without it those that its text shows. */
  readonly passes?: (file: ParsedFile, name: string) => readonly string[];
}

/** What other files may see changed: names, and what a touched file imports otherwise than before. */
interface SeenChanges {
  readonly changed: ReadonlySet<string>;
  readonly imported: InterfaceDraft['imported'];
}

interface ImportedName {
  readonly name: string;
  /** The file that imports it. */
  readonly by: string;
  /** What others call the file that imports it. */
  readonly modules: readonly string[];
}

/** Compares the interfaces of the touched files before and after a step, as far as their texts go. */
export function draftInterfaces({ files, specOf }: InterfacePlan): InterfaceDraft {
  if (changedSettings(files).length > 0) return UNPROVABLE;
  const changed: string[] = [];
  const asked: AskedDeclaration[] = [];
  const imported: ImportedName[] = [];
  for (const file of files) {
    const paths = [file.before?.path, file.after?.path].filter((path) => path !== undefined);
    if (paths.every((path) => specOf(path) === null && !isRead(path))) continue;
    if (file.before === null || file.after === null || file.before.path !== file.after.path || !isModule(file)) return UNPROVABLE;
    const [before, after] = [fileSide(file.before), fileSide(file.after)];
    const isModuleChanged = changedDeclarations(before, after).some((change) => (change.after ?? change.before) === null);
    if (isModuleChanged && moduleCode(before) !== moduleCode(after)) return UNPROVABLE;
    for (const { change, declaration } of changesSeen(file)) {
      if (declaration.kind === 'import') {
        imported.push(...[change.before, change.after].flatMap((item) => (item === null ? [] : [{ name: item.name, by: after.path, modules: moduleWords(file.after) }])));
        continue;
      }
      const kind = interfaceChange(change, before, after);
      if (kind === 'ask') asked.push({ file, change });
      else if (kind === 'changed') for (const declaration of [change.before, change.after]) if (declaration !== null) changed.push(...reachingNames(declaration));
    }
  }
  return { isProvable: true, changed: [...new Set(changed)], imported, asked };
}

/** Nothing is known of what other files see. */
const UNPROVABLE: InterfaceDraft = { isProvable: false, changed: [], imported: [], asked: [] };

/** Servers read manifests and stubs of other kinds too. */
function isRead(path: string): boolean {
  return /(^|\/)(?:package\.json|py\.typed|[^/]*\.json|[^/]*\.toml|[^/]*\.cfg)$/u.test(path);
}

/** A TypeScript file without imports or exports declares its names for all others; so does one that augments another. */
function isModule({ before, after }: TouchedFile): boolean {
  return [before, after].every((side) => side === null || /\.pyi?$/u.test(side.path) || (/^\s*(?:import|export)\b/mu.test(side.text) && !/\bdeclare\s+(?:global|module)\b/u.test(side.text)));
}

/** The changes of the declarations of a file that is there before and after, without those inside a function: nothing outside that can name them. */
export function changesSeen(file: TouchedFile): SeenChange[] {
  const [before, after] = [fileSide(file.before), fileSide(file.after)];
  if (before === null || after === null) return [];
  const [insideBefore, insideAfter] = [before, after].map(({ structure }) => insideFunctions(structure?.declarations ?? []));
  const isInside = (declaration: Declaration | null, test: typeof insideBefore): boolean => declaration === null || test?.(declaration) === true;
  return changedDeclarations(before, after).flatMap((change) => {
    const declaration = change.after ?? change.before;
    const isLocal = isInside(change.before, insideBefore) && isInside(change.after, insideAfter);
    return declaration === null || change.isCarried || isLocal ? [] : [{ change, declaration, before, after }];
  });
}

/** The declarations in question, before the step. */
export function askedPlaces({ asked }: InterfaceDraft): ShownPlace[] {
  return asked.flatMap(({ file, change }) => (file.before === null || change.before === null ? [] : [{ path: file.before.path, position: startOf(change.before.nameRange) }]));
}

/** Returns the names that other files may see changed, once the server shows the types after the step. The lab must show that tree. */
export async function changedNames(lab: ShadowLab, { specOf }: InterfacePlan, base: BaseState, draft: InterfaceDraft): Promise<Set<string>> {
  const names = new Set(draft.changed);
  for (const { file, change } of draft.asked) {
    if (file.before === null || file.after === null || change.before === null || change.after === null || specOf(file.after.path) === null) continue;
    const before = provenInterface(shownBefore(base, { path: file.before.path, position: startOf(change.before.nameRange) }));
    const after = provenInterface(await shownAt(lab, specOf, { path: file.after.path, position: startOf(change.after.nameRange) }));
    if (before === null || before !== after) for (const name of reachingNames(change.after)) names.add(name);
  }
  return names;
}

/** The files that may import another one as a whole, each with every name that it imports. */
export async function importersAsWhole(view: TreeView, index: WordIndex, file: ParsedFile): Promise<{ readonly path: string; readonly names: readonly string[] }[]> {
  const paths = new Set(moduleWords(file).flatMap((word) => index.filesImporting(word)));
  return Promise.all([...paths].map(async (path) => ({ path, names: ((await view.parsed(path, false))?.structure?.declarations ?? []).flatMap(({ kind, name }) => (kind === 'import' ? [name] : [])) })));
}

/**
 * Returns the untouched files that may see something else after the step: those that mention a changed name, and, followed to
 * the end, those that mention what such a file passes on, the nearest first. No other file can have other diagnostics. Once `isEnough` says so of those that
 * were found, names are followed no further, and every file may. With `passes` no more is returned than was found.
 */
export async function filesThatMayChange(lab: ShadowLab, { before, files, specOf }: InterfacePlan, { changed, imported }: SeenChanges, { isEnough, passes }: Following): Promise<ReadonlySet<string>> {
  const touched = new Set(files.flatMap((file) => [file.before?.path, file.after?.path]));
  const all = before.served(specOf).filter((path) => !touched.has(path));
  const index = await lab.words.indexOf(before, before.served(specOf));
  const names = new Set<string>();
  const found = new Set<string>();
  const parsed = new Map<string, ParsedFile | null>();
  const exporting = new Set<string>();
  const fresh: string[] = [];
  const state = { isDecided: false };
  const find = (path: string): void => {
    if (touched.has(path) || found.has(path)) return;
    found.add(path);
    state.isDecided ||= found.size === all.length || isEnough(found);
  };
  const follow = (name: string): void => {
    if (name === DEFAULT_EXPORT || names.has(name)) return;
    names.add(name);
    fresh.push(name);
  };
  /** Every file that may import another one as a whole may see that under any name that it imports. */
  const followWhole = async (file: ParsedFile): Promise<void> => {
    if (exporting.has(file.path)) return;
    exporting.add(file.path);
    for (const importer of await importersAsWhole(before, index, file)) {
      find(importer.path);
      importer.names.forEach(follow);
    }
  };
  const reach = async (path: string, name: string): Promise<void> => {
    find(path);
    if (state.isDecided) return;
    const file = parsed.has(path) ? parsed.get(path) : await before.parsed(path, false);
    parsed.set(path, file ?? null);
    if (file == null) return;
    const passed = (passes ?? passedOn)(file, name);
    passed.forEach(follow);
    if (passed.includes(DEFAULT_EXPORT)) await followWhole(file);
  };
  for (const { name, by, modules } of imported) {
    const holders = new Set(modules.flatMap((word) => index.filesWith(word)));
    // What proves must not miss who gets the name through something else.
    for (const path of [by, ...(passes === undefined ? index.filesWith(name).filter((holder) => holders.has(holder)) : index.filesImportingFrom(by, name))]) await reach(path, name);
  }
  for (const name of changed) follow(name);
  // It grows while it is gone through.
  for (const name of fresh) {
    if (state.isDecided) break;
    for (const path of index.filesWith(name)) await reach(path, name);
  }
  return state.isDecided && passes === undefined ? new Set(all) : found;
}
