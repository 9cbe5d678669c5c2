import { Failure } from '../base/failure.js';
import { pause, PerRequest, remainingMs, untilRequestEnds } from '../base/request-scope.js';
import { namesIn } from '../lsp/files.js';
import { resolveInterpreter, type Interpreter } from '../lsp/interpreter.js';
import { knows } from '../lsp/registry.js';
import type { ServerSpec } from '../lsp/server-spec.js';
import { NO_TRUST, type Trust } from '../lsp/trust.js';
import { ServerEnd } from '../lsp/server-failures.js';
import { Session, type FilesChanged } from '../lsp/session.js';
import { groupBy } from '../base/group-by.js';

export interface AnalysisOptions {
  /** What these servers are asked for; see SessionOptions. */
  readonly role: string;
  readonly root: string;
  readonly aliases: readonly string[];
  /** Whether a workspace-relative path is one of the files that are analysed, also inside node_modules and their like. */
  readonly owns?: (path: string) => boolean;
  /** Where a virtual environment is looked for: the user's folder, also when the servers run on a shadow of it. */
  readonly interpreterRoot: string;
  /** An existing folder of our own: servers put their temporary files there, and it goes when the run ends. */
  readonly runDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** For every single request to a server, in milliseconds: as the running request has it. */
  readonly timeoutMs: number;
  readonly memoryMaxBytes?: number | undefined;
  readonly onLog?: (line: string) => void;
  /** Called when it is known what a server is about to be started with. */
  readonly onStart?: () => void;
}

interface Starting {
  readonly session: Promise<Session>;
  readonly controller: AbortController;
}

/** What is waited before the server that takes the place of one that died. */
const RESTART_PAUSES_MS = [50, 250];

/** What became of files on disk since the servers were last told. */
export interface FileChanges extends FilesChanged {
  /** True when a symlink came, went or leads elsewhere. */
  readonly links?: boolean;
  /** What is known of the files that a server's settings include, of those that did not change; see ServerSpec.toldBy. */
  readonly includedBy?: (spec: ServerSpec) => readonly string[];
}

/** The servers whose word an answer is, and the Python that they analysed with. */
export interface AskedServers {
  readonly sessions: readonly Session[];
  readonly interpreter: Interpreter | null;
}

/** A server that runs, for people who want to know. */
export interface RunningServer {
  readonly id: string;
  readonly version: string;
  readonly purpose: string;
  readonly residentBytes: number | null;
}

const startedIn = new PerRequest(() => ({ isCold: false }));

/** True when the running request has started a server. */
export function isColdRequest(): boolean {
  return startedIn.own.isCold;
}

export const NO_SERVERS: AskedServers = { sessions: [], interpreter: null };

/**
 * The running servers over one folder, at most one per kind, started when first asked. After `follow` they answer for the
 * new contents: by watch events where only contents changed or the server sees what came and went, else by a fresh server, which cannot remember anything stale.
 */
export class Analysis {
  private readonly options: AnalysisOptions;
  private readonly sessions = new Map<string, Session>();
  private readonly starting = new Map<string, Starting>();
  /** How many servers of a kind have died in a request. */
  private readonly deathsIn = new PerRequest(() => new Map<string, number>());
  private readonly usedIn = new PerRequest(() => new Map<string, Session>());
  /** The last server of each kind, running or not: what it said may still be known. */
  private readonly latest = new Map<string, Session>();
  private interpreter: Promise<Interpreter> | null = null;
  /** The one that is known to have answered in time. */
  private timelyPython: Promise<Interpreter> | null = null;

  constructor(options: AnalysisOptions) {
    this.options = options;
  }

  /** Returns the running server of this kind, or starts it: once, however many ask at the same time. */
  async session(spec: ServerSpec): Promise<Session> {
    const running = this.sessions.get(spec.id);
    // Another configuration, pin or trust is another server.
    if (running !== undefined && !isSameServer(running.spec, spec)) {
      this.sessions.delete(spec.id);
      if (spec.needsInterpreter) this.interpreter = null;
      await running.close();
    }
    const known = this.sessions.get(spec.id);
    const session = known?.alive === true ? known : await untilRequestEnds(this.startOnce(spec));
    if (spec.needsInterpreter && (this.timelyPython === null || this.timelyPython !== this.interpreter)) await this.refuseLatePython(spec);
    this.usedIn.own.set(spec.id, session);
    return session;
  }

