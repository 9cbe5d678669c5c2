import type { Diagnostic, Location } from '../../base/location.js';
import type { FileTree } from '../../workspace/file-tree.js';
import { identityOfTree } from '../../workspace/tree-identity.js';

/** The diagnostics of a file, or that it is outside every project. */
export type FileMeasurement = readonly Diagnostic[] | 'excluded';

/** What the servers said of the files of one tree, by path. */
export type Measurement = ReadonlyMap<string, FileMeasurement>;

/** Messages are left out: the text of inferred types depends on what a server was asked before. */
export function sameDiagnostics(before: FileMeasurement | undefined, after: FileMeasurement | undefined): boolean {
  const keys = (found: FileMeasurement | undefined): string =>
    found === undefined || typeof found === 'string' ? String(found) : JSON.stringify(found.map(({ range, severity, code }) => JSON.stringify([range, severity, code])).sort());
  return keys(before) === keys(after);
}

/**
 * What is known of one tree that steps start from, as data: each fact is asked for once, however many steps there are, and
 * never again after a step was taken back. A fact depends on the whole tree, so the tree's identity is its key.
 */
export class BaseState {
  readonly tree: FileTree;
  readonly identity: string;
  /** What the servers said of its files as they are, by workspace path. */
  readonly measured = new Map<string, FileMeasurement>();
  /** What is being asked about at this moment: another lab need not ask as well. */
  readonly underWay = new Set<string>();
  /** The references to its declarations, by `referenceKey`. */
  readonly references = new Map<string, readonly Location[]>();

  /** What a server shows of its declarations, by `referenceKey`. */
  readonly interfaces = new Map<string, string | null>();

  /** What was said when files were asked about in one order. */
  readonly #inOrder = new Map<string, Measurement>();

  constructor(tree: FileTree, identity: string) {
    this.tree = tree;
    this.identity = identity;
  }

  /** Returns what the servers say of `paths` in this order, which `measure` finds out, once. */
  async inOrder(paths: readonly string[], measure: (into: Map<string, FileMeasurement>) => Promise<void>): Promise<Measurement> {
    const key = JSON.stringify(paths);
    const known = this.#inOrder.get(key);
    if (known !== undefined) return known;
    const found = new Map<string, FileMeasurement>();
    await measure(found);
    this.#inOrder.set(key, found);
    return found;
  }
}

/** So many trees are remembered; the one that was used longest ago goes first. */
const STATES_MAX = 8;

/** The trees that steps of one run started from. */
export class BaseStates {
  readonly #byIdentity = new Map<string, BaseState>();

  async of(tree: FileTree): Promise<BaseState> {
    const identity = await identityOfTree(tree);
    const state = this.#byIdentity.get(identity) ?? new BaseState(tree, identity);
    this.#byIdentity.delete(identity);
    this.#byIdentity.set(identity, state);
    const [oldest] = this.#byIdentity.keys();
    if (oldest !== undefined && this.#byIdentity.size > STATES_MAX) this.#byIdentity.delete(oldest);
    return state;
  }
}

/** Names a declaration of one tree: two of one file never start at the same place. */
export function referenceKey(path: string, start: { readonly line: number; readonly character: number }): string {
  return `${path}\0${String(start.line)}:${String(start.character)}`;
}
