import { Failure } from '../base/failure.js';
import { GitRepository } from './git.js';
import type { DiffEntry, GitListing } from './git-output.js';
import { hexSha256 } from './file-tree.js';
import { pathFromTop, type Workspace } from './workspace-root.js';

/** A path whose content Git takes for a later form of another path's. `similarity` is in [0,1]. */
export interface FileMove {
  readonly from: string;
  readonly to: string;
  readonly kind: 'renamed' | 'copied';
  readonly similarity: number;
}

/** What differs from a commit to the work tree; `changed` are the paths that exist now and did not then, or have another content. */
export interface ChangesSince {
  readonly moves: readonly FileMove[];
  readonly changed: readonly string[];
}

/** A content that a path had, and a commit that has it. */
export interface PastContent {
  readonly commit: string;
  readonly bytes: Buffer;
}

/** So many commits that touched a path are searched for a content that nothing else knows. */
const SEARCHED_COMMITS_MAX = 256;
const TREES_MAX = 8;
const CHANGES_MAX = 32;
const CONTENTS_MAX = 64;

/** The past of a workspace as Git knows it. All paths are relative to the workspace; without Git every revision is E/NOT_FOUND. */
export class WorkspaceHistory {
  private readonly workspace: Workspace;
  private readonly git: GitRepository | null;
  private readonly trees = new Map<string, Promise<GitListing>>();
  private readonly changes = new Map<string, Promise<ChangesSince>>();
  private readonly contents = new Map<string, Promise<PastContent | null>>();
  /** Full hashes that were seen to name a commit: they do so for ever. */
  private readonly commits = new Set<string>();

  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.git = workspace.git === null ? null : new GitRepository(workspace.git.top);
  }

  /** Returns the full hash of the commit that `revision` names, or throws E/NOT_FOUND. */
  async commitOf(revision: string): Promise<string> {
    if (this.commits.has(revision)) return revision;
    const commit = await this.needGit(revision).resolveCommit(revision);
    this.commits.add(commit);
    return commit;
  }

  /** Like commitOf, with null for a revision that names no commit (any more). */
  async findCommit(revision: string): Promise<string | null> {
    try {
      return await this.commitOf(revision);
    } catch (error) {
      if (error instanceof Failure && error.code === 'E/NOT_FOUND') return null;
      throw error;
    }
  }

  async pathsAt(commit: string): Promise<ReadonlySet<string>> {
    const { files } = await this.treeOf(commit);
    return new Set([...files.keys()].flatMap((path) => this.inWorkspace(path)));
  }

  /** The bytes of a regular file at a commit; null when it has none at that path. */
  async bytesAt(commit: string, path: string): Promise<Buffer | null> {
    const entry = (await this.treeOf(commit)).files.get(pathFromTop(this.workspace, path));
    if (entry === undefined || entry.mode === 'symlink') return null;
    return (await this.needGit(commit).readBlobs([entry.oid])).get(entry.oid) ?? null;
  }

  /** What changed from `commit` to the work tree, committed or not. `snapshot` is the digest of the work tree's state: asked again with the same one, Git is not. */
  changesSince(commit: string, snapshot: string): Promise<ChangesSince> {
    return remembered(this.changes, `${commit} ${snapshot}`, CHANGES_MAX, async () => this.describe(await this.needGit(commit).diffWorktree(commit)));
  }

  /** Looks for a content among those that the path has had on the way to HEAD, the latest 256 of them; null when it is not there. */
  contentWithDigest(path: string, digest: string): Promise<PastContent | null> {
    const { git } = this;
    if (git === null) return Promise.resolve(null);
    return remembered(this.contents, `${digest} ${path}`, CONTENTS_MAX, async () => {
      const versions = await git.contentsOfPath(pathFromTop(this.workspace, path), SEARCHED_COMMITS_MAX);
      const blobs = await git.readPresentBlobs(new Set(versions.map(({ oid }) => oid)));
      for (const { commit, oid } of versions) {
        const bytes = blobs.get(oid);
        if (bytes !== undefined && hexSha256(bytes) === digest) return { commit, bytes };
      }
      return null;
    });
  }

  private treeOf(commit: string): Promise<GitListing> {
    return remembered(this.trees, commit, TREES_MAX, () => this.needGit(commit).listTree(commit));
  }

  private describe({ renames, withCopies }: { readonly renames: readonly DiffEntry[]; readonly withCopies: readonly DiffEntry[] }): ChangesSince {
    const changed = renames.flatMap(({ status, path }) => (status === 'D' ? [] : this.inWorkspace(path)));
    const copies = withCopies.filter(({ status }) => status === 'C');
    return { moves: [...renames, ...copies].flatMap((entry) => this.moveOf(entry)), changed };
  }

  private moveOf({ status, path, oldPath, similarity = 100 }: DiffEntry): FileMove[] {
    const [to] = this.inWorkspace(path);
    const [from] = oldPath === undefined ? [] : this.inWorkspace(oldPath);
    return from === undefined || to === undefined ? [] : [{ from, to, kind: status === 'C' ? 'copied' : 'renamed', similarity: similarity / 100 }];
  }

  private inWorkspace(path: string): string[] {
    const prefix = this.workspace.git?.prefix ?? '';
    return path.startsWith(prefix) ? [path.slice(prefix.length)] : [];
  }

  private needGit(revision: string): GitRepository {
    if (this.git !== null) return this.git;
    throw new Failure('E/NOT_FOUND', `no commit is called "${revision}": there is no Git history here`, {
      hint: `Nothing was changed. ${this.workspace.gitAbsence ?? ''} Without Git a version is written v=sha256: and the digest of the file.`,
      details: { revision },
    });
  }
}

/** The entry made longest ago gives way; what failed is tried again. */
function remembered<Value>(entries: Map<string, Promise<Value>>, key: string, entriesMax: number, make: () => Promise<Value>): Promise<Value> {
  const known = entries.get(key);
  if (known !== undefined) return known;
  const value = make();
  entries.set(key, value);
  value.catch(() => entries.delete(key));
  const [oldest] = entries.keys();
  if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest);
  return value;
}
