import { setImmediate } from 'node:timers/promises';
import { whenThere, type Awaitable } from '../base/awaitable.js';
import { Failure } from '../base/failure.js';
import { currentTape } from '../base/observe.js';
import type { PotentialWeights } from '../base/process-reward.js';
import { checkRequest, outsideRequests, pause, PerRequest, untilRequestEnds } from '../base/request-scope.js';
import { isSameList } from '../base/same-list.js';
import { SharedRun } from '../base/shared-run.js';
import { Turns } from '../base/turns.js';
import { pathFromUri } from '../base/relative-uri.js';
import type { ColumnUnit } from '../base/text-document.js';
import { knows } from '../lsp/registry.js';
import { PassingRefusal } from '../lsp/server-failures.js';
import type { ServerSpec } from '../lsp/server-spec.js';
import { DiskWatch } from '../workspace/disk-watch.js';
import { snapshotChanges, takeSnapshot, touchedBetween, type Snapshot, type SnapshotChanges } from '../workspace/snapshot.js';
import { ensureStateDir } from '../workspace/state-dir.js';
import { createShadowFolder, removeShadowFolder } from '../workspace/shadow-folders.js';
import { findWorkspace, type Workspace } from '../workspace/workspace-root.js';
import { Analysis, type AnalysisOptions, type RunningServer } from './analysis.js';
import { EditSession } from './edits/edit-session.js';
import { BaseStates } from './reward/base-state.js';
import { LabPool } from './reward/lab-pool.js';
import { ShadowLab } from './reward/shadow-lab.js';
import { CommitTrees } from './reward/step.js';
import { WordTable } from './reward/word-index.js';
import { SourceFiles } from './source-files.js';
import { ChooserMemory, settingsText, specChooser, type ServerChooser, type TextSource } from './spec-chooser.js';
import { Surroundings } from './surroundings.js';

export interface WorkbenchOptions {
  /** As a person would type it; default: the enclosing Git root, else the current folder. */
  readonly workspace?: string;
  readonly env: NodeJS.ProcessEnv;
  /** For a whole request, in milliseconds. Default: no bound but the minute that a server may take for each question. */
  readonly timeoutMs?: number | undefined;
  /** What the processes of one server may hold together; default: half of the machine's memory. */
  readonly memoryMaxBytes?: number | undefined;
  /** So many steps are measured at the same time, each by servers of its own; default: 1. */
  readonly labs?: number;
  /** A server for rewards that holds more memory is ended after a step, and the next step starts another; default: none is. */
  readonly recycleAboveBytes?: number;
  /** What columns in selectors count where they do not say. */
  readonly indexUnit: ColumnUnit;
  /** The id of the server to ask, instead of the one that the file calls for. */
  readonly server?: string;
  /** Further servers, preferred over the built-in ones for the files that they know. */
  readonly servers?: readonly ServerSpec[];
  /** Other weights for the terms of a reward than the usual ones. */
  readonly rewardWeights?: PotentialWeights;
  /** The absolute path of a trace that is written meanwhile: it is no file of the workspace. */
  readonly traceFile?: string;
  readonly onLog?: (line: string) => void;
  /** Computes an answer although it is remembered, and compares the two. */
  readonly verifyCache?: boolean;
  /** Many questions are to come: what spares them time is done at once, while the first one waits for its server. */
  readonly expectsMore?: boolean;
}

/** What one request may ask of a workbench that serves many. */
export interface RequestOptions extends Partial<Pick<WorkbenchOptions, 'env' | 'timeoutMs' | 'indexUnit' | 'server' | 'onLog' | 'verifyCache'>> {
  /** What of `timeoutMs` is over already. */
  readonly waitedMs?: number;
  /** Aborted when nobody wants the answer any more. */
  readonly signal?: AbortSignal;
}

/** What belongs to one request. */
interface RequestState {
  options: WorkbenchOptions;
  /** What peek saw, for the refresh that follows. */
  peeked: Snapshot | null;
  readonly startedAtMs: number;
}

/** What is waited before an answer is asked for again, for the files to come to rest. */
const PAUSES_MS = [50, 250];

/** The first finds what is to be watched, the second proves that nothing has happened since; more are taken when something has. */
const SETTLING_LOOKS_MAX = 3;

