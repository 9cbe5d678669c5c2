import { comparePositions, startOf } from '../../base/range.js';
import type { ServerSpec } from '../../lsp/server-spec.js';
import type { ChangedDeclaration } from '../../reward/changed-declarations.js';
import { commentsSayTheSame } from '../../reward/comments-read.js';
import { isReadInPart } from '../../reward/declaration-units.js';
import { concernsAnyName, concernsMissingNames, interfaceChange, LISTED, listedAnew, placesToAsk, provenInterface, reachingNames } from '../../reward/interface-change.js';
import { namesBoundBy } from '../../reward/import-sources.js';
import type { FileSide } from '../../reward/step-facts.js';
import { isSeenByName, nameCounts } from '../../reward/unseen-parts.js';
import type { BaseState } from './base-state.js';
import { missingNames, moduleWords } from './dependents.js';
import { changesSeen, fileSide, moduleChangeSeen } from './file-sides.js';
import { importStatements, PYTHON } from './import-statements.js';
import { namesOfUnseen } from './moving-files.js';
import { changedSettings, extendOthers, mayReportCycles } from './settings-files.js';
import type { ShadowLab } from './shadow-lab.js';
import { shownAt, shownBefore, type ShownPlace } from './shown.js';
import { isMoving, pathsOf, specsOf, type ParsedFile, type StepTexts, type TouchedFile, type TreeView } from './step-files.js';
import type { WordIndex, WordTable } from './word-index.js';

/** A declaration of which the types that a server shows decide whether other files see a change. */
interface AskedDeclaration {
  readonly change: ChangedDeclaration;
  /** Where they are shown. */
  readonly places: readonly { readonly before: ShownPlace; readonly after: ShownPlace }[];
}

/** What the interfaces of the touched files say by their texts. */
export interface InterfaceDraft {
  /** False when no text can prove anything, and the names are those that are seen to change: settings changed, files that others may see came, went or moved, code outside all declarations changed of which it cannot be told what it does, comments by which a checker works out types, or a file that does not parse. */
  readonly isProvable: boolean;
  /** The names of modules that come or go: nothing is proved when a library has one of them. */
  readonly modules: readonly string[];
  /** The names that other files may see changed. */
  readonly changed: readonly string[];
  /** The names that a touched file imports, lists, binds outside its declarations or may answer for otherwise than before: only those who get them from it can see that. */
  readonly imported: readonly ImportedName[];
  readonly asked: readonly AskedDeclaration[];
}

interface ImportedName {
  readonly name: string;
  /** The file that imports it. */
  readonly by: string;
  /** What others call the file that imports it. */
  readonly modules: readonly string[];
}

/** Compares the interfaces of the touched files before and after a step, as far as their texts go. */
export async function draftInterfaces(words: WordTable, plan: StepTexts): Promise<InterfaceDraft> {
  const { files, before: view, specOf } = plan;
  const modules = files.some(isMoving) ? namesOfUnseen(await words.indexOf(view, view.served(specOf)), plan) : [];
  const isOther = (path: string): boolean => specOf(path) === null;
  const readers = files.flatMap(pathsOf).some(isOther) ? [...specsOf(view.served(specOf), specOf)] : [];
  const isExtending = readers.length > 0 && (await extendOthers(view));
  const isRead = (file: TouchedFile, path: string): boolean => readers.some((spec) => mayRead(spec, path, { isExtending, isMoving: isMoving(file) }));
  let isProvable = modules !== null && changedSettings(files).length === 0 && !((await mayReportCycles(view)) && files.some(changesImports));
  const changed: string[] = [];
  const asked: AskedDeclaration[] = [];
  const imported: ImportedName[] = [];
  for (const file of files) {
    const paths = pathsOf(file);
    if (paths.every((path) => isOther(path) && !isRead(file, path))) continue;
    if (isMoving(file) && paths.every((path) => PYTHON.test(path))) continue;
    isProvable &&= !isMoving(file) && isModule(file);
    if (file.before === null || file.after === null) {
      isProvable = false;
      continue;
    }
    const [before, after] = [fileSide(file.before), fileSide(file.after)];
    const module = moduleChangeSeen(file);
    isProvable &&= module !== null && commentsSayTheSame(before, after) && !isBroken(before, after);
    imported.push(...(module?.names ?? []).map((name) => ({ name, by: after.path, modules: moduleWords(file.after) })));
    for (const { change } of changesSeen(file)) {
      for (const [item, side] of [[change.before, before], [change.after, after]] as const) {
        // What `from __future__ import annotations` says of types that are declared further down concerns every name of the file.
        isProvable &&= !(item?.kind === 'import' && item.name === 'annotations' && PYTHON.test(side.path));
        if (item?.kind === 'import') imported.push(...namesBoundBy(item, side).map((name) => ({ name, by: after.path, modules: moduleWords(file.after) })));
      }
      if ([change.before, change.after].every((item) => item === null || item.kind === 'import')) continue;
      const kind = interfaceChange(change, before, after);
      if (kind === 'ask' && isSeenByNobody(await words.indexOf(view, view.served(specOf)), change, before, after)) continue;
      isProvable &&= !(kind !== 'none' && concernsAnyName(change, after));
      if (kind !== 'none' && concernsMissingNames(change, after)) {
        const missing = await missingNames(await words.indexOf(view, view.served(specOf)), view, before, after);
        isProvable &&= missing !== null;
        imported.push(...(missing ?? []).map((name) => ({ name, by: after.path, modules: moduleWords(file.after) })));
      }
      if (kind === 'ask') asked.push({ change, places: placesToAsk(change, before, after).map((place) => ({ before: { path: before.path, position: place.before }, after: { path: after.path, position: place.after } })) });
      else if (kind === 'changed') {
        const names = [change.before, change.after].flatMap((side) => (side === null ? [] : reachingNames(side)));
        // Nearly every package has such a list of its own.
        if (names.includes(LISTED)) imported.push({ name: LISTED, by: after.path, modules: moduleWords(file.after) });
        changed.push(...names.filter((name) => name !== LISTED), ...listedAnew(change, before, after));
      }
    }
  }
  return { isProvable, modules: modules ?? [], changed: [...new Set(changed)], imported, asked };
}

