import type { Declaration } from '../../base/declaration.js';
import type { Location } from '../../base/location.js';
import { comparePositions, startOf } from '../../base/range.js';
import { pathFromUri, uriFromPath } from '../../base/relative-uri.js';
import { TextDocument } from '../../base/text-document.js';
import type { ServerSpec } from '../../lsp/server-spec.js';
import { changedDeclarations, changesFromOutside, type ChangedDeclaration } from '../../reward/changed-declarations.js';
import { insideFunctions } from '../../reward/declaration-units.js';
import { namesBoundBy } from '../../reward/import-sources.js';
import { concernsAnyName, concernsMissingNames, listedAnew } from '../../reward/interface-change.js';
import { membersNamed } from '../../reward/members-named.js';
import { moduleCode } from '../../reward/module-code.js';
import { isTestPath } from '../../reward/path-roles.js';
import type { FileSide } from '../../reward/step-facts.js';
import { referencesWhenOpen, type SeenFiles } from '../references-when-open.js';
import { referenceKey } from './base-state.js';
import type { ShadowLab } from './shadow-lab.js';
import { changesSeen, fileSide, moduleChangeSeen } from './file-sides.js';
import { PYTHON, SCRIPT } from './import-statements.js';
import { filesSeeingMoves } from './moving-files.js';
import { isMoving, pathsOf, type ParsedFile, type SpecOf, type StepTexts, type TouchedFile, type TreeView } from './step-files.js';
import type { WordIndex, WordTable } from './word-index.js';

/** A declaration that the step changed, on one side, with everything that refers to it there. */
export interface ReferencedDeclaration {
  readonly path: string;
  readonly symbol: string;
  readonly change: ChangedDeclaration['change'];
  readonly declaration: Declaration;
  readonly references: readonly Location[];
}

export type Side = 'before' | 'after';

/** A declaration whose references are to be known. */
export interface ReferenceQuestion {
  readonly path: string;
  readonly change: ChangedDeclaration['change'];
  readonly declaration: Declaration;
  readonly key: string;
}

/**
 * Finds by their text the untouched files that import from a touched one a name that the step adds, renames, removes,
 * imports or binds there, and those that import a file which came, went or moved, or exports all of others otherwise than before. No server knows those before the step is made.
 */
export async function findImporters(words: WordTable, plan: StepTexts): Promise<string[]> {
  const { files, before: view, specOf } = plan;
  const names = files.flatMap((file) => [...candidatesOf(file, 'before').filter(({ declaration }) => declaration.kind === 'import'), ...candidatesOf(file, 'after')]);
  const moved = files.filter(isMoving).flatMap((file) => [...moduleWords(file.before), ...moduleWords(file.after)]);
  const index = await words.indexOf(view, view.served(specOf));
  const found = new Set([...moved.flatMap((word) => index.filesImporting(word)), ...filesSeeingMoves(index, plan)]);
  for (const { change, before, after } of files.flatMap(changesSeen)) {
    const missing = concernsMissingNames(change, after) ? await missingNames(index, view, before, after) : [];
    for (const path of missing === null || concernsAnyName(change, after) ? importersInPackages(index, after.path) : []) found.add(path);
    for (const name of [...listedAnew(change, before, after), ...(missing ?? [])]) for (const path of index.filesImportingFrom(after.path, name)) found.add(path);
  }
  for (const file of files) {
    if (exportedWhole(file.before) !== exportedWhole(file.after)) for (const path of index.importersOf(file.after?.path ?? '')) found.add(path);
    for (const name of moduleChangeSeen(file)?.names ?? []) for (const path of index.filesImportingFrom(file.after?.path ?? '', name)) found.add(path);
  }
  for (const { file, declaration } of names) {
    const bound = declaration.kind === 'import' ? namesBoundBy(declaration, file) : [declaration.name];
    for (const name of bound) for (const path of index.filesImportingFrom(file.path, name)) found.add(path);
  }
  return untouched(found, view, specOf, files);
}

/** What a file of TypeScript or JavaScript exports without declaring it: `export * from`, say. */
function exportedWhole(file: ParsedFile | null): string {
  const side = fileSide(file);
  return side === null || !SCRIPT.test(side.path) ? '' : moduleCode(side).split('\n').filter((line) => line.startsWith('export')).join('\n');
}

/** The files that import a file of Python, or a package that brings it along. */
function importersInPackages(index: WordIndex, path: string): Set<string> {
  const packages = [path];
  const found = new Set<string>();
  // It grows while it is gone through.
  for (const each of packages) {
    for (const importer of index.importersOf(each)) {
      if (!found.has(importer) && /(?:^|\/)__init__\.pyi?$/u.test(importer)) packages.push(importer);
      found.add(importer);
    }
  }
  return found;
}

