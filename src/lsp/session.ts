import { tmpdir } from 'node:os';
import { isAbsolute } from 'node:path';
import { Failure } from '../base/failure.js';
import { observe, observeSync } from '../base/observe.js';
import { outsideRequests } from '../base/request-scope.js';
import { askAgain } from './ask-again.js';
import { CLIENT_CAPABILITIES } from './client-capabilities.js';
import { Connection } from './connection.js';
import type { Interpreter } from './interpreter.js';
import { holdsFileNamed, stampOfFiles } from './files.js';
import { openLine, type ServerLine } from './server-line.js';
import { incomingTo } from './server-requests.js';
import { OpenDocuments } from './open-documents.js';
import { defaultMemoryMax, residentBytes, watchMemory } from './process-memory.js';
import { PositionCodec, type PositionEncoding } from './position-codec.js';
import { checkPin } from './pins.js';
import { PushedDiagnostics, type Settled } from './pushed-diagnostics.js';
import { Readiness } from './readiness.js';
import { ServerEnd } from './server-failures.js';
import { mergeSettings } from './server-settings.js';
import { changeSettings, type Launch, type LaunchContext, type ServerSpec } from './server-spec.js';
import { NO_TRUST } from './trust.js';
import { ServerUris } from './server-uris.js';
import { spawnServer, type Command, type ServerProcess } from './spawn.js';
import { WantedEdits } from './wanted-edits.js';

export interface SessionOptions {
  readonly spec: ServerSpec;
  /** What the server is asked for, to tell those of one kind apart. */
  readonly role?: string;
  /** Real path of the folder that the server analyses. */
  readonly root: string;
  /** Other real paths of the same workspace; see ServerUris. */
  readonly aliases: readonly string[];
  /** Whether a path inside an installed package is a file of the workspace itself; see ServerUris. */
  readonly owns?: (path: string) => boolean;
  readonly env: NodeJS.ProcessEnv;
  /** The user's own folder, when `root` is a shadow of it. */
  readonly homeRoot?: string;
  /** An existing private folder of this run; default: the system's temporary folder, which only servers that write nothing there may get. */
  readonly runDir?: string;
  readonly interpreter: Interpreter | null;
  /** For the start, and for every single request, in milliseconds. */
  readonly timeoutMs: number;
  /** For a request that is made now; default: the same. */
  readonly timeoutNow?: () => number;
  /** What the server's processes may hold together; default: half of the machine's. */
  readonly memoryMaxBytes?: number | undefined;
  /** Aborted when a server that is being started is not wanted any more. */
  readonly signal?: AbortSignal;
  /** Hears what the server logs; for --verbose. */
  readonly onLog?: (line: string) => void;
}

/** The server as a bundle names it. */
export interface ServerDescription {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly positionEncoding: PositionEncoding;
}

/** What became of files. Paths are workspace-relative. */
export interface FilesChanged {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
}

const FOLDERS_MAX = 100_000;

interface Parts {
  readonly options: SessionOptions;
  readonly uris: ServerUris;
  readonly description: ServerDescription;
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly connection: ServerLine;
  readonly readiness: Readiness;
  readonly wantedEdits: WantedEdits;
  readonly pushed: PushedDiagnostics;
  readonly program: Program;
  readonly context: LaunchContext;
  readonly settings: string | null;
}

/** The files that a server was started from, and what tells them from those that replace them. */
interface Program {
  readonly files: readonly string[];
  readonly stamp: string;
}

const NO_PROGRAM: Program = { files: [], stamp: '' };

/**
 * One initialised language server over one folder. Its configuration never changes: a change of settings is a new session
 * (`isOutdatedBy`), and so is one of which files there are, unless the server sees them (`filesChanged`). Close it, whatever happened.
 */
export class Session {
  readonly spec: ServerSpec;
  readonly uris: ServerUris;
  readonly description: ServerDescription;
  readonly codec: PositionCodec;
  readonly documents: OpenDocuments;
  /** The server's answer to `initialize`, plus what it registered later as `true`. */
  readonly capabilities: Readonly<Record<string, unknown>>;
  /** What the server wants edited while it carries out a command. */
  readonly wantedEdits: WantedEdits;
  private readonly connection: ServerLine;
  private readonly readiness: Readiness;
  private readonly pushed: PushedDiagnostics;
  private readonly timeoutNow: () => number;
  /** Open documents that were sent before another file changed: what was published about them may be about that one's old content. */
  private readonly outdated = new Set<string>();
  private readonly root: string;
  private readonly program: Program;
  private readonly context: LaunchContext;
  /** What the settings said when it was started. */
  private readonly settings: string | null;
  private projectKnown: boolean | null = null;
  private isLeftOut: ((path: string) => boolean) | null = null;
  /** Counts the changes on disk that the server was told of, and what it was when the server last had to read a file. */
  private changes = 0;
  private readonly readAt = new Map<string, number>();
  /** True once the server has said that it found its source files. */
  areSourcesFound = false;

