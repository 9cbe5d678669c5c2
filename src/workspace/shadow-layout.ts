import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../base/failure.js';
import { foldersAbove } from '../base/folders-above.js';
import type { DependencyLink } from './dependency-links.js';
import { forEachConcurrently } from './concurrency.js';
import { fileFailure, isAbsent } from './file-failure.js';
import type { FileMode } from './file-tree.js';
import { RealDirectories } from './real-directories.js';
import type { ShadowDisk } from './shadow-disk.js';

const OPERATIONS_AT_ONCE = 32;

/**
 * Keeps the folders of a shadow right around its files: real folders where the tree has some, none where it has not, and the
 * dependency links between them. A link that a file of the tree would have to be written through is first opened: replaced by a
 * real folder with a link for each of its entries.
 */
export class ShadowLayout {
  readonly #disk: ShadowDisk;
  /** Folders of the tree that the shadow is moving to or holds, `''` and those of the workspace root included. */
  #folders = new Set<string>();
  #paths: ReadonlySet<string> = new Set();
  readonly #kept: ReadonlySet<string>;
  /** The links wanted, by path, and those of them that are on disk. */
  #planned = new Map<string, DependencyLink>();
  readonly #placed = new Set<string>();

  constructor(disk: ShadowDisk, rootFolder: string) {
    this.#disk = disk;
    this.#kept = new Set(['', ...foldersAbove(`${rootFolder}/file`)]);
    this.expect([]);
  }

  /** Sets what the tree will hold. */
  expect(paths: Iterable<string>): void {
    this.#paths = new Set(paths);
    this.#folders = new Set(this.#kept);
    for (const path of this.#paths) {
      for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        const folder = path.slice(0, slash);
        if (this.#folders.has(folder)) break;
        this.#folders.add(folder);
      }
    }
  }

  /** Sets the links wanted, and removes those that are placed but no longer wanted as they are. placeLinks places the others. */
  async plan(links: readonly DependencyLink[]): Promise<void> {
    const wanted = new Map(links.map((link) => [link.path, link]));
    for (const path of this.#placed) {
      if (isDeepStrictEqual(wanted.get(path), this.#planned.get(path))) continue;
      await this.#disk.remove(path);
      this.#placed.delete(path);
    }
    this.#planned = wanted;
  }

  /** Removes files of the tree before this one. Where a folder above one is no longer real, the file has gone with it. */
  async removeFiles(paths: readonly string[], remove: (path: string, unlink: () => Promise<void>) => Promise<void>): Promise<void> {
    const directories = new RealDirectories(this.#disk.top);
    await forEachConcurrently(paths, OPERATIONS_AT_ONCE, (path) =>
      remove(path, async () => {
        if (directories.leadTo(path)) await this.#disk.remove(path);
      }),
    );
    await this.#removeEmptied(paths);
  }

  /** Writes a file of the tree in a folder that makeFolders made. `replaced` is the mode of the file of ours that is there now. */
  async writeFile(path: string, mode: FileMode, bytes: Buffer, replaced: FileMode | null): Promise<void> {
    if (replaced === mode && (await this.#disk.overwrite(path, mode, bytes))) return;
    if (replaced !== null) await this.#disk.remove(path);
    if (await this.#disk.create(path, mode, bytes)) return;
    await this.#clear(path);
    if (!(await this.#disk.create(path, mode, bytes))) throw new Failure('E/INTERNAL', `BUG: something else writes ${path} in the shadow worktree`);
  }

  async #removeEmptied(removed: readonly string[]): Promise<void> {
    const emptied = new Set(removed.flatMap(foldersAbove).filter((folder) => !this.#folders.has(folder)));
    const deepestFirst = [...emptied].sort((a, b) => b.split('/').length - a.split('/').length);
    const directories = new RealDirectories(this.#disk.top);
    for (const folder of deepestFirst) if (directories.leadTo(`${folder}/`)) await this.#disk.removeEmpty(folder);
  }

  /** Makes every folder above the paths a real one. */
  async makeFolders(paths: readonly string[]): Promise<void> {
    const directories = new RealDirectories(this.#disk.top);
    const needed = [...new Set(paths.flatMap(foldersAbove))].filter((folder) => this.#planned.has(folder) || !directories.leadTo(`${folder}/`)).sort();
    for (const folder of needed) await this.#makeFolder(folder);
  }

  /** Places the wanted links that are not there and that no file of the tree stands in the way of. */
  async placeLinks(): Promise<void> {
    // A map is iterated in the order of insertion, so the links that an opened one leaves behind are looked at too.
    for (const link of this.#planned.values()) if (this.#folders.has(link.path)) await this.#open(link);
    const free = [...this.#planned.values()].filter((link) => !this.#placed.has(link.path) && this.#isFree(link.path));
    await this.makeFolders(free.map((link) => link.path));
    await forEachConcurrently(free, OPERATIONS_AT_ONCE, async (link) => {
      await this.#disk.link(link.path, link.target);
      this.#placed.add(link.path);
    });
  }

  #isFree(path: string): boolean {
    return !this.#paths.has(path) && !foldersAbove(path).some((folder) => this.#paths.has(folder));
  }

  async #makeFolder(folder: string): Promise<void> {
    const link = this.#planned.get(folder);
    if (link !== undefined) await this.#open(link);
    if (await this.#disk.makeDirectory(folder)) return;
    await this.#clear(folder);
    if (!(await this.#disk.makeDirectory(folder))) throw new Failure('E/INTERNAL', `BUG: something else writes ${folder} in the shadow worktree`);
  }

  /** Wants, instead of the link, one for each entry of the folder that it leads to. The folder itself is made by whoever needs it. */
  async #open(link: DependencyLink): Promise<void> {
    this.#planned.delete(link.path);
    if (this.#placed.delete(link.path)) await this.#disk.remove(link.path);
    const { target } = link;
    for (const name of await entriesOf(target.kind === 'user' ? target.absolutePath : join(this.#disk.top, target.path))) {
      const path = `${link.path}/${name}`;
      this.#planned.set(path, {
        path,
        target: target.kind === 'user' ? { kind: 'user', absolutePath: join(target.absolutePath, name) } : { kind: 'shadow', path: `${target.path}/${name}` },
      });
    }
  }

  /** Removes what stands at `path`, whatever it is, and forgets the links that go with it. */
  async #clear(path: string): Promise<void> {
    await this.#disk.remove(path);
    for (const placed of this.#placed) if (placed === path || placed.startsWith(`${path}/`)) this.#placed.delete(placed);
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw fileFailure(error, 'list', 'a dependency folder', 'The workspace was left untouched. Make the dependency folder readable for you.');
  }
}
