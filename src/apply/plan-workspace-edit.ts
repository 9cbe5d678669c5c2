import { Failure } from '../base/failure.js';
import type { FileImage } from '../base/file-image.js';
import type { ColumnUnit } from '../base/text-document.js';
import type { ResourceOperation, TextDocumentEdit, TextEdit, WorkspaceEdit } from '../base/workspace-edit.js';
import { pathOfEditUri } from './edit-uris.js';
import { planBetween } from './plan-between.js';
import type { EditPlan } from './planned-change.js';
import { editBytes } from './text-edits.js';

/** What a plan is made from: the files as they are. Paths are jailed. */
export interface PlanFiles {
  /** Returns the file at a path, `folder`, or null for nothing. A symlink is a file of its own. */
  look(path: string): Promise<FileImage | 'folder' | null>;
  /** Returns the path that a path leads to when its symlinks are followed, all of them inside the workspace. */
  resolve(path: string): Promise<string>;
  /** Returns every file below a folder. */
  below(folder: string): Promise<readonly string[]>;
}

export interface PlanOptions {
  /** Absolute paths of the workspace, for `file:` URIs. */
  readonly roots: readonly string[];
  /** What the columns of the edit count; LSP's default is UTF-16. */
  readonly unit?: ColumnUnit;
}

/**
 * Returns what an edit would do to the files: nothing is written. Its operations are carried out in order on an image of the
 * files. Throws E/FS_PERMISSIONS for a path outside the workspace, E/NOT_FOUND for a file that is not there, E/APPLY_CONFLICT for one
 * that is in the way, E/BAD_ARGUMENT for edits that overlap.
 */
export async function planWorkspaceEdit(edit: WorkspaceEdit, files: PlanFiles, { roots, unit = 'utf-16' }: PlanOptions): Promise<EditPlan> {
  const state = new PlannedFiles(files);
  for (const group of groupedEdits(edit)) {
    if ('kind' in group) await carryOut(state, group, roots);
    else await editText(state, group, roots, unit);
  }
  return state.plan();
}

/** Text edits of one file that follow each other without an operation between them speak of the same state of it. */
function groupedEdits({ documentChanges }: WorkspaceEdit): (ResourceOperation | TextDocumentEdit[])[] {
  const groups: (ResourceOperation | TextDocumentEdit[])[] = [];
  for (const change of documentChanges) {
    const last = groups.at(-1);
    if ('kind' in change) groups.push(change);
    else if (Array.isArray(last)) last.push(change);
    else groups.push([change]);
  }
  return groups;
}

async function editText(state: PlannedFiles, group: readonly TextDocumentEdit[], roots: readonly string[], unit: ColumnUnit): Promise<void> {
  const byPath = new Map<string, TextEdit[]>();
  for (const { textDocument, edits } of group) {
    const path = await state.resolve(pathOfEditUri(textDocument.uri, roots));
    byPath.set(path, [...(byPath.get(path) ?? []), ...edits]);
  }
  for (const [path, edits] of byPath) {
    const image = await state.file(path);
    state.set(path, { mode: image.mode, bytes: editBytes(path, image.bytes, edits, unit) });
  }
}

async function carryOut(state: PlannedFiles, operation: ResourceOperation, roots: readonly string[]): Promise<void> {
  switch (operation.kind) {
    case 'create':
      return create(state, await state.resolveParent(pathOfEditUri(operation.uri, roots)), operation.options);
    case 'rename':
      return rename(state, await state.resolveParent(pathOfEditUri(operation.oldUri, roots)), await state.resolveParent(pathOfEditUri(operation.newUri, roots)), operation.options);
    case 'delete':
      return remove(state, await state.resolveParent(pathOfEditUri(operation.uri, roots)), operation.options);
  }
}

interface ExistsOptions {
  readonly overwrite?: boolean;
  readonly ignoreIfExists?: boolean;
}

/** Returns false when the operation is to be left out because something is at `path` already. */
async function mayTake(state: PlannedFiles, path: string, { overwrite = false, ignoreIfExists = false }: ExistsOptions): Promise<boolean> {
  const there = await state.look(path);
  if (there === null) return true;
  if (!overwrite && ignoreIfExists) return false;
  if (overwrite && there !== 'folder') return true;
  throw inTheWay(path, there === 'folder' ? 'a folder is there' : 'a file is there already');
}

async function create(state: PlannedFiles, path: string, options: ExistsOptions = {}): Promise<void> {
  if (!(await mayTake(state, path, options))) return;
  const there = await state.look(path);
  state.set(path, { mode: there === null || there === 'folder' || there.mode === 'symlink' ? 'file' : there.mode, bytes: Buffer.alloc(0) });
}

