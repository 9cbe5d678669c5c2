import { planBetween } from '../../apply/plan-between.js';
import { ancestorsOf } from '../../apply/journal.js';
import type { EditPlan } from '../../apply/planned-change.js';
import { Failure } from '../../base/failure.js';
import type { FileImage } from '../../base/file-image.js';
import { applyPatch } from '../../workspace/apply-patch.js';
import { bytesContent, type FileTree, type TreeFile } from '../../workspace/file-tree.js';
import { pathsOfPatch, scanPatch } from '../../workspace/patch-headers.js';
import type { EditSession } from './edit-session.js';

/**
 * Returns what a patch would do to the files as they are. Git applies it to an index in a scratch directory that holds the named files and
 * what stands on the way to them; nothing is written to the workspace.
 */
export async function planPatch(session: EditSession, patch: Buffer): Promise<EditPlan> {
  const tree = treeAround(session, pathsOfPatch(patch));
  const { tree: patched, touched } = await applyPatch(tree, patch);
  const images = async (from: FileTree): Promise<Map<string, FileImage>> => {
    const found = new Map<string, FileImage>();
    for (const path of touched) {
      const file = from.get(path);
      if (file !== undefined) found.set(path, { mode: file.mode, bytes: await file.content.read() });
    }
    return found;
  };
  const renames = scanPatch(patch).flatMap(({ isRename, bareOldPath, bareNewPath }) => (isRename && bareOldPath !== null && bareNewPath !== null ? [{ from: bareOldPath, to: bareNewPath }] : []));
  return planBetween(await images(tree), await images(patched), renames);
}

/**
 * Returns the files at `paths`, and what is in their way: a file or symlink in the place of a folder, a folder in the place of a file. A path that
 * may not be looked at is left out; when the patch comes to mean it, the plan is refused.
 */
function treeAround({ jail }: EditSession, paths: readonly string[]): FileTree {
  const tree = new Map<string, TreeFile>();
  for (const path of new Set(paths.flatMap((path) => [...ancestorsOf(path), path]))) {
    try {
      const isFolder = jail.look(path)?.kind === 'folder';
      const held = isFolder ? null : jail.read(path);
      if (held !== null) tree.set(path, { mode: held.image.mode, content: bytesContent(held.image.bytes) });
      else if (isFolder && paths.includes(path)) tree.set(`${path}/\u0001`, { mode: 'file', content: bytesContent(Buffer.alloc(0)) });
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'E/FS_PERMISSIONS') throw error;
    }
  }
  return tree;
}