/** The names that others take from a file of Python which does not always have them itself; null where one of them may have the file as a whole. */
export async function missingNames(index: WordIndex, view: TreeView, before: FileSide, after: FileSide): Promise<string[] | null> {
  const taken = index.namesTakenFrom(after.path);
  if (taken === null) return null;
  const [module = ''] = moduleWords({ path: after.path });
  const names = new Set(taken.names);
  for (const path of taken.holders) {
    const holder = await view.parsed(path, true);
    const used = holder === null || index.filesImportingFrom(path, module).length > 0 ? null : membersNamed(fileSide(holder), module);
    if (used === null) return null;
    for (const name of used) names.add(name);
  }
  const [had, has] = [before, after].map(({ structure }) => new Set(structure?.declarations.flatMap(({ name, qualname }) => (qualname.length === 1 ? [name] : []))));
  return [...names].filter((name) => had?.has(name) !== true || has?.has(name) !== true);
}

/**
 * Returns which declarations that a step changed, on one side of it, are to be asked about. One that no other file of the
 * language that can have it mentions by name is asked about only when it was removed. Declarations inside functions cannot be referred to
 * from elsewhere, and the references of an import would be those of the original. Python calls a method like `__len__` by
 * itself: who uses it is who uses its class.
 */
export async function referenceQuestions(words: WordTable, view: TreeView, specOf: SpecOf, files: readonly TouchedFile[], side: Side): Promise<ReferenceQuestion[]> {
  const candidates = files.flatMap((file) => candidatesOf(file, side)).filter(({ declaration }) => declaration.kind !== 'import');
  const index = await words.indexOf(view, view.served(specOf));
  const questions = new Map<string, ReferenceQuestion>();
  for (const candidate of [...candidates.filter(({ declaration }) => !isDunder(declaration)), ...candidates.filter(({ declaration }) => isDunder(declaration)).map(ofItsClass)]) {
    const { file, change, declaration } = candidate;
    // After the step each tree is another one: who imports through others is known of the one before.
    const importers = side === 'before' || !isImported(index, file.path) ? importersThrough(index, file.path) : null;
    const isMentioned = index.filesWith(declaration.name).some((path) => path !== file.path && importers?.has(path) !== false);
    const key = referenceKey(file.path, startOf(declaration.nameRange));
    if (specOf(file.path) !== null && (isMentioned || change === 'removed') && !questions.has(key)) questions.set(key, { path: file.path, change, declaration, key });
  }
  return [...questions.values()];
}

function isDunder({ name, qualname }: Declaration): boolean {
  return qualname.length > 1 && /^__\w+__$/u.test(name);
}

function ofItsClass(candidate: Candidate): Candidate {
  const { file, declaration } = candidate;
  const outer = declaration.qualname.slice(0, -1).join('.');
  const owner = file.structure?.declarations.find(({ kind, qualname }) => kind === 'class' && qualname.join('.') === outer);
  return owner === undefined ? candidate : { file, change: 'modified', declaration: owner };
}

/** Answers the questions from `known`, and asks the server for what is not there yet; then the lab must show the tree of `view`. */
export async function findReferences(lab: ShadowLab, view: TreeView, specOf: SpecOf, questions: readonly ReferenceQuestion[], known: Map<string, readonly Location[]>): Promise<ReferencedDeclaration[]> {
  const referenced: ReferencedDeclaration[] = [];
  const files = await seenFiles(lab.words, view, specOf);
  for (const { path, change, declaration, key } of questions) {
    const spec = specOf(path);
    if (spec === null) continue;
    const position = startOf(declaration.nameRange);
    // To a server `export { name } from './module'` is a declaration.
    const target = { path, position, name: declaration.name, includeDeclaration: true };
    const isReference = ({ uri, range }: Location): boolean => !uri.startsWith('ext:') && !(uri === uriFromPath(path) && comparePositions(startOf(range), position) === 0);
    const references = known.get(key) ?? (await lab.navigate(spec, (session) => referencesWhenOpen(session, target, files(spec)))).filter(isReference);
    known.set(key, references);
    referenced.push({ path, symbol: declaration.qualname.join('.'), change, declaration, references });
  }
  return referenced;
}

/** The files of a tree, as far as a server knows their language. */
async function seenFiles(words: WordTable, view: TreeView, specOf: SpecOf): Promise<(spec: ServerSpec) => SeenFiles> {
  const index = await words.indexOf(view, view.served(specOf));
  const documents = new Map<string, TextDocument | null>();
  const document = async (path: string): Promise<TextDocument | null> => {
    const text = documents.has(path) ? null : await view.text(path);
    if (!documents.has(path)) documents.set(path, text === null ? null : new TextDocument(text));
    return documents.get(path) ?? null;
  };
  return (spec) => ({ holding: (name) => Promise.resolve(index.filesWith(name).filter((path) => specOf(path) === spec && view.get(path)?.mode !== 'symlink').sort()), document });
}

/** The untouched files of a tree that hold a reference. Sorted. */
export function referringFiles(referenced: readonly ReferencedDeclaration[], view: TreeView, specOf: SpecOf, files: readonly TouchedFile[]): string[] {
  return untouched(new Set(referenced.flatMap((item) => item.references.map((location) => pathFromUri(location.uri)))), view, specOf, files);
}

function untouched(paths: ReadonlySet<string>, view: TreeView, specOf: SpecOf, files: readonly TouchedFile[]): string[] {
  const touched = new Set(files.flatMap(pathsOf));
  return [...paths].filter((path) => !touched.has(path) && view.get(path) !== undefined && specOf(path) !== null).sort();
}