  /**
   * Returns what `work` finds out from the server of this kind. When that dies, another takes its place and is asked the same,
   * once or twice in one request; then its end is the answer.
   */
  async ask<T>(spec: ServerSpec, work: (session: Session) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work(await this.session(spec));
      } catch (error) {
        if (!(error instanceof ServerEnd)) throw error;
        const deaths = (this.deathsIn.own.get(spec.id) ?? 0) + 1;
        this.deathsIn.own.set(spec.id, deaths);
        const pauseMs = RESTART_PAUSES_MS[deaths - 1] ?? Infinity;
        if (deaths > error.restartsMax || remainingMs() <= pauseMs) throw deaths === 1 ? error : error.afterAttempts(deaths);
        await pause(pauseMs);
      }
    }
  }

  /** Brings every running server up to date with what changed on disk. One that is being started may have read the disk before. */
  async follow(changes: FileChanges): Promise<void> {
    if (changes.created.length + changes.changed.length + changes.deleted.length > 0) this.stopStarting();
    // No server of its own would notice that it is another one.
    if (![...this.sessions.values()].some((session) => session.alive && session.spec.needsInterpreter)) this.interpreter = null;
    // Where a link leads is not known, so neither is what it brings.
    if (changes.links === true) return this.restart();
    for (const [id, session] of this.sessions) {
      if (!session.alive) {
        this.sessions.delete(id);
        continue;
      }
      const tell = wayToTell(session, changes);
      if (tell === null) {
        this.sessions.delete(id);
        // Settings may name another virtual environment.
        if (session.spec.needsInterpreter) this.interpreter = null;
        await session.close();
      } else {
        await tell().catch(toleratingEnd);
      }
    }
  }

  /** Has the servers read these files anew where they would repeat what they found before, all that one is asked about at once; see Session.readAnew. */
  async readAnew(paths: readonly string[], specOf: (path: string) => ServerSpec | null): Promise<void> {
    for (const [spec, ofSpec] of groupBy(paths, specOf)) await this.ask(spec, (session) => session.readAnew(ofSpec));
  }

  /** While `work` runs, the servers hold these texts in place of those on disk. A server that is started meanwhile does not. */
  async pretending<T>(texts: ReadonlyMap<string, string>, specOf: (path: string) => ServerSpec | null, work: () => Promise<T>): Promise<T> {
    const told = new Map<string, Session>();
    try {
      for (const [path, text] of texts) {
        const spec = specOf(path);
        if (spec !== null) await this.ask(spec, (session) => (told.set(path, session), session.documents.pretend(path, text)));
      }
      return await work();
    } finally {
      for (const [path, session] of told) if (session.alive) await session.documents.restore(path).catch(toleratingEnd);
    }
  }

  /** Ends every server: what they read beside the workspace's files has changed. The next question starts fresh ones. */
  async restart(): Promise<void> {
    this.stopStarting();
    const closing = [...this.sessions.values()].map((session) => session.close());
    this.sessions.clear();
    this.interpreter = null;
    await Promise.all(closing);
  }

  /** True when the program of a running server has been replaced on disk. */
  isOutdated(): boolean {
    return [...this.sessions.values()].some((session) => session.isOutdated());
  }

  /** Where the Python in use looks for imports; nowhere when none is in use. */
  async searchPaths(): Promise<readonly string[]> {
    return this.interpreter === null ? [] : (await (await this.interpreter).facts).searchPaths;
  }

  /** True when a module of one of these names may lie where a server looks for libraries, or it is not known where that is. */
  async librariesHave(spec: ServerSpec, names: readonly string[]): Promise<boolean> {
    const own = spec.libraryFolders();
    if (own === null) return true;
    const { searchPaths } = spec.needsInterpreter ? await (await this.pythonInterpreter(spec.trust)).facts : { searchPaths: [] };
    const wanted = new Set(names);
    return [...own, ...searchPaths].some((folder) => namesIn(folder).some((name) => wanted.has(name.replace(/(?:-stubs)?(?:\..*)?$/, ''))));
  }

  /** A server that was started without knowing its Python would answer otherwise than one that knows it: the next request starts another. */
  private async refuseLatePython({ trust }: ServerSpec): Promise<void> {
    const asked = this.pythonInterpreter(trust);
    const interpreter = await asked;
    const { isLate, problem } = await untilRequestEnds(interpreter.facts);
    if (isLate !== true) {
      this.timelyPython = asked;
      return;
    }
    await this.restart();
    throw new Failure('E/LS_TIMEOUT', problem ?? 'the Python did not answer', { hint: 'Nothing was written. Ask again; assay doctor says which Python is asked.', details: { python: interpreter.source } });
  }

  /** Counts servers of these kinds as asked, because an answer rests on what they said earlier. */
  recall(specs: Iterable<ServerSpec>): void {
    const used = this.usedIn.own;
    for (const { id } of specs) {
      const session = used.get(id) ?? this.latest.get(id);
      if (session !== undefined) used.set(id, session);
    }
  }

  /** The servers that the running request has asked, also those that a change of the files has replaced meanwhile. */
  async asked(): Promise<AskedServers> {
    const sessions = this.used();
    return { sessions, interpreter: sessions.some((session) => session.spec.needsInterpreter) ? await this.pythonInterpreter() : null };
  }

  used(): readonly Session[] {
    return [...this.usedIn.own.values()];
  }

  /** Stands for the Python in use: another one is not equal. */
  get python(): unknown {
    return this.interpreter;
  }

  /** The servers that run now. */
  running(purpose: string): RunningServer[] {
    const alive = [...this.sessions.values()].filter((session) => session.alive);
    return alive.map((session) => ({ id: session.spec.id, version: session.description.version, purpose, residentBytes: session.residentBytes() }));
  }

  /** The interpreter that Python is analysed with; resolved once. */
  pythonInterpreter(trust?: Trust): Promise<Interpreter> {
    const { interpreterRoot, env, runDir, timeoutMs } = this.options;
    this.interpreter ??= resolveInterpreter({ workspaceRoot: interpreterRoot, env, runDir, answerMs: timeoutMs, ...(trust === undefined ? {} : { trust }) });
    return this.interpreter;
  }

  /** Ends those that hold more memory than this; one whose memory cannot be read stays. */
  async recycle(memoryMaxBytes: number): Promise<void> {
    for (const [id, session] of this.sessions) {
      if (session.residentBytes() <= memoryMaxBytes) continue;
      this.sessions.delete(id);
      await session.close();
    }
  }

  async close(): Promise<void> {
    const starting = [...this.starting.values()].map(({ session }) => session);
    this.stopStarting();
    await Promise.allSettled(starting);
    const closing = [...this.sessions.values()].map((session) => session.close());
    this.sessions.clear();
    await Promise.all(closing);
  }

  private startOnce(spec: ServerSpec): Promise<Session> {
    const known = this.starting.get(spec.id);
    if (known !== undefined) return known.session;
    const controller = new AbortController();
    const session = this.start(spec, controller.signal).finally(() => {
      if (this.starting.get(spec.id)?.controller === controller) this.starting.delete(spec.id);
    });
    // Whoever waited may have given up.
    session.catch(() => undefined);
    this.starting.set(spec.id, { session, controller });
    return session;
  }

  private stopStarting(): void {
    for (const { controller } of this.starting.values()) controller.abort(new Failure('E/REQUEST_CANCELLED', 'the server is not wanted any more'));
    this.starting.clear();
  }

  private async start(spec: ServerSpec, signal: AbortSignal): Promise<Session> {
    startedIn.own.isCold = true;
    const { role, root, aliases, owns, interpreterRoot, env, runDir, timeoutMs, memoryMaxBytes, onLog, onStart } = this.options;
    const interpreter = spec.needsInterpreter ? await this.pythonInterpreter(spec.trust) : null;
    onStart?.();
    const session = await Session.start({
      spec,
      role,
      root,
      aliases,
      env: { ...env, TMPDIR: runDir },
      homeRoot: interpreterRoot,
      runDir,
      interpreter,
      timeoutMs,
      timeoutNow: () => this.options.timeoutMs,
      memoryMaxBytes,
      signal,
      ...(owns === undefined ? {} : { owns }),
      ...(onLog === undefined ? {} : { onLog }),
    });
    if (signal.aborted) {
      await session.close();
      throw signal.reason;
    }
    this.sessions.set(spec.id, session);
    this.latest.set(spec.id, session);
    return session;
  }
}

