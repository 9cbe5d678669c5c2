import { join, sep } from 'node:path';
import { actSync, observe } from '../base/observe.js';
import { isSameState, OutsideFiles, type OutsideState } from '../workspace/outside-files.js';
import { pythonsOnPath } from '../lsp/interpreter.js';
import type { Snapshot } from '../workspace/snapshot.js';
import type { Workspace } from '../workspace/workspace-root.js';

/** Python's own modules: pyright has their types itself. */
const STANDARD_LIBRARY = /[\\/]lib(64)?[\\/]python3\.\d+([\\/]lib-dynload)?$/;

/** No later state is equal to this one. */
const UNKNOWN: readonly number[] = [NaN];

/** What servers read beside the snapshot of a workspace, followed from look to look; see OutsideFiles. */
export class Surroundings {
  private readonly workspace: Workspace;
  private readonly env: NodeJS.ProcessEnv;
  /** Where a Python that is found on PATH may come, go or be replaced. */
  private readonly pythons: readonly string[];
  private readonly files: OutsideFiles;
  private known: readonly OutsideState[] | null = null;
  private python: OutsideState | null = null;

  constructor(workspace: Workspace, env: NodeJS.ProcessEnv) {
    this.workspace = workspace;
    this.env = env;
    this.pythons = pythonsOnPath(env, workspace.root);
    this.files = new OutsideFiles(workspace);
  }

  /** True when nothing has changed since the look before, or there was none. Without a snapshot repositories inside the workspace are left out. */
  isSame(snapshot: Promise<Snapshot> | null): Promise<boolean> {
    return observe({ what: 'surroundings', key: this.workspace.root }, () => this.look(snapshot));
  }

  private async look(snapshot: Promise<Snapshot> | null): Promise<boolean> {
    const taken = snapshot === null ? null : await snapshot;
    const active = this.env['VIRTUAL_ENV'];
    const beside = await this.files.state([...this.pythons, ...(active === undefined ? [] : [join(active, 'pyvenv.cfg')])], taken?.listing);
    const repositories = this.files.stateOf((taken?.repositories ?? []).map((path) => join(this.workspace.root, path)));
    const python = this.python === null ? null : this.files.stateOf(this.python.paths);
    const now = [beside, repositories];
    const isSame = this.known?.every((state, index) => isSameState(state, now[index] ?? state)) !== false && (this.python === null || python === null || isSameState(this.python, python));
    this.known = now;
    // Another Python may look elsewhere.
    this.python = isSame ? python : null;
    return isSame;
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
    if (paths.length === 0 || this.python?.paths.join('\n') === paths.join('\n')) return;
    const state = this.files.stateOf(paths);
    this.python = state.newestMs < askedAtMs ? state : { ...state, found: UNKNOWN };
  }
}
