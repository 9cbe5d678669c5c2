import { dirname } from 'node:path';
import { changeSettings, settingsSaid, type ServerSpec } from '../../lsp/server-spec.js';
import type { Session } from '../../lsp/session.js';
import type { FileTree } from '../../workspace/file-tree.js';
import { walkFolder } from '../../workspace/folder-walk.js';
import { Shadow, sweepStaleShadows } from '../../workspace/shadow.js';
import type { Workspace } from '../../workspace/workspace-root.js';
import { Analysis, type AnalysisOptions } from '../analysis.js';
import type { BaseStates } from './base-state.js';
import type { WordTable } from './word-index.js';

/** What labs of one workspace may share. */
export interface LabMemory {
  readonly bases: BaseStates;
  readonly words: WordTable;
}

/**
 * A worktree that the language servers own and the user never sees. It shows one tree at a time; the servers follow it from
 * tree to tree, so a second step starts warm. Diagnostics and navigation have servers of their own: what pyright infers in
 * a loop depends on what it was asked before, and its command line is asked for diagnostics only.
 */
export class ShadowLab {
  readonly analysis: Analysis;
  /** What is known of the trees that steps started from. */
  readonly bases: BaseStates;
  readonly words: WordTable;
  private readonly navigation: Analysis;
  private readonly shadow: Shadow;
  /** Of each server, the files of the tree on disk that its settings are known to include. */
  private readonly included = new Map<string, { readonly spec: ServerSpec; readonly settings: string | null; readonly paths: Set<string> }>();

  private constructor(shadow: Shadow, { bases, words }: LabMemory, options: Omit<AnalysisOptions, 'role'>) {
    this.shadow = shadow;
    this.bases = bases;
    this.words = words;
    this.analysis = new Analysis({ ...options, role: 'step-diagnostics' });
    this.navigation = new Analysis({ ...options, role: 'step-navigation' });
  }

  static async open(workspace: Workspace, memory: LabMemory, options: Pick<AnalysisOptions, 'env' | 'timeoutMs' | 'memoryMaxBytes' | 'onLog'>): Promise<ShadowLab> {
    await sweepStaleShadows(workspace.stateDir);
    const shadow = await Shadow.create(workspace);
    await shadow.linkDependencies();
    const { env, timeoutMs, memoryMaxBytes, onLog } = options;
    return new ShadowLab(shadow, memory, {
      env,
      timeoutMs,
      memoryMaxBytes,
      ...(onLog === undefined ? {} : { onLog }),
      root: shadow.root,
      aliases: [workspace.root],
      // A tree may hold packages; where its places lie in a package does not matter here.
      owns: () => true,
      interpreterRoot: workspace.root,
      runDir: dirname(shadow.top),
    });
  }

  /** Puts `tree` on disk and tells the running servers what changed. */
  async show(tree: FileTree): Promise<void> {
    const changes = await this.shadow.moveTo(tree);
    const paths = (kind: string): string[] => changes.filter((change) => change.kind === kind).map((change) => change.path);
    for (const [server, { spec, settings, paths: included }] of this.included) {
      if (changeSettings(spec, this.shadow.root, settings, changes.map(({ path }) => path))) this.included.delete(server);
      else for (const { path } of changes) included.delete(path);
    }
    const includedBy = (spec: ServerSpec): string[] => [...(this.included.get(serverOf(spec))?.paths ?? [])];
    const files = { created: paths('created'), changed: paths('changed'), deleted: paths('deleted'), includedBy };
    await Promise.all([this.analysis.follow(files), this.navigation.follow(files)]);
  }

  /** Notes that the settings of this server include the file at `path`; see ServerSpec.toldBy. */
  includes(spec: ServerSpec, path: string): void {
    const server = serverOf(spec);
    const known = this.included.get(server) ?? { spec, settings: settingsSaid(spec, this.shadow.root), paths: new Set<string>() };
    this.included.set(server, known);
    known.paths.add(path);
  }

  /** The files in the worktree, without dependency folders; for seeing what a server writes. */
  async listFiles(): Promise<readonly string[]> {
    return (await walkFolder(this.shadow.top)).files.sort();
  }

  /** Starts the servers side by side and waits until they know their files. */
  async start(specs: Iterable<ServerSpec>): Promise<void> {
    const analyses = (spec: ServerSpec): Analysis[] => (spec.followsWatchEvents ? [this.analysis, this.navigation] : [this.analysis]);
    await Promise.all([...specs].flatMap((spec) => analyses(spec).map((analysis) => analysis.ask(spec, (session) => session.sourcesFound()))));
  }

  /** Asks for references and definitions. A server that starts anew for every tree is not started twice. */
  navigate<T>(spec: ServerSpec, work: (session: Session) => Promise<T>): Promise<T> {
    return (spec.followsWatchEvents ? this.navigation : this.analysis).ask(spec, work);
  }

  /** True when the program of one of its servers has been replaced on disk. */
  isOutdated(): boolean {
    return this.analysis.isOutdated() || this.navigation.isOutdated();
  }

  /** Ends the servers that hold more memory than this; the next question starts others, and what is known of bases stays. */
  async recycle(memoryMaxBytes: number): Promise<void> {
    await Promise.all([this.analysis.recycle(memoryMaxBytes), this.navigation.recycle(memoryMaxBytes)]);
  }

  /** Ends the servers, then removes the worktree. */
  async close(): Promise<void> {
    await Promise.all([this.analysis.close(), this.navigation.close()]);
    await this.shadow.dispose();
  }
}

function serverOf({ id, configured = '' }: ServerSpec): string {
  return `${id} ${configured}`;
}