  private constructor({ options, uris, description, capabilities, connection, readiness, wantedEdits, pushed, program, context, settings }: Parts) {
    this.spec = options.spec;
    this.uris = uris;
    this.description = description;
    this.capabilities = capabilities;
    this.connection = connection;
    this.readiness = readiness;
    this.wantedEdits = wantedEdits;
    this.pushed = pushed;
    this.timeoutNow = options.timeoutNow ?? (() => options.timeoutMs);
    this.root = options.root;
    this.program = program;
    this.context = context;
    this.settings = settings;
    this.documents = new OpenDocuments((method, params) => this.notify(method, params), uris, options.spec);
    this.codec = new PositionCodec(description.positionEncoding, options.spec.positions, (file) => this.documents.isOpen(file));
  }

  /**
   * Starts the server of `options.spec`. Throws E/BAD_ARGUMENT for settings that it could not read, E/UNSUPPORTED_CAP when it is
   * not installed, E/VERSION_SKEW when it is not the pinned one, E/LS_CRASH when it refuses or dies, and E/LS_TIMEOUT when it is
   * late; then no process is left.
   */
  static start(options: SessionOptions): Promise<Session> {
    // Others may wait for the same server: its start is not bound by the request that happened to need it first.
    return outsideRequests(() => Session.launch(options));
  }

  private static async launch(options: SessionOptions): Promise<Session> {
    const { spec, root } = options;
    if (spec.settingsOf === null) spec.checkSettings(root);
    const settings = spec.settingsOf?.(root) ?? null;
    const { env, interpreter, homeRoot = root, runDir = tmpdir() } = options;
    const context: LaunchContext = { workspaceRoot: root, homeRoot, env, runDir, interpreter, trust: spec.trust ?? NO_TRUST };
    let launch: Launch | null = null;
    const name = observeSync({ what: 'launch', key: spec.id }, () => (launch = spec.locate(context))?.packageName ?? null);
    if (name === null) throw notInstalled(spec);
    const identity = observe({ what: 'version and integrity', key: spec.id }, () => identityOf(launch));
    // It is awaited below; a server that cannot be started must not leave its rejection unheard.
    identity.catch(() => undefined);
    const uris = new ServerUris(root, options.aliases, options.owns);
    const readiness = new Readiness(spec.ready);
    const pushed = new PushedDiagnostics();
    const registered: Record<string, unknown> = {};
    const wantedEdits = new WantedEdits();
    const log = (message: string): void => options.onLog?.(`[${spec.id}] ${message}`);
    const incoming = incomingTo({
      configuration: async (section) => spec.configuration(section, context, await options.interpreter?.serverPythonPath),
      workspaceFolders: () => [{ uri: uris.rootUri, name: 'workspace' }],
      registered: (method) => {
        registered[method] = true;
      },
      editWanted: (edit) => {
        wantedEdits.hear(edit);
      },
      logged: (message) => {
        readiness.hearLog(message);
        log(message);
      },
      notified: (method, params) => {
        readiness.hear(method, params);
        pushed.hear(method, params);
      },
    });
    let program = NO_PROGRAM;
    const connection = openLine(`${spec.id} ${options.role ?? 'alone'}`, incoming, (heard) => {
      spec.prepare?.(context);
      const { command } = located(launch);
      program = programOf(command);
      const server = spawnServer(command, root, { ...env, ...spec.environment?.(context) });
      const live = new Connection(server, spec.id, heard, log);
      boundMemory(server, live, options);
      return live;
    });
    const unwanted = (): void => void connection.shutdown();
    options.signal?.addEventListener('abort', unwanted, { once: true });
    try {
      options.signal?.throwIfAborted();
      const [capabilities, [version, integrity]] = await Promise.all([initialize(connection, uris, context, options), identity]);
      const description = { name, version, integrity, positionEncoding: encodingOf(capabilities) };
      checkPin(spec, description);
      return new Session({ options, uris, description, capabilities: Object.assign(registered, capabilities), connection, readiness, wantedEdits, pushed, program, context, settings });
    } catch (error) {
      await connection.shutdown();
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', unwanted);
    }
  }

