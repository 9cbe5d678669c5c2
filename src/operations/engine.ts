import { join } from 'node:path';
import { toFailure } from '../base/failure.js';
import { pathFromUri } from '../base/relative-uri.js';
import type { ColumnUnit } from '../base/text-document.js';
import { buildBundle, type BundleDraft, type MetaDraft } from '../bundles/build-bundle.js';
import { errorBundle } from '../bundles/error-bundle.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import type { ServerSpec } from '../lsp/server-spec.js';
import { readWorkspaceFile } from '../workspace/read-file.js';
import { snapshotChanges, takeSnapshot, type Snapshot } from '../workspace/snapshot.js';
import { ensureStateDir } from '../workspace/state-dir.js';
import { createShadowFolder, removeShadowFolder } from '../workspace/shadow-folders.js';
import { findWorkspace, type Workspace } from '../workspace/workspace-root.js';
import { Analysis, NO_SERVERS } from './analysis.js';
import { capabilitiesOf, environmentOf } from './environment.js';
import type { Answer, OperationRequest } from './operation.js';
import { operationNamed } from './operations.js';
import { ShadowLab } from './reward/shadow-lab.js';
import { SourceFiles } from './source-files.js';
import { specChooser } from './spec-chooser.js';

export interface EngineOptions {
  /** As a person would type it; default: the enclosing Git root, else the current folder. */
  readonly workspace?: string;
  readonly env: NodeJS.ProcessEnv;
  /** For every request to a server, in milliseconds. */
  readonly timeoutMs: number;
  /** What columns in selectors count where they do not say. */
  readonly indexUnit: ColumnUnit;
  /** The id of the server to ask, instead of the one that the file calls for. */
  readonly server?: string;
  readonly onLog?: (line: string) => void;
}

/**
 * One workspace with its warm servers: answers requests with bundles, one after the other. Close it, whatever happened.
 */
export class Engine {
  readonly workspace: Workspace;
  readonly options: EngineOptions;
  readonly sources: SourceFiles;
  private analysis: Analysis | null = null;
  private shadowLab: ShadowLab | null = null;
  private known: Snapshot | null = null;
  private runFolder: string | null = null;

  private constructor(workspace: Workspace, options: EngineOptions) {
    this.workspace = workspace;
    this.options = options;
    this.sources = new SourceFiles(workspace);
  }

  static async open(options: EngineOptions): Promise<Engine> {
    return new Engine(await findWorkspace(options.workspace), options);
  }

  /** Answers every request: what cannot be answered is an error bundle. */
  async run(request: OperationRequest): Promise<Bundle> {
    const start = performance.now();
    const startedBefore = this.serversStarted();
    this.analysis?.startRequest();
    this.shadowLab?.analysis.startRequest();
    const answer = await this.answer(request);
    const servers = answer.servers ?? NO_SERVERS;
    const draft: BundleDraft = {
      request: { cmd: answer.cmd, args: answer.args, ...(answer.selector === undefined ? {} : { selector: answer.selector }) },
      resolution: answer.resolution ?? null,
      facts: answer.facts ?? {},
      processReward: answer.processReward ?? null,
      environment: await environmentOf(this.workspace, servers, answer.snapshot),
      capabilities: capabilitiesOf(servers.sessions),
    };
    const meta: MetaDraft = {
      exitCode: answer.exitCode ?? 0,
      durationMs: Math.round(performance.now() - start),
      cache: servers.sessions.length === 0 ? 'none' : this.serversStarted() > startedBefore ? 'cold' : 'warm',
      node: process.version,
      ...(answer.timings === undefined ? {} : { timings: answer.timings }),
    };
    return answer.failure === undefined ? buildBundle(draft, meta) : errorBundle(draft.request, answer.failure, draft, meta);
  }

  /** The files of the workspace as they are now; running servers are told of what changed since the last call. */
  async refresh(): Promise<Snapshot> {
    const now = await takeSnapshot(this.workspace, this.known ?? undefined);
    if (this.known !== null && this.analysis !== null) await this.analysis.follow(snapshotChanges(this.known, now));
    this.known = now;
    return now;
  }

  /** Which server answers for a file, decided by this snapshot of the workspace. */
  specChooser(snapshot: Snapshot): Promise<(path: string) => ServerSpec | null> {
    const text = async (path: string): Promise<string | null> => (snapshot.files.has(path) ? (await readWorkspaceFile(this.workspace, path)).bytes.toString('utf8') : null);
    return specChooser({ text }, this.workspace, this.options.server);
  }

  /** The servers over the user's own files. Call refresh first. */
  async live(): Promise<Analysis> {
    this.analysis ??= new Analysis({
      ...this.options,
      root: this.workspace.root,
      aliases: [],
      interpreterRoot: this.workspace.root,
      runDir: join(await this.privateFolder(), 'run'),
    });
    return this.analysis;
  }

  /** The worktree that rewards are measured in. */
  async lab(): Promise<ShadowLab> {
    await ensureStateDir(this.workspace.stateDir);
    this.shadowLab ??= await ShadowLab.open(this.workspace, this.options);
    return this.shadowLab;
  }

  /** The text of a file of the workspace as it was last read for an answer; undefined when it was not. */
  textOf(uri: string): string | undefined {
    return uri.startsWith('ext:') ? undefined : this.sources.textOf(pathFromUri(uri));
  }

  /** Ends every server and removes every temporary file. */
  async close(): Promise<void> {
    const { analysis, shadowLab: lab, runFolder } = this;
    this.analysis = null;
    this.shadowLab = null;
    this.runFolder = null;
    await Promise.all([analysis?.close(), lab?.close()]);
    if (runFolder !== null) await removeShadowFolder(runFolder);
  }

  private async answer(request: OperationRequest): Promise<Answer & { readonly cmd: string }> {
    let cmd = request.cmd;
    try {
      const operation = operationNamed(request.cmd);
      cmd = operation.cmd;
      return { ...(await operation.answer(this, request.args)), cmd };
    } catch (error) {
      return { cmd, args: request.args, snapshot: null, failure: toFailure(error) };
    }
  }

  private serversStarted(): number {
    return (this.analysis?.started ?? 0) + (this.shadowLab?.analysis.started ?? 0);
  }

  private async privateFolder(): Promise<string> {
    this.runFolder ??= await createShadowFolder(this.workspace.stateDir);
    return this.runFolder;
  }
}