interface Candidate {
  readonly file: ParsedFile;
  readonly change: ChangedDeclaration['change'];
  readonly declaration: Declaration;
}

/** Before the step everything that it removed, renamed, modified or binds again; after it what it added or renamed. */
function candidatesOf(file: TouchedFile, side: Side): Candidate[] {
  const parsed = file[side];
  if (parsed === null) return [];
  const [before, after] = [fileSide(file.before), fileSide(file.after)];
  const changes = before === null || after === null ? changedDeclarations(before, after) : changesFromOutside(before, after);
  const wanted: readonly ChangedDeclaration['change'][] = side === 'before' ? ['removed', 'renamed', 'modified'] : ['added', 'renamed'];
  const isInsideFunction = insideFunctions(parsed.structure?.declarations ?? []);
  const found = changes.flatMap((change): Candidate[] => {
    const declaration = change[side];
    if (declaration === null || change.isCarried || !wanted.includes(change.change) || isInsideFunction(declaration)) return [];
    return [{ file: parsed, change: change.change, declaration }];
  });
  // What code outside declarations binds again was declared before.
  const again = side === 'before' ? (moduleChangeSeen(file)?.names ?? []) : [];
  const others = again.length === 0 ? [] : (parsed.structure?.declarations ?? []).filter((item) => item.qualname.length === 1 && again.includes(item.name) && found.every(({ declaration }) => declaration !== item));
  return [...found, ...others.map((declaration): Candidate => ({ file: parsed, change: 'modified', declaration }))];
}

/** The names by which other files import a module: its own, and its folder's for the file that stands for a package. */
export function moduleWords(file: Pick<ParsedFile, 'path'> | null): string[] {
  if (file === null) return [];
  const parts = file.path.split('/');
  const stem = (parts.at(-1) ?? '').replace(/(\.d)?\.[cm]?[jt]sx?$|\.pyi?$/, '');
  const words = /^(__init__|index)$/.test(stem) ? [parts.at(-2) ?? ''] : [stem, ...stem.split(/[^\p{L}\p{N}_$]+/u)];
  return words.filter((word) => word !== '');
}

/** A name that a file imports, and what others call that file. */
interface ImportedName {
  readonly name: string;
  readonly by: string;
  readonly modules: readonly string[];
}

const keptSeeing = new WeakMap<WordIndex, Map<string, ReadonlySet<string>>>();

/** The files that may see it there: those that take it from that file, also through each other, and those that can have that module and name the name as a member of something. */
export function filesSeeing(index: WordIndex, item: ImportedName): ReadonlySet<string> {
  const kept = keptSeeing.get(index) ?? new Map<string, ReadonlySet<string>>();
  keptSeeing.set(index, kept);
  const key = JSON.stringify([item.name, item.by]);
  let files = kept.get(key);
  if (files === undefined) kept.set(key, (files = findFilesSeeing(index, item)));
  return files;
}

function findFilesSeeing(index: WordIndex, { name, by, modules }: ImportedName): ReadonlySet<string> {
  const found = new Set([by]);
  if (!PYTHON.test(by)) {
    const holders = new Set(modules.flatMap((word) => index.filesWith(word)));
    for (const path of index.filesWith(name)) if (holders.has(path)) found.add(path);
    return found;
  }
  // It grows while it is gone through.
  for (const path of found) for (const other of index.filesImportingFrom(path, name)) found.add(other);
  const within = importersThrough(index, by);
  for (const path of index.filesWithMember(name)) if (within?.has(path) !== false) found.add(path);
  return found;
}

const keptImporters = new WeakMap<WordIndex, Map<string, ReadonlySet<string> | null>>();

/** The files that can have a value of what a file declares: that file and those that import it, directly or not; null where it is not known who does. */
export function importersThrough(index: WordIndex, path: string): ReadonlySet<string> | null {
  const kept = keptImporters.get(index) ?? new Map<string, ReadonlySet<string> | null>();
  keptImporters.set(index, kept);
  let importers = kept.get(path);
  if (importers === undefined) kept.set(path, (importers = findImportersThrough(index, path)));
  return importers;
}

function findImportersThrough(index: WordIndex, path: string): ReadonlySet<string> | null {
  const found = new Set([path]);
  // It grows while it is gone through.
  for (const importer of found) {
    // Settings and manifests may give a module of TypeScript any name, but hardly one that holds tests.
    const isCalledByItsPath = PYTHON.test(importer) || (SCRIPT.test(importer) && isTestPath(importer) && !/\.d\.[cm]?ts$/u.test(importer));
    if (!isCalledByItsPath || moduleWords({ path: importer }).length === 0) return null;
    for (const other of index.importersOf(importer)) found.add(other);
  }
  return found;
}

/** False for a file of Python of which it is known that no other one imports it. */
export function isImported(index: WordIndex, path: string): boolean {
  return moduleWords({ path }).length === 0 || !PYTHON.test(path) || index.importersOf(path).some((other) => other !== path);
}