  /** False once the server is gone or being closed; then every request is refused, and a new session is needed. */
  get alive(): boolean {
    return this.connection.alive;
  }

  /** True when the program on disk is not the one that was started. */
  isOutdated(): boolean {
    return stampOfFiles(this.program.files) !== this.program.stamp;
  }

  /** What the server's processes hold in memory; 0 where the system does not say. */
  residentBytes(): number {
    return this.connection.processId === null ? 0 : residentBytes(this.connection.processId);
  }

  /** Asks a question that changes nothing. One that the server refuses for the moment is asked again. */
  request(method: string, params: unknown, what?: string): Promise<unknown> {
    return askAgain(() => this.connection.request(method, params, this.timeoutNow(), what));
  }

  notify(method: string, params: unknown): Promise<void> {
    return this.connection.notify(method, params, this.timeoutNow());
  }

  /** Resolves when the server has said that it found its source files, with true; false when it says no such thing at all. */
  async sourcesFound(): Promise<boolean> {
    const { ready } = this.spec;
    if (this.areSourcesFound) return true;
    if (ready === null || (ready.kind === 'progress' && ready.opens && !this.documents.hasAny)) return false;
    this.areSourcesFound = (await this.inTime(this.readiness.found, 'find its source files', 'source files')) === 'ready';
    if (this.areSourcesFound) return true;
    throw new Failure('E/LS_CRASH', `${this.spec.id} could not load the workspace`, {
      hint: 'Nothing was written. --verbose shows what it said; assay doctor says more.',
      details: { server: this.spec.id },
    });
  }

  /** What the server published for the content that it was last sent of an open file, as it came. */
  async pushedDiagnostics(path: string): Promise<Settled> {
    // A new version makes the server speak again, also where the file itself is the same.
    if (this.outdated.delete(path)) await this.documents.reread([path]);
    return this.inTime(this.pushed.settled(this.uris.fileUri(path), this.documents.versionOf(path) ?? 0), `publish the diagnostics of ${path}`, 'published diagnostics');
  }

  /** True when the workspace has a project file anywhere; then a file outside every project is excluded, as on the command line. */
  hasProject(): boolean {
    this.projectKnown ??= this.spec.projectFiles !== null && holdsFileNamed(this.root, this.spec.projectFiles, FOLDERS_MAX);
    return this.projectKnown;
  }

  /** True when a change of these files means a new server. */
  isOutdatedBy(paths: readonly string[]): boolean {
    return changeSettings(this.spec, this.root, this.settings, paths);
  }

  /** True when the settings are known to leave a file out, whatever the server answers for it. */
  leavesOut(path: string): boolean {
    this.isLeftOut ??= this.spec.leavesOut(this.root, (section) => this.spec.configuration(section, this.context));
    return this.isLeftOut(path);
  }

  /**
   * Tells the server which workspace-relative files came and went, and has it look for its files again; `known` is what ServerSpec.toldBy
   * returned. What is asked next waits until it has.
   */
  async filesChanged({ created, changed, deleted }: FilesChanged, known: string): Promise<void> {
    // What it has still to say of an earlier look must not be taken for this one.
    await this.sourcesFound();
    for (const path of deleted) await this.documents.close(path);
    for (const path of [...created, ...deleted]) this.codec.forget(this.uris.absolutePath(path));
    await this.contentsChanged(changed);
    this.changes += 1;
    this.areSourcesFound = false;
    this.isLeftOut = null;
    this.readiness.again();
    const events = (paths: readonly string[], type: number): unknown[] => paths.map((path) => ({ uri: this.uris.fileUri(path), type }));
    await this.notify('workspace/didChangeWatchedFiles', { changes: [...events([...created, known], 1), ...events(deleted, 3)] });
  }

  /** Tells the server that the contents of these workspace-relative files changed on disk. They must still exist. */
  async contentsChanged(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    this.changes += 1;
    for (const path of paths) {
      this.codec.forget(this.uris.absolutePath(path));
      this.readAt.set(path, this.changes);
    }
    for (const path of this.documents.paths) {
      this.pushed.forget(this.uris.fileUri(path));
      if (!paths.includes(path)) this.outdated.add(path);
      else this.outdated.delete(path);
    }
    await this.documents.reread(paths);
    if (this.spec.opensChangedFiles) for (const path of paths) await this.documents.open(path);
    await this.notify('workspace/didChangeWatchedFiles', { changes: paths.map((path) => ({ uri: this.uris.fileUri(path), type: 2 })) });
  }