function isSameServer(a: ServerSpec, b: ServerSpec): boolean {
  if (a === b) return true;
  const trusted = ({ trust = NO_TRUST }: ServerSpec): string => [...trust].sort().join(' ');
  return trusted(a) === trusted(b) && a.configured === b.configured && JSON.stringify(a.pin) === JSON.stringify(b.pin);
}

/** Returns how a running server is told; null when it is replaced: its settings changed, or it would not see what changed. */
function wayToTell(session: Session, changes: FileChanges): (() => Promise<void>) | null {
  const { spec } = session;
  const lists = [changes.created, changes.changed, changes.deleted];
  if (session.isOutdatedBy(lists.flat())) return null;
  const [created = [], changed = [], deleted = []] = lists.map((paths) => paths.filter((path) => knows(spec, path)));
  // Files that it could import.
  const moved = [...created, ...deleted];
  if (moved.length > 0) {
    const known = spec.toldBy(moved, changes.includedBy?.(spec) ?? []);
    return known === null ? null : () => session.filesChanged({ created, changed, deleted }, known);
  }
  return changed.length === 0 || spec.followsWatchEvents ? () => session.contentsChanged(changed) : null;
}

/** A server that is found dead when it is told something is replaced when it is asked something. */
function toleratingEnd(error: unknown): void {
  if (!(error instanceof ServerEnd)) throw error;
}