/** What a server may take for one question, in milliseconds; more when the whole request may take more. */
const SERVER_TIMEOUT_MS = 60_000;

/** One workspace with what questions about it are answered from: files, snapshots, running servers. Close it, whatever happened. */
export class Workbench {
  readonly workspace: Workspace;
  readonly sources: SourceFiles;
  /** Null without Git. */
  readonly commits: CommitTrees | null;
  private readonly analyses = new Map<'navigation' | 'diagnostics', Analysis>();
  /** Words of the contents that steps were about lately. */
  readonly words = new WordTable();
  /** The worktrees that steps are measured in. */
  readonly labs: LabPool;
  private readonly filesWatch: DiskWatch;
  private readonly besideWatch: DiskWatch;
  private readonly labWatch: DiskWatch;
  private readonly surroundings: Surroundings;
  private readonly labSurroundings: Surroundings;
  private readonly chooserMemory = new ChooserMemory();
  private readonly usual: WorkbenchOptions;
  private readonly requests = new PerRequest<RequestState>(() => ({ options: this.usual, peeked: null, startedAtMs: Date.now() }));
  /** Those who hear what servers say: a log line belongs to no request. */
  private readonly listeners = new Set<(line: string) => void>();
  private readonly looks = new SharedRun(() => this.look());
  private readonly snapshots = new SharedRun(() => takeSnapshot(this.workspace, this.known ?? undefined, this.filesWatch));
  /** For those who are told of no change: they look again at what they saw last. */
  private readonly labSnapshots = new SharedRun(async () => (this.seenForLab = await takeSnapshot(this.workspace, this.known ?? this.seenForLab ?? undefined, this.filesWatch)));
  private seenForLab: Snapshot | null = null;
  /** Answers go together; the servers hear of changes while nobody asks them. */
  private readonly answering = new Turns();
  private known: Snapshot | null = null;
  private isBesideStale = false;
  private watchingImports: Promise<void> | null = null;
  private settling: Promise<void> | null = null;
  /** Whose imports are looked at. */
  private pythonsWatched: readonly unknown[] = [];
  private isClosed = false;
  /** Counts the states of what servers read beside the files of the workspace. */
  surroundingsSeen = 0;
  private runFolder: Promise<string> | null = null;