  /**
   * Has the server read files anew that it read before the last change of others. Call it before their diagnostics are asked for, once for all
   * of them: what is worked out for one is used for the next. pyright leaves errors that it came across in a file, while it looked
   * at another one, with the text that it read, and repeats them when that is checked, whatever has changed since.
   */
  async readAnew(paths: Iterable<string>): Promise<void> {
    if (!this.spec.keepsOldFindings) return;
    for (const path of paths) {
      if ((this.readAt.get(path) ?? 0) === this.changes) continue;
      this.readAt.set(path, this.changes);
      await this.documents.touch(path);
    }
  }

  /** Ends the server and its process group within about 4 s; requests under way fail with E/REQUEST_CANCELLED. Safe to call again. */
  close(): Promise<void> {
    return this.connection.shutdown();
  }

  private inTime<T>(work: Promise<T>, what: string, request: string): Promise<T> {
    const late = (timeoutMs: number): Failure =>
      new Failure('E/LS_TIMEOUT', `${this.spec.id} did not ${what} within ${String(timeoutMs)} ms`, {
        hint: 'Nothing was written. Try again with a larger --timeout.',
        details: { server: this.spec.id, request, timeoutMs },
      });
    return this.connection.within(work, this.timeoutNow(), late);
  }
}

function programOf({ executable, args }: Command): Program {
  const files = [executable, ...args.filter((arg) => isAbsolute(arg))];
  return { files, stamp: stampOfFiles(files) };
}

/** Null only in a replay, which asks for nothing below. */
function located(launch: Launch | null): Launch {
  if (launch === null) throw new TypeError('BUG: a server is started that was not looked for');
  return launch;
}

function identityOf(launch: Launch | null): Promise<[version: string, integrity: string]> {
  const { version, integrity } = located(launch);
  return Promise.all([version(), integrity()]);
}

/** Says how to install a server that was chosen and is not there. */
export function notInstalled({ id, install }: ServerSpec): Failure {
  return new Failure('E/UNSUPPORTED_CAP', `${id} is not installed: it is neither beside assay nor on PATH outside the workspace`, {
    hint: `To install it: ${install}. Nothing was started.`,
    details: { server: id },
  });
}

/** Stops a server that holds more memory than it may. */
function boundMemory(server: ServerProcess, connection: Connection, { spec, memoryMaxBytes = defaultMemoryMax() }: SessionOptions): void {
  if (server.processId === null) return;
  const unwatch = watchMemory(server.processId, memoryMaxBytes, (bytes) => {
    const [held, allowed] = [bytes, memoryMaxBytes].map((count) => Math.round(count / 1024 / 1024));
    connection.giveUp(
      new ServerEnd(`${spec.id} held ${String(held)} MiB of memory, more than the ${String(allowed)} MiB that it may, and was stopped`, {
        hint: 'Nothing was written. Leave large folders out in the settings of the project.',
        details: { server: spec.id, memoryMaxMiB: allowed },
      }, 1),
    );
  });
  void server.ended.then(unwatch);
}

async function initialize(connection: ServerLine, uris: ServerUris, context: LaunchContext, { spec, timeoutMs }: SessionOptions): Promise<Record<string, unknown>> {
  const params = {
    processId: observeSync({ what: 'process', key: null }, () => process.pid),
    clientInfo: { name: 'assay' },
    locale: 'en',
    rootUri: uris.rootUri,
    workspaceFolders: [{ uri: uris.rootUri, name: 'workspace' }],
    capabilities: mergeSettings(CLIENT_CAPABILITIES, spec.clientCapabilities),
    initializationOptions: spec.initializationOptions(context),
  };
  const result = (await connection.request('initialize', params, timeoutMs, 'initialize')) as { capabilities?: Record<string, unknown> | null } | null;
  const capabilities = result?.capabilities;
  if (typeof capabilities !== 'object' || capabilities === null) throw new Failure('E/LS_CRASH', `${spec.id} answered initialize without capabilities`, { hint: 'Is it a language server?' });
  await connection.notify('initialized', {}, timeoutMs);
  return capabilities;
}

function encodingOf(capabilities: Readonly<Record<string, unknown>>): PositionEncoding {
  return capabilities['positionEncoding'] === 'utf-8' ? 'utf-8' : 'utf-16';
}