/** True for a file that is not or not wholly read, on either side: what a server makes of it nobody can tell. Of what the grammar of another language than Python does not know, as much is left as before. */
function isBroken(before: FileSide, after: FileSide): boolean {
  if (before.tokens === null || after.tokens === null) return true;
  const [old, now] = [before, after].map(({ structure }) => structure?.syntaxErrors.length ?? 0);
  return PYTHON.test(after.path) ? old !== 0 || now !== 0 : old !== now || isReadInPart(before) || isReadInPart(after);
}

/** True when a file of Python may import others than before, or under another condition. */
function changesImports(file: TouchedFile): boolean {
  if (!pathsOf(file).some((path) => PYTHON.test(path))) return false;
  const importsOf = (side: ParsedFile | null): string => JSON.stringify(importStatements(side?.text ?? '').map((statement) => [statement.up, statement.parts, [...statement.names]]));
  return isMoving(file) || importsOf(file.before) !== importsOf(file.after) || moduleChangeSeen(file)?.names.length !== 0;
}

/** True for a modified declaration of Python that nothing else names, and that has no attribute to ask about. */
function isSeenByNobody(index: WordIndex, change: ChangedDeclaration, before: FileSide, after: FileSide): boolean {
  const { after: now } = change;
  if (now === null || !PYTHON.test(after.path) || !isSeenByName(now) || index.filesWith(now.name).some((path) => path !== after.path)) return false;
  return [before, after].every((side) => nameCounts(side).get(now.name) === 1) && placesToAsk(change, before, after).every((place) => comparePositions(place.after, startOf(now.nameRange)) === 0);
}

/** Servers read manifests and stubs of other kinds too. Of one that says what its settings say, those are known, but for where it looks for them when a pyproject.toml comes or goes. */
function mayRead({ settingsOf }: ServerSpec, path: string, step: { readonly isExtending: boolean; readonly isMoving: boolean }): boolean {
  if (settingsOf !== null && !step.isExtending) return /(^|\/)py\.typed$/u.test(path) || (step.isMoving && path === 'pyproject.toml');
  return /(^|\/)(?:package\.json|py\.typed|[^/]*\.json|[^/]*\.toml|[^/]*\.cfg)$/u.test(path);
}

/** A TypeScript file without imports or exports declares its names for all others; so does one that augments another. */
function isModule({ before, after }: TouchedFile): boolean {
  return [before, after].every((side) => side === null || /\.pyi?$/u.test(side.path) || (/^\s*(?:import|export)\b/mu.test(side.text) && !/\bdeclare\s+(?:global|module)\b/u.test(side.text)));
}

/** The names that may have changed, whatever the server shows of them. */
export function namesInQuestion({ changed, asked }: InterfaceDraft): Set<string> {
  return new Set([...changed, ...asked.flatMap(({ change }) => (change.after === null ? [] : reachingNames(change.after)))]);
}

/** The declarations in question, before the step. */
export function askedPlaces({ asked }: InterfaceDraft): ShownPlace[] {
  return asked.flatMap(({ places }) => places.map(({ before }) => before));
}

/** Returns the names that other files may see changed, once the server shows the types after the step. The lab must show that tree. */
export async function changedNames(lab: ShadowLab, { specOf }: StepTexts, base: BaseState, draft: InterfaceDraft): Promise<Set<string>> {
  const names = new Set(draft.changed);
  for (const { change, places } of draft.asked) {
    for (const place of places) {
      if (change.after === null || specOf(place.after.path) === null) continue;
      const before = provenInterface(shownBefore(base, place.before));
      const after = provenInterface(await shownAt(lab, specOf, place.after));
      if (before === null || before !== after) for (const name of reachingNames(change.after)) names.add(name);
    }
  }
  return names;
}

/** The files that may import another one as a whole, each with every name that it imports. */
export async function importersAsWhole(view: TreeView, index: WordIndex, file: ParsedFile): Promise<{ readonly path: string; readonly names: readonly string[] }[]> {
  const paths = new Set(moduleWords(file).flatMap((word) => index.filesImporting(word)));
  return Promise.all([...paths].map(async (path) => ({ path, names: ((await view.parsed(path, false))?.structure?.declarations ?? []).flatMap(({ kind, name }) => (kind === 'import' ? [name] : [])) })));
}