async function rename(state: PlannedFiles, from: string, to: string, options: ExistsOptions = {}): Promise<void> {
  if (from === to) return;
  const there = await state.look(from);
  if (there === null) throw absent(from);
  if (there === 'folder' && to.startsWith(`${from}/`)) throw inTheWay(to, 'a folder cannot be moved into itself');
  if (!(await mayTake(state, to, options))) return;
  if (there !== 'folder') {
    state.move(from, to, there);
    return;
  }
  for (const path of await state.below(from)) {
    const image = await state.look(path);
    if (image !== null && image !== 'folder') state.move(path, `${to}${path.slice(from.length)}`, image);
  }
}

async function remove(state: PlannedFiles, path: string, options: { readonly recursive?: boolean; readonly ignoreIfNotExists?: boolean } = {}): Promise<void> {
  const there = await state.look(path);
  if (there === null) {
    if (options.ignoreIfNotExists === true) return;
    throw absent(path);
  }
  if (there !== 'folder') {
    state.set(path, null);
    return;
  }
  const inside = await state.below(path);
  if (inside.length > 0 && options.recursive !== true) throw inTheWay(path, 'the folder is not empty and the edit does not say recursive');
  for (const file of inside) {
    await state.look(file);
    state.set(file, null);
  }
}

/** The files as they would be after the operations so far, over the files as they are. */
class PlannedFiles {
  private readonly files: PlanFiles;
  private readonly before = new Map<string, FileImage | null>();
  private readonly now = new Map<string, FileImage | null>();
  /** Where a file was before the edit, for those that moved. */
  private readonly origins = new Map<string, string>();

  constructor(files: PlanFiles) {
    this.files = files;
  }

  async look(path: string): Promise<FileImage | 'folder' | null> {
    const known = this.now.get(path);
    if (known !== undefined && known !== null) return known;
    if ([...this.now].some(([other, image]) => image !== null && other.startsWith(`${path}/`))) return 'folder';
    if (this.isBelowFile(path)) throw inTheWay(path, 'a file stands where a folder would have to be');
    const there = await this.files.look(path);
    if (there === 'folder') return this.hasOnlyRemoved(await this.files.below(path)) ? null : 'folder';
    if (!this.before.has(path)) this.before.set(path, there);
    return known === undefined ? there : known;
  }

  /** Returns the file at `path`. Throws E/NOT_FOUND when none is there. */
  async file(path: string): Promise<FileImage> {
    const there = await this.look(path);
    if (there === null) throw absent(path);
    if (there === 'folder') throw inTheWay(path, 'it is a folder');
    if (there.mode === 'symlink') throw inTheWay(path, 'it is a symlink');
    return there;
  }

  async below(folder: string): Promise<string[]> {
    const found = new Set((await this.files.look(folder)) === 'folder' ? await this.files.below(folder) : []);
    for (const [path, image] of this.now) {
      if (image === null) found.delete(path);
      else if (path.startsWith(`${folder}/`)) found.add(path);
    }
    return [...found].sort();
  }

  /** Edits of a file that the plan itself makes have nothing to resolve. */
  async resolve(path: string): Promise<string> {
    return this.now.has(path) ? path : this.files.resolve(path);
  }

  async resolveParent(path: string): Promise<string> {
    const slash = path.lastIndexOf('/');
    return slash < 0 ? path : `${await this.files.resolve(path.slice(0, slash))}${path.slice(slash)}`;
  }

  /** The path must have been looked at. */
  set(path: string, image: FileImage | null): void {
    this.now.set(path, image);
    if (image === null) this.origins.delete(path);
  }

  move(from: string, to: string, image: FileImage): void {
    const origin = this.origins.get(from) ?? from;
    this.set(from, null);
    this.set(to, image);
    this.origins.set(to, origin);
  }

  plan(): EditPlan {
    const [before, after] = [this.before, this.now].map((files) => new Map([...files].filter((entry): entry is [string, FileImage] => this.now.has(entry[0]) && entry[1] !== null)));
    return planBetween(before ?? new Map<string, FileImage>(), after ?? new Map<string, FileImage>(), [...this.origins].map(([to, from]) => ({ from, to })));
  }

  private isBelowFile(path: string): boolean {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) if ((this.now.get(path.slice(0, slash)) ?? null) !== null) return true;
    return false;
  }

  private hasOnlyRemoved(paths: readonly string[]): boolean {
    return paths.length > 0 && paths.every((path) => this.now.get(path) === null);
  }
}

function absent(path: string): Failure {
  return new Failure('E/NOT_FOUND', `the edit changes ${path}, which is not there`, { hint: 'Nothing was written. Make the edit again from the files as they are.', details: { path } });
}

function inTheWay(path: string, reason: string): Failure {
  return new Failure('E/APPLY_CONFLICT', `the edit does not fit ${path}: ${reason}`, {
    hint: 'Nothing was written. Make the edit again from the files as they are.',
    details: { conflicts: [{ path, hunk: '', line: 0, expected: [], found: [], reason, nearest: null }] },
  });
}
