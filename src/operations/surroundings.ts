import { join, sep } from 'node:path';
import { act, observe } from '../base/observe.js';
import { isSameList } from '../base/same-list.js';
import type { DiskWatch } from '../workspace/disk-watch.js';
import { isSameState, OutsideFiles, sortedOnce, UNKNOWN, type OutsideState } from '../workspace/outside-files.js';
import { globalVersionFiles, pythonsOnPath } from '../lsp/interpreter.js';
import type { Snapshot } from '../workspace/snapshot.js';
import type { Workspace } from '../workspace/workspace-root.js';

/** Python's own modules: pyright has their types itself. */
const STANDARD_LIBRARY = /[\\/]lib(64)?[\\/]python3\.\d+([\\/]lib-dynload)?$/;

/** What lies beside the snapshot, the repositories inside it, and where Python looks for imports, as far as that is known. */
const KINDS = ['beside', 'repositories', 'python'] as const;

type PerKind<T> = Readonly<Record<(typeof KINDS)[number], T>>;

/** What servers read beside the snapshot of a workspace, followed from look to look; see OutsideFiles. */
export class Surroundings {
  private readonly workspace: Workspace;
  private readonly env: NodeJS.ProcessEnv;
  /** Where a Python that is found on PATH may come, go or be replaced, and what says which one it is. */
  private readonly pythons: readonly string[];
  private readonly files: OutsideFiles;
  private readonly diskWatch: DiskWatch | null;
  private known: PerKind<OutsideState> | null = null;
  private listed: { readonly ignored: readonly string[]; readonly beside: readonly string[] } | null = null;
  /** Counts the looks that were taken, because nobody knew that nothing had happened. */
  looks = 0;

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

  /** True when nothing has happened since the last look where it looked. */
  async isQuiet(): Promise<boolean> {
    return this.known !== null && (await this.diskWatch?.isQuietSince(this.known)) === true;
  }

  private async look(snapshot: Promise<Snapshot> | null): Promise<boolean> {
    const { known } = this;
    // Asked while the snapshot is taken: both wait for the same.
    const [taken, isQuiet] = await Promise.all([snapshot, known !== null && this.diskWatch?.isQuietSince(known)]);
    const paths = await this.pathsNow(taken);
    const isHeardOf = (anchor: string): boolean => this.diskWatch?.hearsOf(anchor) === true;
    if (known !== null && this.known === known && isQuiet === true && KINDS.every((kind) => isSameList(known[kind].paths, paths[kind]) && this.files.isAnchored(known[kind], isHeardOf))) return true;
    this.looks += 1;
    const endLook = await this.diskWatch?.beginLook();
    // Where imports are looked for may have become known meanwhile.
    const before = this.known;
    const now: PerKind<OutsideState> = { beside: this.files.stateOf(paths.beside), repositories: this.files.stateOf(paths.repositories), python: this.files.stateOf(before?.python.paths ?? []) };
    const isSame = before === null || KINDS.every((kind) => isSameState(before[kind], now[kind]));
    // Another Python may look elsewhere.
    const seen = isSame ? now : { ...now, python: this.files.stateOf([]) };
    this.known = seen;
    endLook?.(seen, new Map(KINDS.flatMap((kind) => [...seen[kind].folders])), KINDS.flatMap((kind) => [...seen[kind].anchors.keys()]));
    return isSame;
  }

  /** Where is looked, sorted, as OutsideState has it. The same lists for the same listing, so that they are compared in no time. */
  private async pathsNow(taken: Snapshot | null): Promise<PerKind<readonly string[]>> {
    const { listed, known } = this;
    const repositories = (taken?.repositories ?? []).map((path) => join(this.workspace.root, path));
    const python = known?.python.paths ?? [];
    if (taken !== null && listed?.ignored === taken.listing.ignored) return { beside: listed.beside, repositories, python };
    const beside = sortedOnce(await this.files.paths(this.singles(), taken?.listing ?? null));
    if (taken !== null) this.listed = { ignored: taken.listing.ignored, beside };
    return { beside, repositories, python };
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
  watch(searchPaths: readonly string[], askedAtMs: number): Promise<void> {
    return act('watch the search paths', () => this.remember(searchPaths, askedAtMs));
  }

  private async remember(searchPaths: readonly string[], askedAtMs: number): Promise<void> {
    const paths = [...new Set(searchPaths)].filter((path) => !path.startsWith(this.workspace.root + sep) && !STANDARD_LIBRARY.test(path)).sort();
    if (this.known === null || paths.length === 0 || this.known.python.paths.join('\n') === paths.join('\n')) return;
    const state = await this.files.stateInTurns(paths);
    // A state that may be older than what was read is equal to no later one.
    this.known = { ...this.known, python: state.newestMs < askedAtMs ? state : { ...state, found: UNKNOWN } };
  }
}
