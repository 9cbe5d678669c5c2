import { join, sep } from 'node:path';
import { actSync, observe } from '../base/observe.js';
import type { DiskWatch } from '../workspace/disk-watch.js';
import { isSameState, OutsideFiles, type OutsideState } from '../workspace/outside-files.js';
import { globalVersionFiles, pythonsOnPath } from '../lsp/interpreter.js';
import type { Snapshot } from '../workspace/snapshot.js';
import type { Workspace } from '../workspace/workspace-root.js';

/** Python's own modules: pyright has their types itself. */
const STANDARD_LIBRARY = /[\\/]lib(64)?[\\/]python3\.\d+([\\/]lib-dynload)?$/;

/** No later state is equal to this one. */
const UNKNOWN: readonly number[] = [NaN];

const PYTHON = 2;

/** The states of what lies beside the snapshot, of the repositories inside it, and of where Python looks for imports, as far as that is known. */
type States = readonly [OutsideState, OutsideState, OutsideState];

/** What servers read beside the snapshot of a workspace, followed from look to look; see OutsideFiles. */
export class Surroundings {
  private readonly workspace: Workspace;
  private readonly env: NodeJS.ProcessEnv;
  /** Where a Python that is found on PATH may come, go or be replaced, and what says which one it is. */
  private readonly pythons: readonly string[];
  private readonly files: OutsideFiles;
  private readonly diskWatch: DiskWatch | null;
  private known: States | null = null;

  /** Without `diskWatch` every look is taken. */
  constructor(workspace: Workspace, env: NodeJS.ProcessEnv, diskWatch: DiskWatch | null = null) {
    this.workspace = workspace;
    this.env = env;
    this.diskWatch = diskWatch;
    this.pythons = [...pythonsOnPath(env, workspace.root), ...globalVersionFiles(env)];
    this.files = new OutsideFiles(workspace);
  }

  /** True when nothing has changed since the look before, or there was none. Without a snapshot repositories inside the workspace are left out. */
  isSame(snapshot: Promise<Snapshot> | null): Promise<boolean> {
    return observe({ what: 'surroundings', key: this.workspace.root }, () => this.look(snapshot));
  }

  private async look(snapshot: Promise<Snapshot> | null): Promise<boolean> {
    const taken = snapshot === null ? null : await snapshot;
    const beside = await this.files.paths(this.singles(), taken?.listing ?? null);
    const repositories = (taken?.repositories ?? []).map((path) => join(this.workspace.root, path));
    const { known } = this;
    const python = known?.[PYTHON].paths ?? [];
    if (known !== null && (await this.diskWatch?.isQuietSince(known)) === true && [beside, repositories, python].every((paths, index) => this.files.isAnchored(known[index as 0 | 1 | 2], paths))) return true;
    const endLook = await this.diskWatch?.beginLook();
    const now: States = [this.files.stateOf(beside), this.files.stateOf(repositories), this.files.stateOf(python)];
    const isSame = known === null || now.every((state, index) => isSameState(known[index as 0 | 1 | 2], state));
    // Another Python may look elsewhere.
    this.known = isSame ? now : [now[0], now[1], this.files.stateOf([])];
    endLook?.(this.known, new Map(this.known.flatMap(({ folders }) => [...folders])));
    return isSame;
  }

  /** What is looked at beside the folders. */
  private singles(): string[] {
    const active = this.env['VIRTUAL_ENV'];
    return [...this.pythons, ...(active === undefined ? [] : [join(active, 'pyvenv.cfg')])];
  }

  /**
   * Looks from now on at where Python looks for imports, too. That is known only when it has answered, while the first question is
   * under way: what changed since `askedAtMs` may have been read before it did.
   */
  watch(searchPaths: readonly string[], askedAtMs: number): void {
    actSync('watch the search paths', () => { this.remember(searchPaths, askedAtMs); });
  }

  private remember(searchPaths: readonly string[], askedAtMs: number): void {
    const paths = [...new Set(searchPaths)].filter((path) => !path.startsWith(this.workspace.root + sep) && !STANDARD_LIBRARY.test(path)).sort();
    if (this.known === null || paths.length === 0 || this.known[PYTHON].paths.join('\n') === paths.join('\n')) return;
    const state = this.files.stateOf(paths);
    this.known = [this.known[0], this.known[1], state.newestMs < askedAtMs ? state : { ...state, found: UNKNOWN }];
  }
}