  private constructor(workspace: Workspace, options: WorkbenchOptions) {
    this.workspace = workspace;
    this.usual = options;
    this.filesWatch = this.diskWatch();
    this.besideWatch = this.diskWatch();
    this.labWatch = this.diskWatch();
    this.commits = workspace.git === null ? null : new CommitTrees(workspace.git.top);
    this.surroundings = new Surroundings(workspace, options.env, this.besideWatch);
    this.labSurroundings = new Surroundings(workspace, options.env, this.labWatch);
    this.labs = new LabPool({ size: options.labs ?? 1, open: (bases) => this.openLab(bases), isOutdated: (labs) => this.areOutdated(labs) });
    this.sources = new SourceFiles(workspace, (line) => { this.log(line); });
  }

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const workspace = await findWorkspace(options.workspace);
    return new Workbench(options.traceFile === undefined ? workspace : { ...workspace, traceFile: options.traceFile }, options);
  }

  /** As the running request has them. */
  get options(): WorkbenchOptions {
    return this.requests.own.options;
  }

  /** Does `work` as the running request, with what it wishes for. */
  async inRequest<T>(asked: RequestOptions, work: () => Promise<T>): Promise<T> {
    this.requests.own.options = { ...this.usual, ...asked };
    const { onLog } = asked;
    // Two requests may share one listener.
    const listener = onLog === undefined ? null : (line: string): void => { onLog(line); };
    if (listener !== null) this.listeners.add(listener);
    try {
      return await work();
    } finally {
      if (listener !== null) this.listeners.delete(listener);
    }
  }

  /** Looks from now on at where the servers that were asked look for imports: no answer waits for that, but the next look does. */
  watchImports(): Awaitable<void> {
    const { startedAtMs } = this.requests.own;
    if (currentTape() !== null) return this.lookAtImports(startedAtMs);
    const pythons = [...this.analyses.values(), ...this.labs.open.map((lab) => lab.analysis)].map((analysis) => analysis.python);
    if (isSameList(pythons, this.pythonsWatched)) return;
    this.pythonsWatched = pythons;
    const watching = outsideRequests(async () => {
      await setImmediate();
      if (!this.isClosed) await this.lookAtImports(startedAtMs);
    });
    this.watchingImports = watching;
    // The next look throws it, and the next answer tries again.
    watching.catch(() => { this.pythonsWatched = []; });
  }

  private async lookAtImports(startedAtMs: number): Promise<void> {
    const live = await Promise.all([...this.analyses.values()].map((analysis) => analysis.searchPaths()));
    await this.surroundings.watch(live.flat(), startedAtMs);
    const inLabs = await Promise.all(this.labs.open.map(({ analysis }) => analysis.searchPaths()));
    await this.labSurroundings.watch([...new Set(inLabs.flat())], startedAtMs);
  }

  /** A server takes longer to start than thousands of folders take to be looked at and watched. */
  private serverStarts(): void {
    if (this.usual.expectsMore !== true || currentTape() !== null) return;
    void this.watchImports();
    // The next question looks all the same, and says what is wrong.
    this.settling ??= outsideRequests(() => this.settle()).catch(() => undefined).finally(() => { this.settling = null; });
  }

  /** Looks until the kernel tells of whatever happens where was looked: then the next question need not. */
  private async settle(): Promise<void> {
    for (let looks = 0; looks < SETTLING_LOOKS_MAX && !this.isClosed; looks += 1) {
      const snapshot = await this.refresh();
      await Promise.all([this.filesWatch.watching(), this.besideWatch.watching()]);
      if ((await this.filesWatch.isQuietSince(snapshot)) && (await this.surroundings.isQuiet())) return;
    }
  }

  /**
   * The files of the workspace as they are now; running servers are told of what changed since the last call, and replaced when what they
   * read beside these files did. Those who ask at the same time share a look that began after they did.
   */
  refresh(): Promise<Snapshot> {
    const own = this.requests.own;
    const { peeked } = own;
    own.peeked = null;
    return peeked === null ? lookTogether(this.looks) : Promise.resolve(peeked);
  }

  private async look(): Promise<Snapshot> {
    checkRequest();
    const { watchingImports } = this;
    this.watchingImports = null;
    await watchingImports;
    const snapshot = takeSnapshot(this.workspace, this.known ?? undefined, this.filesWatch);
    // Remembered until it is heeded: a look that fails half-way must not make the next one think that nothing happened.
    const beside = this.surroundings.isSame(snapshot).then((isSame) => {
      this.isBesideStale ||= !isSame;
    });
    const [now] = await Promise.all([snapshot, beside]);
    if (this.isBesideStale) this.surroundingsSeen += 1;
    const changes = this.known === null || this.known === now ? null : changesToTell(this.known, now);
    if (this.isBesideStale || changes !== null) await this.answering.alone(() => this.tell(changes));
    this.isBesideStale = false;
    this.known = now;
    return now;
  }

  private async tell(changes: SnapshotChanges | null): Promise<void> {
    for (const analysis of this.analyses.values()) {
      if (this.isBesideStale) await analysis.restart();
      else if (changes !== null) await analysis.follow(changes);
    }
  }

  /** Equal texts mean that nothing has happened in what servers read, as far as it was looked at. */
  get stateBeside(): string {
    return `${String(this.surroundings.looks)} ${this.known?.digest ?? ''}`;
  }

  /** Like refresh, before it is known whether there is anything to answer: the next refresh of the request has the same snapshot. */
  async peek(): Promise<Snapshot> {
    const peeked = await this.refresh();
    this.requests.own.peeked = peeked;
    return peeked;
  }

  /**
   * Answers from the files as they are. When one that the servers read changes meanwhile, the answer may mix two states: it is
   * asked for again, twice at most. Throws E/CONTENT_MODIFIED when the files do not come to rest.
   */
  async consistently<T extends object>(answer: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const pauses = [...PAUSES_MS, null];
    while (pauses.length > 0) {
      const snapshot = await this.refresh();
      // Null where the servers have heard of another change before our turn came.
      const outcome = await this.answering.together(async () => (this.known === snapshot ? answer(snapshot).catch(changedMeanwhile) : null));
      if (outcome === null) continue;
      const pauseMs = pauses.shift() ?? null;
      const changed = await this.changedUnderServers(snapshot);
      const isRead = outcome instanceof Failure && outcome.code === 'E/CONTENT_MODIFIED' && !(outcome instanceof PassingRefusal);
      if (changed.length === 0 && !isRead) return orThrow(outcome);
      if (pauseMs === null) return orThrow(changed.length === 0 ? outcome : notAtRest(changed));
      await pause(pauseMs);
    }
    throw new Failure('E/INTERNAL', 'BUG: an answer was neither given nor refused');
  }

  /** Ends servers whose program is not the one that is installed any more, as a process of its own would start the new one. */
  replaceOutdatedServers(): void {
    for (const analysis of this.analyses.values()) if (analysis.isOutdated()) this.isBesideStale = true;
  }

  /** Equal texts mean equal choices of servers, beside what the snapshot says. */
  settings(): Awaitable<string> {
    return settingsText(this.workspace, this.usual.env);
  }

  /** Which server answers for a file, decided by this snapshot of the workspace. */
  specChooser(snapshot: Snapshot): Awaitable<ServerChooser> {
    const text = (path: string): Awaitable<string | null> => (snapshot.files.has(path) ? whenThere(this.sources.text(snapshot, path), (source) => source.text) : null);
    return specChooser({ text }, this.workspace, this.options, this.chooserMemory);
  }

  /** Which server answers for a file, decided by the tree that a step starts from. */
  stepSpecChooser(before: TextSource): Awaitable<ServerChooser> {
    return specChooser(before, this.workspace, this.options, this.chooserMemory);
  }

  /**
   * The servers over the user's own files; call refresh first. Diagnostics have servers of their own, because what pyright
   * infers in a loop depends on what it was asked before: a diagnostic must not depend on an earlier hover.
   */
  async live(purpose: 'navigation' | 'diagnostics'): Promise<Analysis> {
    const runDir = await this.privateFolder();
    // Nothing is waited for from here on: two requests may be the first.
    const running = this.analyses.get(purpose);
    if (running !== undefined) return running;
    const { root } = this.workspace;
    const analysis = new Analysis(this.followingRequests({ env: this.usual.env, memoryMaxBytes: this.usual.memoryMaxBytes, role: purpose, root, aliases: [], owns: (path) => this.known?.files.has(path) === true, interpreterRoot: root, runDir }));
    this.analyses.set(purpose, analysis);
    return analysis;
  }

  /** The files of the workspace as edits reach them. */
  editSession(): EditSession {
    return new EditSession(this.workspace, this.options.env);
  }

  /** A worktree of its own, which knows nothing yet and which the caller closes. */
  freshLab(): Promise<ShadowLab> {
    return this.openLab(new BaseStates());
  }

  private openLab(bases: BaseStates): Promise<ShadowLab> {
    return ShadowLab.open(this.workspace, { bases, words: this.words }, { ...this.options, timeoutMs: this.serverTimeoutMs });
  }

  /** Does `work` in one of the worktrees that steps are measured in. */
  inLab<T>(work: (lab: ShadowLab) => Promise<T>): Promise<T> {
    return this.labs.use(async (lab) => {
      try {
        return await work(lab);
      } finally {
        if (this.usual.recycleAboveBytes !== undefined) await lab.recycle(this.usual.recycleAboveBytes);
      }
    });
  }

  /** Which folders are linked into the worktrees may have changed, too. */
  private async areOutdated(labs: readonly ShadowLab[]): Promise<boolean> {
    if (labs.length === 0) await ensureStateDir(this.workspace.stateDir);
    // The first look at what lies beside need not know of repositories inside the workspace, and so not of its files.
    const isBesideSame = await this.labSurroundings.isSame(labs.length === 0 ? null : lookTogether(this.labSnapshots));
    return !isBesideSame || (currentTape() === null && labs.some((lab) => lab.isOutdated()));
  }

  /** The text of a file of the workspace as it was last read for an answer; undefined when it was not. */
  textOf(uri: string): string | undefined {
    return uri.startsWith('ext:') ? undefined : this.sources.textOf(pathFromUri(uri));
  }

  /** Ends every server, removes every temporary file and waits for what is to be kept. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.watchingImports?.catch(() => undefined);
    await this.settling;
    const { runFolder } = this;
    const analyses = [...this.analyses.values()];
    this.analyses.clear();
    this.runFolder = null;
    await Promise.all([...analyses.map((analysis) => analysis.close()), this.labs.close(), this.sources.close(), this.filesWatch.close(), this.besideWatch.close(), this.labWatch.close()]);
    if (runFolder !== null) await removeShadowFolder(await runFolder);
  }

  /** Files of which a running server may have read another content than the snapshot says. */
  private async changedUnderServers(snapshot: Snapshot): Promise<string[]> {
    const sessions = [...this.analyses.values()].flatMap((analysis) => analysis.used());
    if (sessions.length === 0 || (currentTape() === null && (await this.filesWatch.isQuietSince(snapshot)))) return [];
    return touchedBetween(snapshot, await lookTogether(this.snapshots)).filter((path) => sessions.some(({ spec }) => knows(spec, path) || spec.isSettingsFile(path) || snapshot.files.get(path)?.mode === 'symlink'));
  }

  private get serverTimeoutMs(): number {
    return Math.max(this.options.timeoutMs ?? 0, SERVER_TIMEOUT_MS);
  }

  /** For a request that does not say; undefined when nothing bounds it. */
  get usualTimeoutMs(): number | undefined {
    return this.usual.timeoutMs;
  }

  servers(): RunningServer[] {
    const live = [...this.analyses].flatMap(([purpose, analysis]) => analysis.running(purpose));
    return [...live, ...this.labs.open.flatMap(({ analysis }) => analysis.running('rewards'))];
  }

  /** A server that was started for one request serves the next ones under their own deadlines and logs. */
  private followingRequests(options: Omit<AnalysisOptions, 'timeoutMs' | 'onLog'>): AnalysisOptions {
    const timeoutMs = (): number => this.serverTimeoutMs;
    return {
      ...options,
      get timeoutMs() {
        return timeoutMs();
      },
      onLog: (line) => { this.log(line); },
      onStart: () => { this.serverStarts(); },
    };
  }

  private log(line: string): void {
    this.usual.onLog?.(line);
    for (const listener of this.listeners) listener(line);
  }

  private diskWatch(): DiskWatch {
    return new DiskWatch((reason) => { this.log(`for every question every file is looked at: ${reason}`); }, this.usual.expectsMore === true ? 0 : undefined);
  }

  private privateFolder(): Promise<string> {
    this.runFolder ??= createShadowFolder(this.workspace.stateDir).catch((error: unknown) => {
      this.runFolder = null;
      throw error;
    });
    return this.runFolder;
  }
}

