import { planBetween } from '../../apply/plan-between.js';
import { foldersAbove } from '../../base/folders-above.js';
import type { HeldFile } from '../../apply/jail.js';
import { pathChanges, type EditPlan } from '../../apply/planned-change.js';
import { Failure } from '../../base/failure.js';
import type { FileImage } from '../../base/file-image.js';
import { pathProblem, unjailed } from '../../base/jailed-path.js';
import type { SafetyCheck } from '../../base/safety.js';
import { applyPatch, type PatchedTree } from '../../workspace/apply-patch.js';
import { bytesContent, type FileTree, type TreeFile } from '../../workspace/file-tree.js';
import { mendLineEndings, mendPatch, type MendedPatch } from '../../workspace/mend-patch.js';
import { pathsOfPatch, scanPatch } from '../../workspace/patch-headers.js';
import { readMergeGround, type MergeGround } from '../../workspace/three-way.js';
import type { Workspace } from '../../workspace/workspace-root.js';
import type { EditSession } from './edit-session.js';

export interface PlannedPatch {
  readonly plan: EditPlan;
  /** What was mended in the patch before it applied. */
  readonly repairs: readonly string[];
  readonly checks: readonly SafetyCheck[];
}

/**
 * Returns what a patch would do to the files as they are. Git applies it to an index in a scratch directory that holds the named files and
 * what stands on the way to them; nothing is written to the workspace. With `threeWay` Git merges it with what the files have become, where
 * the repository holds the contents that it was made from. Throws as applyPatch does, E/BAD_ARGUMENT for an empty patch, and E/NOT_FOUND for a
 * merge without a repository.
 */
export async function planPatch(session: EditSession, patch: Buffer, { threeWay }: { readonly threeWay: boolean }): Promise<PlannedPatch> {
  const space = new PatchSpace(session, patch);
  const mended = mendPatch(patch, (path) => space.content(path));
  refuseSubmodules(mended.patch);
  const ground = threeWay ? await space.mergeGround(mended.patch) : null;
  const applied = await applyMended(space, mended, ground);
  const { tree, patched, touched } = applied;
  const images = async (from: FileTree): Promise<Map<string, FileImage>> => {
    const found = new Map<string, FileImage>();
    for (const path of touched) {
      const file = from.get(path);
      if (file !== undefined) found.set(space.workspacePath(path), { mode: file.mode, bytes: await file.content.read() });
    }
    return found;
  };
  const renames = scanPatch(applied.mended.patch).flatMap(({ isRename, bareOldPath: from, bareNewPath: to }) =>
    isRename && from !== null && to !== null && touched.includes(from) && touched.includes(to) ? [{ from: space.workspacePath(from), to: space.workspacePath(to) }] : [],
  );
  const [before, after] = [await images(tree), await images(patched)];
  // What Git converts between the disk and the repository was merged as the repository has it.
  const converted = new Set([...(ground?.converted ?? [])].map((path) => space.workspacePath(path)));
  const hasCrlf = (path: string): boolean => converted.has(path) || renames.some(({ from, to }) => to === path && converted.has(from));
  const crlf = (images: ReadonlyMap<string, FileImage>): Map<string, FileImage> => new Map([...images].map(([path, image]) => [path, hasCrlf(path) ? { ...image, bytes: withCrlf(image.bytes) } : image]));
  const plan = planBetween(crlf(before), crlf(after), renames);
  // What may not be looked at counted as absent until the patch turned out to mean it.
  for (const { path, before } of pathChanges(plan)) if (before === null) session.jail.read(path);
  if (patch.toString('latin1').trim() === '') throw new Failure('E/BAD_ARGUMENT', 'the patch is empty', { hint: 'Nothing was written. A patch names files and holds lines that it takes away or adds.' });
  return { plan, repairs: applied.mended.repairs, checks: threeWay ? [mergeCheck(applied)] : [] };
}

/** Git would note another commit of it in the index, which is not ours to write, and leave its files alone. */
function refuseSubmodules(patch: Buffer): void {
  const [found] = scanPatch(patch).filter(({ isSubmodule }) => isSubmodule);
  if (found === undefined) return;
  const path = found.newPath ?? found.oldPath ?? '';
  throw new Failure('E/FS_PERMISSIONS', `the patch changes ${path}, which is a submodule or a folder and not a file`, { hint: 'Nothing was written. Leave that part out; git submodule moves a submodule to another commit.', details: { path } });
}

function mergeCheck({ touched, merged }: AppliedPatch): SafetyCheck {
  const plain = touched.filter((path) => !merged.includes(path));
  const said = [
    ...(merged.length === 0 ? [] : [`Merged with what the patch was made from: ${merged.join(', ')}.`]),
    ...(plain.length === 0 ? [] : [`Patched as they are, because the repository does not hold what the patch was made from or there was nothing to merge: ${plain.join(', ')}.`]),
  ];
  return { name: 'three-way', outcome: 'passed', critical: true, message: said.join(' ') };
}

