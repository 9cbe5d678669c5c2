import { extname } from 'node:path';
import { resolveInterpreter, type Interpreter } from '../lsp/interpreter.js';
import type { ServerSpec } from '../lsp/server-spec.js';
import { Session } from '../lsp/session.js';

export interface AnalysisOptions {
  readonly root: string;
  readonly aliases: readonly string[];
  /** Whether a workspace-relative path is one of the files that are analysed, also inside node_modules and their like. */
  readonly owns?: (path: string) => boolean;
  /** Where a virtual environment is looked for: the user's folder, also when the servers run on a shadow of it. */
  readonly interpreterRoot: string;
  /** An existing folder of our own: servers put their temporary files there, and it goes when the run ends. */
  readonly runDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly onLog?: (line: string) => void;
}

/** What became of files on disk since the servers were last told. Paths are workspace-relative. */
export interface FileChanges {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
}

/** The servers whose word an answer is, and the Python that they analysed with. */
export interface AskedServers {
  readonly sessions: readonly Session[];
  readonly interpreter: Interpreter | null;
}

export const NO_SERVERS: AskedServers = { sessions: [], interpreter: null };

/**
 * The running servers over one folder, at most one per kind, started when first asked. After `follow` they answer for the
 * new contents: by watch events where only contents changed, else by a fresh server, which cannot remember anything stale.
 */
export class Analysis {
  private readonly options: AnalysisOptions;
  private readonly sessions = new Map<string, Session>();
  private readonly starting = new Map<string, Promise<Session>>();
  private readonly used = new Map<string, Session>();
  /** The last server of each kind, running or not: what it said may still be known. */
  private readonly latest = new Map<string, Session>();
  private interpreter: Promise<Interpreter> | null = null;
  /** How many servers were started so far, to tell a cold answer from a warm one. */
  started = 0;

  constructor(options: AnalysisOptions) {
    this.options = options;
  }

  /** Returns the running server of this kind, or starts it: once, however many ask at the same time. */
  async session(spec: ServerSpec): Promise<Session> {
    const running = this.sessions.get(spec.id);
    const session = running?.alive === true ? running : await this.startOnce(spec);
    this.used.set(spec.id, session);
    return session;
  }

  /** Brings every running server up to date with what changed on disk. */
  async follow(changes: FileChanges): Promise<void> {
    for (const [id, session] of this.sessions) {
      if (needsFreshServer(session.spec, changes)) {
        this.sessions.delete(id);
        // Settings may name another virtual environment.
        if (session.spec.needsInterpreter) this.interpreter = null;
        await session.close();
      } else {
        await session.contentsChanged(changes.changed.filter((path) => knows(session.spec, path)));
      }
    }
  }

  /** Forgets which servers were asked, so that `asked` names those of one request. */
  startRequest(): void {
    this.used.clear();
  }

  /** Counts servers of these kinds as asked, because an answer rests on what they said earlier. */
  recall(specs: Iterable<ServerSpec>): void {
    for (const { id } of specs) {
      const session = this.used.get(id) ?? this.latest.get(id);
      if (session !== undefined) this.used.set(id, session);
    }
  }

  /** The servers that were asked since `startRequest`, also those that a change of the files has replaced meanwhile. */
  async asked(): Promise<AskedServers> {
    const sessions = [...this.used.values()];
    return { sessions, interpreter: sessions.some((session) => session.spec.needsInterpreter) ? await this.pythonInterpreter() : null };
  }

  /** The interpreter that Python is analysed with; resolved once. */
  pythonInterpreter(): Promise<Interpreter> {
    this.interpreter ??= resolveInterpreter({ workspaceRoot: this.options.interpreterRoot, env: this.options.env, runDir: this.options.runDir });
    return this.interpreter;
  }

  /** Ends those that hold more memory than this; one whose memory cannot be read stays. */
  async recycle(memoryMaxBytes: number): Promise<void> {
    for (const [id, session] of this.sessions) {
      if ((session.residentBytes() ?? 0) <= memoryMaxBytes) continue;
      this.sessions.delete(id);
      await session.close();
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.starting.values());
    const closing = [...this.sessions.values()].map((session) => session.close());
    this.sessions.clear();
    await Promise.all(closing);
  }

  private startOnce(spec: ServerSpec): Promise<Session> {
    const known = this.starting.get(spec.id);
    if (known !== undefined) return known;
    const start = this.start(spec).finally(() => this.starting.delete(spec.id));
    this.starting.set(spec.id, start);
    return start;
  }

  private async start(spec: ServerSpec): Promise<Session> {
    this.started += 1;
    const { root, aliases, owns, env, runDir, timeoutMs, onLog } = this.options;
    const session = await Session.start({
      spec,
      root,
      aliases,
      env: { ...env, TMPDIR: runDir },
      interpreter: spec.needsInterpreter ? await this.pythonInterpreter() : null,
      timeoutMs,
      ...(owns === undefined ? {} : { owns }),
      ...(onLog === undefined ? {} : { onLog }),
    });
    this.sessions.set(spec.id, session);
    this.latest.set(spec.id, session);
    return session;
  }
}

export function knows(spec: ServerSpec, path: string): boolean {
  return Object.hasOwn(spec.languageIds, extname(path));
}

/** A server is replaced when a file that it could import came or went, or when its settings changed. */
function needsFreshServer(spec: ServerSpec, changes: FileChanges): boolean {
  const all = [...changes.created, ...changes.changed, ...changes.deleted];
  if (all.some((path) => spec.isSettingsFile(path))) return true;
  if ([...changes.created, ...changes.deleted].some((path) => knows(spec, path))) return true;
  return !spec.followsWatchEvents && changes.changed.some((path) => knows(spec, path));
}

