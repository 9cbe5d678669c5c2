import type { Config } from '@oclif/core';
import { chmodSync, lstatSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { totalmem } from 'node:os';
import { onBehalfOf } from '../base/caller.js';
import { TOOL } from '../base/tool.js';
import { findCommand, runCommandLine } from '../commands/run-command-line.js';
import { residentBytes } from '../lsp/process-memory.js';
import { withEngines } from '../operations/engines.js';
import { findOperation } from '../operations/operations.js';
import { Connection } from './connection.js';
import { EngineHost, type HearAnswer } from './engine-host.js';
import { isWarm } from './place.js';
import { Replies } from './replies.js';
import { parseRequest, type ClientRequest, type ControlRequest, type DaemonStatus } from './protocol.js';

export interface DaemonOptions {
  /** Real path of the workspace. */
  readonly root: string;
  readonly socket: string;
  /** The file that this program was started from: when it changes, another version is installed. */
  readonly program: string;
  readonly config: Config;
  readonly idleMs: number;
  /** Of the daemon and its servers together. */
  readonly memoryMaxBytes: number;
}

export const IDLE_MS = 10 * 60_000;
export const MEMORY_MAX_BYTES = Math.max(2 ** 31, totalmem() / 4);

const CHECK_MS = 1000;

/**
 * Serves command lines for one workspace until nobody asks for a while, memory runs short, the workspace or the socket is gone, or
 * another version is installed. It then takes no more requests, ends those under way, and leaves nothing behind: the next
 * command starts a fresh one.
 */
export class Daemon {
  private readonly options: DaemonOptions;
  private readonly host: EngineHost;
  private readonly server: Server;
  private readonly startedAt = performance.now();
  private readonly programStamp: string;
  private readonly connections = new Set<Promise<void>>();
  private rootStamp = '';
  private socketStamp = '';
  private readonly replies = new Replies();
  private served = 0;
  private underWay = 0;
  private lastUsedAt = performance.now();
  private retiring: Promise<void> | null = null;
  private readonly checks: NodeJS.Timeout;

  private constructor(options: DaemonOptions) {
    this.options = options;
    this.host = new EngineHost(options.root);
    this.programStamp = stampOf(options.program, true);
    this.rootStamp = stampOf(options.root, false);
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.take(socket);
    });
    this.checks = setInterval(() => {
      this.check();
    }, CHECK_MS);
  }

  /** Listens; throws when another process holds the socket. */
  static async listen(options: DaemonOptions): Promise<Daemon> {
    const daemon = new Daemon(options);
    await new Promise<void>((resolve, reject) => {
      daemon.server.once('error', reject).listen(options.socket, resolve);
    });
    if (isPath(options.socket)) chmodSync(options.socket, 0o600);
    daemon.socketStamp = stampOf(options.socket, false);
    return daemon;
  }

  /** Resolves when the daemon has retired. */
  async finished(): Promise<void> {
    await new Promise((resolve) => this.server.once('close', resolve));
    await this.retiring;
  }

  /** Takes no more requests, waits for those under way and ends the servers. Safe to call again. */
  retire(reason: string): Promise<void> {
    this.retiring ??= this.leave(reason);
    return this.retiring;
  }

  private async leave(reason: string): Promise<void> {
    log(`retires: ${reason}`);
    clearInterval(this.checks);
    // Whoever comes now finds no socket and starts another daemon.
    if (isPath(this.options.socket) && stampOf(this.options.socket, false) === this.socketStamp) unlinkSync(this.options.socket);
    this.server.close();
    while (this.connections.size > 0) await Promise.all(this.connections);
    await this.host.close();
    log('is gone');
  }

  private take(socket: Socket): void {
    const work = this.serve(new Connection(socket))
      .catch((error: unknown) => {
        log(`BUG: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        socket.destroy();
      })
      .finally(() => {
        this.connections.delete(work);
      });
    this.connections.add(work);
  }

  private async serve(connection: Connection): Promise<void> {
    const line = await connection.request;
    if (line !== null && (await this.repeat(line, connection))) return;
    const request = line === null ? null : parseRequest(line);
    if (request !== null && 'control' in request) {
      this.obey(request, connection);
      return;
    }
    const isReplaced = request === null || stampOf(this.options.program, true) !== this.programStamp;
    // A connection that is closed without a word sends the client elsewhere.
    if (request === null || isReplaced || this.retiring !== null || !isWarm(request.argv) || findCommand(request.argv) === null) connection.reply('');
    else await this.run(line ?? '', request, connection);
    if (line !== null && isReplaced) void this.retire('another version of assay is installed');
  }

  private run(line: string, request: ClientRequest, connection: Connection): Promise<void> {
    return this.working(async () => {
      const answers: Parameters<HearAnswer>[0][] = [];
      const who = connection.accept(request, mayRunTwice(request.argv));
      await onBehalfOf(who, () => withEngines((options) => this.host.open(options, (isStill) => answers.push(isStill)), () => runCommandLine(request.argv, this.options.config)));
      const whole = connection.exit(who.exitCode ?? 0);
      const [isStill = null] = answers;
      if (whole !== null && isStill !== null && answers.length === 1) this.replies.set(line, { whole, isStill });
      this.served += 1;
    });
  }

  /** Answers the very request that was answered before, while what it was answered with still holds: nothing of it is even parsed. */
  private async repeat(line: string, connection: Connection): Promise<boolean> {
    const reply = this.replies.get(line);
    if (reply === null || this.retiring !== null || stampOf(this.options.program, true) !== this.programStamp) return false;
    return this.working(async () => {
      // Whatever is wrong, the command meets it, too, and says so.
      const isStill = await reply.isStill().catch(() => false);
      if (isStill) {
        connection.repeat(reply.whole);
        this.served += 1;
      } else this.replies.delete(line);
      return isStill;
    });
  }

  private async working<T>(work: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    try {
      return await work();
    } finally {
      this.underWay -= 1;
      this.lastUsedAt = performance.now();
    }
  }

  private obey({ control }: ControlRequest, connection: Connection): void {
    const mayStop = control === 'stop' || (control === 'stop-idle' && this.underWay === 0);
    connection.reply(`${JSON.stringify(this.status())}\n`);
    if (mayStop) void this.retire('was asked to');
  }

  private status(): DaemonStatus {
    return {
      pid: process.pid,
      version: TOOL.version,
      root: this.options.root,
      uptimeMs: Math.round(performance.now() - this.startedAt),
      idleMs: this.underWay > 0 ? 0 : Math.round(performance.now() - this.lastUsedAt),
      residentBytes: residentBytes(process.pid),
      requests: { served: this.served, underWay: this.underWay },
      ...this.host.status(),
    };
  }

  private check(): void {
    const { root, socket, idleMs, memoryMaxBytes } = this.options;
    if (stampOf(root, false) !== this.rootStamp) void this.retire('the workspace is gone');
    else if (isPath(socket) && stampOf(socket, false) !== this.socketStamp) void this.retire('the socket is gone, or is that of another daemon');
    else if (this.underWay === 0 && performance.now() - this.lastUsedAt > idleMs) void this.retire('nobody asked');
    else if (residentBytes(process.pid) > memoryMaxBytes) void this.retire('memory');
  }
}

/** True for a question: whether it was asked once or twice makes no difference. */
function mayRunTwice(argv: readonly string[]): boolean {
  const known = findCommand(argv);
  return known !== null && findOperation(known.id)?.isFunctionOfSnapshot === true && !argv.some((each) => each.startsWith('--trace-file'));
}

/** Windows has named pipes, which vanish with their process. */
function isPath(socket: string): boolean {
  return !socket.startsWith('\\\\.\\');
}

/** Which file is at a path; '' when there is none. */
function stampOf(path: string, withContent: boolean): string {
  try {
    const { dev, ino, size, mtimeMs } = withContent ? statSync(path) : lstatSync(path);
    return `${String(dev)} ${String(ino)}${withContent ? ` ${String(size)} ${String(mtimeMs)}` : ''}`;
  } catch {
    return '';
  }
}

/** Our stderr is the log file. */
export function log(line: string): void {
  writeSync(2, `${new Date().toISOString()} ${String(process.pid)} ${line}\n`);
}