/** Latin1 keeps every byte. */
function withLf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

function withCrlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1');
}

interface AppliedPatch {
  readonly mended: MendedPatch;
  readonly tree: FileTree;
  readonly patched: FileTree;
  readonly touched: readonly string[];
  readonly merged: readonly string[];
}

/** Line endings are looked at only when the patch does not fit as it is. */
async function applyMended(space: PatchSpace, mended: MendedPatch, ground: MergeGround | null): Promise<AppliedPatch> {
  const tree = space.treeAround(pathsOfPatch(mended.patch), ground?.converted ?? new Set());
  try {
    return { mended, tree, ...patchedOf(await applyPatch(tree, mended.patch, ground)) };
  } catch (error) {
    const converted = error instanceof Failure && error.code === 'E/APPLY_CONFLICT' ? mendLineEndings(mended, (path) => space.content(path)) : null;
    if (converted === null) throw error;
    try {
      return { mended: converted, tree, ...patchedOf(await applyPatch(tree, converted.patch, ground)) };
    } catch {
      // It does not fit in either form: what is said is about the patch as it came.
      throw error;
    }
  }
}

function patchedOf({ tree: patched, touched, merged }: PatchedTree): Pick<AppliedPatch, 'patched' | 'touched' | 'merged'> {
  return { patched, touched, merged };
}

/**
 * The files as a patch names them: from the top of the repository, as Git prints patches, unless none of its names leads into the workspace
 * that way. A path that may not be looked at counts as absent; when the patch comes to mean it, it is refused.
 */
class PatchSpace {
  private readonly jail: EditSession['jail'];
  private readonly workspace: Workspace;
  private readonly prefix: string;

  constructor({ jail, workspace }: EditSession, patch: Buffer) {
    const prefix = workspace.git?.prefix ?? '';
    this.jail = jail;
    this.workspace = workspace;
    this.prefix = pathsOfPatch(patch).some((path) => path.startsWith(prefix)) ? prefix : '';
  }

  /** Throws E/FS_PERMISSIONS for a path outside the workspace. */
  workspacePath(path: string): string {
    if (!path.startsWith(this.prefix)) throw unjailed(path, 'is outside the workspace');
    return path.slice(this.prefix.length);
  }

  mergeGround(patch: Buffer): Promise<MergeGround> {
    const { git, gitAbsence } = this.workspace;
    if (git === null) throw new Failure('E/NOT_FOUND', `there is no repository that could hold what the patch was made from: ${gitAbsence ?? 'the workspace is not in a Git work tree.'}`, { hint: 'Nothing was written. Leave --3way out.' });
    const present = pathsOfPatch(patch).filter((path) => pathProblem(path) === null && this.read(path) !== null);
    return readMergeGround(git.top, patch, present, (path) => `${this.prefix === '' ? git.prefix : ''}${path}`);
  }

  /** As latin1, so that no byte is lost. */
  content(path: string): string | null {
    const held = this.read(path);
    return held === null || held.image.mode === 'symlink' ? null : held.image.bytes.toString('latin1');
  }

  /** Returns the files at `paths`, those of `converted` with the line endings of the repository, and what is in their way: a file or symlink in the place of a folder, a folder in the place of a file. */
  treeAround(paths: readonly string[], converted: ReadonlySet<string>): FileTree {
    const tree = new Map<string, TreeFile>();
    const nameable = paths.filter((path) => pathProblem(path) === null);
    for (const path of new Set(nameable.flatMap((path) => [...foldersAbove(path), path]))) {
      const held = this.read(path);
      if (held !== null) tree.set(path, { mode: held.image.mode, content: bytesContent(converted.has(path) ? withLf(held.image.bytes) : held.image.bytes) });
      else if (nameable.includes(path) && this.isFolder(path)) tree.set(`${path}/\u0001`, { mode: 'file', content: bytesContent(Buffer.alloc(0)) });
    }
    return tree;
  }

  private isFolder(path: string): boolean {
    return this.tried(path, (inside) => this.jail.look(inside)?.kind === 'folder') ?? false;
  }

  private read(path: string): HeldFile | null {
    return this.tried(path, (inside) => this.jail.read(inside));
  }

  private tried<T>(path: string, use: (inside: string) => T): T | null {
    const inside = path.startsWith(this.prefix) ? path.slice(this.prefix.length) : '';
    if (pathProblem(inside) !== null) return null;
    try {
      return use(inside);
    } catch (error) {
      if (error instanceof Failure && error.code === 'E/FS_PERMISSIONS') return null;
      throw error;
    }
  }
}
