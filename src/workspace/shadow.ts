import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../base/failure.js';
import { act, observe } from '../base/observe.js';
import { forEachConcurrently } from './concurrency.js';
import { planDependencyLinks } from './dependency-links.js';
import { readContents, sameFile, type FileTree, type TreeFile } from './file-tree.js';
import { ShadowDisk } from './shadow-disk.js';
import { createShadowFolder, removeShadowFolder } from './shadow-folders.js';
export { sweepStaleShadows } from './shadow-folders.js';
import { ShadowLayout } from './shadow-layout.js';
import { workspacePath, type Workspace } from './workspace-root.js';

const OPERATIONS_AT_ONCE = 32;

export interface ShadowChange {
  /** From the workspace root inside the shadow; a file of the repository outside the workspace starts with `../`. */
  readonly path: string;
  readonly kind: 'created' | 'changed' | 'deleted';
}

/**
 * A worktree that a language server owns: it holds one tree at a time, and the user's own files are never written. Calls take
 * their turn. A tree's symlinks are written as symlinks when they can lead only into the tree, else as broken ones
 * (safeLinkTarget), and folders are always real, so nothing is read or written outside by a tree's doing.
 */
export class Shadow {
  /** The workspace root inside the shadow: where a server is started. */
  readonly root: string;
  /** The top of the shadow; differs from `root` when the workspace is a folder inside a repository. */
  readonly top: string;
  readonly #folder: string;
  readonly #workspace: Workspace;
  readonly #disk: ShadowDisk;
  readonly #layout: ShadowLayout;
  /** What is on disk. A path whose write or removal failed half-way is in #uncertain instead. */
  readonly #files = new Map<string, TreeFile>();
  readonly #uncertain = new Set<string>();
  #turn: Promise<void> = Promise.resolve();
  #isDisposed = false;

  private constructor(workspace: Workspace, folder: string) {
    this.#workspace = workspace;
    this.#folder = folder;
    this.top = join(folder, 'tree');
    this.root = join(this.top, workspace.git?.prefix ?? '').replace(/[/\\]$/, '');
    this.#disk = new ShadowDisk(this.top);
    this.#layout = new ShadowLayout(this.#disk, (workspace.git?.prefix ?? '').replace(/\/$/, ''));
  }

  /** Makes an empty shadow in the workspace's state directory. */
  static async create(workspace: Workspace): Promise<Shadow> {
    const shadow = new Shadow(workspace, await createShadowFolder(workspace.stateDir));
    await act('make the root of a shadow', async () => {
      await mkdir(shadow.root, { recursive: true });
    });
    return shadow;
  }

  /** Makes the shadow hold exactly `tree`, writing only what differs, and returns the changes in the order of their paths. */
  moveTo(tree: FileTree): Promise<ShadowChange[]> {
    return observe({ what: 'show a tree', key: this.root }, () => this.#inTurn(() => this.#moveTo(tree)));
  }

  /**
   * Makes the user's ignored dependency folders visible: a virtual environment as one symlink, a node_modules as a real folder of
   * symlinks to its entries, where workspace packages lead to the shadow's own copy. Files of the tree win over links.
   */
  linkDependencies(): Promise<void> {
    return act('link the dependencies', () =>
      this.#inTurn(async () => {
        await this.#layout.plan(await planDependencyLinks(this.#workspace));
        await this.#layout.placeLinks();
      }),
    );
  }

  /** Removes the shadow from the disk, once the calls under way have ended. Later calls fail. */
  dispose(): Promise<void> {
    this.#isDisposed = true;
    return (this.#turn = this.#turn.then(() => removeShadowFolder(this.#folder)));
  }

  async #moveTo(tree: FileTree): Promise<ShadowChange[]> {
    const { writes, removals } = await this.#differences(tree);
    const changes: ShadowChange[] = [
      ...removals.map((path): ShadowChange => ({ path, kind: 'deleted' })),
      ...writes.map(([path]): ShadowChange => ({ path, kind: this.#files.has(path) || this.#uncertain.has(path) ? 'changed' : 'created' })),
    ];
    this.#layout.expect(tree.keys());
    await this.#layout.removeFiles(removals, (path, unlink) => this.#remove(path, unlink));
    await this.#layout.makeFolders(writes.map(([path]) => path));
    await readContents(
      writes.map(([path, file]) => [{ path, file }, file.content] as const),
      (batch) => forEachConcurrently(batch, OPERATIONS_AT_ONCE, ([{ path, file }, bytes]) => this.#write(path, file, bytes)),
    );
    await this.#layout.placeLinks();
    return changes
      .map(({ path, kind }) => ({ path: workspacePath(this.#workspace, path), kind }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async #differences(tree: FileTree): Promise<{ writes: (readonly [string, TreeFile])[]; removals: string[] }> {
    const writes: (readonly [string, TreeFile])[] = [];
    for (const [path, file] of tree) {
      refuseUnsafePath(path);
      const present = this.#files.get(path);
      if (present === undefined || !(present === file || (await sameFile(present, file)))) writes.push([path, file]);
    }
    const removals = [...this.#files.keys(), ...this.#uncertain].filter((path) => !tree.has(path));
    return { writes, removals };
  }

  async #remove(path: string, unlink: () => Promise<void>): Promise<void> {
    this.#files.delete(path);
    this.#uncertain.add(path);
    await unlink();
    this.#uncertain.delete(path);
  }

  async #write(path: string, file: TreeFile, bytes: Buffer): Promise<void> {
    const replaced = this.#files.get(path)?.mode ?? null;
    this.#files.delete(path);
    this.#uncertain.add(path);
    await this.#layout.writeFile(path, file.mode, bytes, replaced);
    this.#files.set(path, file);
    this.#uncertain.delete(path);
  }

  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isDisposed) return Promise.reject(new Failure('E/INTERNAL', 'BUG: this shadow worktree was already removed'));
    const turn = this.#turn.then(call);
    // The caller gets the rejection; the next call only waits for the end of this one.
    const ended = (): void => undefined;
    this.#turn = turn.then(ended, ended);
    return turn;
  }
}

function refuseUnsafePath(path: string): void {
  const parts = path.split('/');
  if (!path.includes('\0') && !parts.some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git')) return;
  throw new Failure('E/FS_PERMISSIONS', `the path "${path}" leaves the tree`, {
    hint: 'Nothing was written for it. A tree holds relative paths without "." or ".." parts, and nothing in .git.',
    details: { path },
  });
}
