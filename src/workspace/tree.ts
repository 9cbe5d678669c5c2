import { blobContent, bytesContent, type BlobStore, type FileContent, type FileTree, type TreeFile } from './file-tree.js';
import { forEachConcurrently } from './concurrency.js';
import { isDependencyLinkName } from './dependency-links.js';
import { diskContent, hashDiskFile, readDiskFile, statFile } from './disk-files.js';
import { walkFolder } from './folder-walk.js';
import { GitRepository } from './git.js';
import { isNotOurs } from './own-state.js';
import type { Workspace } from './workspace-root.js';
import { CONTENT_MAX_BYTES } from './worktree-index.js';

const READS_AT_ONCE = 32;

/** Contents of a folder without Git are kept in memory up to this sum; beyond it they are read again when they are needed. */
const MEMORY_MAX_BYTES = 256 * 1024 * 1024;

/** Returns the files of the whole repository at `revision`. */
export async function treeOfCommit(git: GitRepository, revision: string): Promise<FileTree> {
  const { files } = await git.listTree(await git.resolveCommit(revision));
  const contents = new Map<string, FileContent>();
  const tree = new Map<string, TreeFile>();
  for (const [path, { mode, oid }] of files) tree.set(path, { mode, content: contentOf(git, contents, oid) });
  return tree;
}

/**
 * Returns the tracked and the untracked, unignored files of the whole work tree as Git would commit them now (so that a line ending
 * that Git converts is no difference), or without Git the files of the folder.
 */
export async function treeOfWorktree(workspace: Workspace): Promise<FileTree> {
  if (workspace.git === null) return treeOfFolder(workspace.root, workspace);
  const { top } = workspace.git;
  const git = new GitRepository(top);
  const index = await git.worktreeIndex('with-content');
  const contents = new Map<string, FileContent>();
  for (const [oid, bytes] of index.contents) contents.set(oid, bytesContent(bytes, oid));
  const tree = new Map<string, TreeFile>();
  const isTheirs = isNotOurs(top, workspace);
  for (const [path, { mode, oid }] of [...index.files].filter(([path]) => isTheirs(path))) {
    if (mode === 'symlink' && index.untracked.has(path) && isDependencyLinkName(path)) continue;
    const content = index.large.has(path) ? await largeContent(top, path) : contentOf(git, contents, oid);
    if (content !== null) tree.set(path, { mode, content });
  }
  return tree;
}

/** Returns the files of a folder as they are on disk, without what is ours. */
export async function treeOfFolder(root: string, ours: Pick<Workspace, 'stateDir' | 'traceFile'> | null = null): Promise<FileTree> {
  const walked = await walkFolder(root, ours?.stateDir);
  const files = ours === null ? walked.files : walked.files.filter(isNotOurs(root, ours));
  const found = new Map<string, TreeFile>();
  let held = 0;
  await forEachConcurrently(files, READS_AT_ONCE, async (path) => {
    const stats = statFile(root, path);
    if (stats === null) return;
    const isHeld = stats.size <= CONTENT_MAX_BYTES && held + stats.size <= MEMORY_MAX_BYTES;
    if (isHeld) held += stats.size;
    const bytes = isHeld ? await readDiskFile(root, path, stats.mode) : null;
    const content = isHeld ? bytes && bytesContent(bytes) : await largeContent(root, path);
    if (content !== null) found.set(path, { mode: stats.mode, content });
  });
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Returns `tree` with some files given other content (null: removed). A new file is a plain one. */
export function withContents(tree: FileTree, contents: ReadonlyMap<string, Buffer | null>): FileTree {
  const changed = new Map(tree);
  for (const [path, bytes] of contents) {
    if (bytes === null) changed.delete(path);
    else changed.set(path, { mode: tree.get(path)?.mode ?? 'file', content: bytesContent(bytes) });
  }
  return changed;
}

function contentOf(store: BlobStore, contents: Map<string, FileContent>, oid: string): FileContent {
  const known = contents.get(oid);
  if (known !== undefined) return known;
  const content = blobContent(store, oid);
  contents.set(oid, content);
  return content;
}

async function largeContent(root: string, path: string): Promise<FileContent | null> {
  const stats = statFile(root, path);
  const digest = stats && (await hashDiskFile(root, path, stats.mode));
  return stats && digest !== null ? diskContent(root, path, stats.mode, digest) : null;
}