/** Returns what a look saw that began after this call. */
async function lookTogether(looks: SharedRun<Snapshot>): Promise<Snapshot> {
  for (;;) {
    checkRequest();
    const { outcome, isOurs } = looks.next();
    if (isOurs) return outcome;
    // Whoever began it may have been cancelled meanwhile: then we look ourselves.
    const seen = await untilRequestEnds(outcome.catch(() => null));
    if (seen !== null) return seen;
  }
}

/** What servers have to hear: what they read between two snapshots is not known, so that a file that is as it was counts when it was written. */
function changesToTell(known: Snapshot, now: Snapshot): SnapshotChanges {
  const changes = snapshotChanges(known, now);
  return { ...changes, changed: [...changes.changed, ...now.rewritten] };
}

/** A failure that a file may have caused by changing; throws every other one. */
function changedMeanwhile(error: unknown): Failure {
  if (error instanceof Failure && !['E/LS_TIMEOUT', 'E/REQUEST_CANCELLED', 'E/INTERNAL'].includes(error.code)) return error;
  throw error;
}

function orThrow<T>(outcome: T | Failure): T {
  if (outcome instanceof Failure) throw outcome;
  return outcome;
}

function notAtRest(changed: readonly string[]): Failure {
  const [first = ''] = changed;
  return new Failure('E/CONTENT_MODIFIED', `${changed.length === 1 ? first : `${first} and others`} changed again and again while the question was answered`, {
    hint: 'Nothing was written. Ask again when whatever writes there has finished.',
    details: { paths: changed.slice(0, 20) },
  });
}
