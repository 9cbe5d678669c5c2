import { pathFromUri } from '../base/relative-uri.js';
import type { ColumnUnit } from '../base/text-document.js';
import type { ServerSpec } from '../lsp/server-spec.js';
import { readWorkspaceFile } from '../workspace/read-file.js';
import { snapshotChanges, takeSnapshot, type Snapshot } from '../workspace/snapshot.js';
import { ensureStateDir } from '../workspace/state-dir.js';
import { createShadowFolder, removeShadowFolder } from '../workspace/shadow-folders.js';
import { findWorkspace, type Workspace } from '../workspace/workspace-root.js';
import { Analysis } from './analysis.js';
import { EditSession } from './edits/edit-session.js';
import { ShadowLab } from './reward/shadow-lab.js';
import { CommitTrees } from './reward/step.js';
import { SourceFiles } from './source-files.js';
import { specChooser } from './spec-chooser.js';

export interface WorkbenchOptions {
  /** As a person would type it; default: the enclosing Git root, else the current folder. */
  readonly workspace?: string;
  readonly env: NodeJS.ProcessEnv;
  /** For every request to a server, in milliseconds. */
  readonly timeoutMs: number;
  /** What columns in selectors count where they do not say. */
  readonly indexUnit: ColumnUnit;
  /** The id of the server to ask, instead of the one that the file calls for. */
  readonly server?: string;
  /** Further servers, preferred over the built-in ones for the files that they know. */
  readonly servers?: readonly ServerSpec[];
  readonly onLog?: (line: string) => void;
}

/** One workspace with what questions about it are answered from: files, snapshots, running servers. Close it, whatever happened. */
export class Workbench {
  readonly workspace: Workspace;
  readonly options: WorkbenchOptions;
  readonly sources: SourceFiles;
  /** Null without Git. */
  readonly commits: CommitTrees | null;
  private readonly analyses = new Map<'navigation' | 'diagnostics', Analysis>();
  private shadowLab: ShadowLab | null = null;
  private known: Snapshot | null = null;
  private runFolder: string | null = null;

  private constructor(workspace: Workspace, options: WorkbenchOptions) {
    this.workspace = workspace;
    this.options = options;
    this.commits = workspace.git === null ? null : new CommitTrees(workspace.git.top);
    this.sources = new SourceFiles(workspace, (line) => options.onLog?.(line));
  }

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    return new Workbench(await findWorkspace(options.workspace), options);
  }

  /** Forgets which servers the last request asked. */
  startRequest(): void {
    for (const analysis of this.analyses.values()) analysis.startRequest();
    this.shadowLab?.analysis.startRequest();
  }

  /** The files of the workspace as they are now; running servers are told of what changed since the last call. */
  async refresh(): Promise<Snapshot> {
    const now = await takeSnapshot(this.workspace, this.known ?? undefined);
    if (this.known !== null) {
      const changes = snapshotChanges(this.known, now);
      for (const analysis of this.analyses.values()) await analysis.follow(changes);
    }
    this.known = now;
    return now;
  }

  /** Which server answers for a file, decided by this snapshot of the workspace. */
  specChooser(snapshot: Snapshot): Promise<(path: string) => ServerSpec | null> {
    const text = async (path: string): Promise<string | null> => (snapshot.files.has(path) ? (await readWorkspaceFile(this.workspace, path)).bytes.toString('utf8') : null);
    return specChooser({ text }, this.workspace, this.options);
  }

  /**
   * The servers over the user's own files; call refresh first. Diagnostics have servers of their own, because what pyright
   * infers in a loop depends on what it was asked before: a diagnostic must not depend on an earlier hover.
   */
  async live(purpose: 'navigation' | 'diagnostics'): Promise<Analysis> {
    const running = this.analyses.get(purpose);
    if (running !== undefined) return running;
    const { root } = this.workspace;
    const analysis = new Analysis({ ...this.options, root, aliases: [], owns: (path) => this.known?.files.has(path) === true, interpreterRoot: root, runDir: await this.privateFolder() });
    this.analyses.set(purpose, analysis);
    return analysis;
  }

  /** The files of the workspace as edits reach them. */
  editSession(): EditSession {
    return new EditSession(this.workspace, this.options.env);
  }

  /** The worktree that rewards are measured in. */
  async lab(): Promise<ShadowLab> {
    await ensureStateDir(this.workspace.stateDir);
    this.shadowLab ??= await ShadowLab.open(this.workspace, this.options);
    return this.shadowLab;
  }

  /** Ends those of the lab's servers that hold more memory than this. */
  async recycle(memoryMaxBytes: number): Promise<void> {
    await this.shadowLab?.recycle(memoryMaxBytes);
  }

  /** The text of a file of the workspace as it was last read for an answer; undefined when it was not. */
  textOf(uri: string): string | undefined {
    return uri.startsWith('ext:') ? undefined : this.sources.textOf(pathFromUri(uri));
  }

  /** Ends every server, removes every temporary file and waits for what is to be kept. */
  async close(): Promise<void> {
    const { shadowLab: lab, runFolder } = this;
    const analyses = [...this.analyses.values()];
    this.analyses.clear();
    this.shadowLab = null;
    this.runFolder = null;
    await Promise.all([...analyses.map((analysis) => analysis.close()), lab?.close(), this.sources.close()]);
    if (runFolder !== null) await removeShadowFolder(runFolder);
  }

  /** How many servers were started so far. */
  serversStarted(): number {
    return [...this.analyses.values()].reduce((sum, analysis) => sum + analysis.started, this.shadowLab?.analysis.started ?? 0);
  }

  private async privateFolder(): Promise<string> {
    this.runFolder ??= await createShadowFolder(this.workspace.stateDir);
    return this.runFolder;
  }
}
