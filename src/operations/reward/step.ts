import { Failure } from '../../base/failure.js';
import { sha256 } from '../../base/digest.js';
import type { JsonObject } from '../../bundles/json-shape.js';
import { applyPatch } from '../../workspace/apply-patch.js';
import type { FileTree } from '../../workspace/file-tree.js';
import { GitRepository } from '../../workspace/git.js';
import { hashOfHead } from '../../workspace/git-head.js';
import { changesBetween, type TreeChanges } from '../../workspace/tree-changes.js';
import { treeOfCommit, treeOfFolder, treeOfWorktree } from '../../workspace/tree.js';
import type { Workspace } from '../../workspace/workspace-root.js';

export interface StepRequest {
  readonly base: string;
  readonly head: string | null;
  /** The bytes of a unified diff that applies to the base. */
  readonly patch: Buffer | null;
}

/** One change of a workspace: the files before and after it, from the top of the repository. */
export interface Step {
  readonly before: FileTree;
  readonly after: FileTree;
  readonly changes: TreeChanges;
  /** What names the step in a bundle: revisions as typed plus their commits, the patch by its digest. */
  readonly named: JsonObject;
}

/** So many commits' trees are remembered. */
const TREES_MAX = 8;

/** The trees of the commits that steps were read from lately: a commit never changes. */
export class CommitTrees {
  private readonly git: GitRepository;
  readonly #trees = new Map<string, Promise<FileTree>>();

  constructor(top: string) {
    this.git = new GitRepository(top);
  }

  /** Returns the full hash of the commit that `revision` names, or throws E/NOT_FOUND. Git is not asked for one whose tree is known. */
  async commitOf(revision: string): Promise<string> {
    const hash = revision === 'HEAD' ? hashOfHead(this.git.top) : revision;
    return hash !== null && this.#trees.has(hash) ? hash : this.git.resolveCommit(revision);
  }

  treeOf(commit: string): Promise<FileTree> {
    const tree = this.#trees.get(commit) ?? treeOfCommit(this.git, commit);
    this.#trees.delete(commit);
    this.#trees.set(commit, tree);
    const [oldest] = this.#trees.keys();
    if (oldest !== undefined && this.#trees.size > TREES_MAX) this.#trees.delete(oldest);
    tree.catch(() => this.#trees.delete(commit));
    return tree;
  }
}

/** Reads both sides of a step. Writes nothing, neither in the work tree nor in the repository. */
export async function readStep(workspace: Workspace, request: StepRequest, commits: CommitTrees | null): Promise<Step> {
  if (request.patch !== null && request.head !== null) {
    throw new Failure('E/BAD_ARGUMENT', 'a patch and --head exclude each other', { hint: 'The patch applies to --base; leave --head out.' });
  }
  if (commits === null) return readStepWithoutGit(workspace, request);
  const base = { rev: request.base, commit: await commits.commitOf(request.base) };
  const before = await commits.treeOf(base.commit);
  if (request.patch !== null) return patchStep(before, request.patch, { base });
  if (request.head === null) return stepOf(before, await treeOfWorktree(workspace), { base, head: 'worktree' });
  const head = { rev: request.head, commit: await commits.commitOf(request.head) };
  return stepOf(before, await commits.treeOf(head.commit), { base, head });
}

async function readStepWithoutGit(workspace: Workspace, request: StepRequest): Promise<Step> {
  const asksForRevisions = request.head !== null || request.base !== 'HEAD' || request.patch === null;
  if (request.patch === null || asksForRevisions) {
    throw new Failure('E/NOT_FOUND', `there are no revisions here: ${workspace.gitAbsence ?? 'the workspace is not in a Git work tree.'}`, {
      hint: 'Nothing was changed. Without Git, assay reward takes a PATCH that applies to the files as they are.',
    });
  }
  return patchStep(await treeOfFolder(workspace.root, workspace), request.patch, { base: 'folder' });
}

async function patchStep(before: FileTree, patch: Buffer, named: JsonObject): Promise<Step> {
  const { tree } = await applyPatch(before, patch);
  return stepOf(before, tree, { ...named, patch: sha256(patch) });
}

/** Makes a step of two trees. */
export async function stepOf(before: FileTree, after: FileTree, named: JsonObject): Promise<Step> {
  return { before, after, changes: await changesBetween(before, after), named };
}
