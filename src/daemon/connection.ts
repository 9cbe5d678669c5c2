import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import type { Caller, CallerStream } from '../base/caller.js';
import { FRAME, framesOf, REQUEST_MAX_BYTES, type ClientRequest } from './protocol.js';

/** A client that has gone says so by a closed socket, unless it has closed its half after its standard input: then we ask by writing. */
const LIFE_SIGN_MS = 500;
/** A request comes in one piece as soon as the connection stands. */
const REQUEST_MS = 10_000;

/** One client: its request line, then its standard input and our frames. */
export class Connection {
  private readonly socket: Socket;
  private readonly input = new PassThrough();
  private readonly gone = new AbortController();
  private isInputOpen = false;
  private lifeSigns: NodeJS.Timeout | null = null;
  /** Resolves with the first line; with null when the client leaves before, or sends too much. */
  readonly request: Promise<string | null>;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.setTimeout(REQUEST_MS, () => socket.destroy());
    socket.on('close', () => {
      this.leave();
    });
    this.request = new Promise((resolve) => {
      let head: Buffer = Buffer.alloc(0);
      socket.on('close', () => {
        resolve(null);
      });
      socket.on('end', () => {
        resolve(null);
        this.inputEnded();
      });
      const onHead = (chunk: Buffer): void => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\n');
        if (end < 0 && head.length <= REQUEST_MAX_BYTES) return;
        socket.off('data', onHead);
        socket.setTimeout(0);
        socket.on('data', (more: Buffer) => {
          this.hear(more);
        });
        this.input.on('drain', () => socket.resume());
        if (end >= 0) this.hear(head.subarray(end + 1));
        resolve(end < 0 ? null : head.subarray(0, end).toString('utf8'));
      };
      socket.on('data', onHead);
    });
  }

  /** Says that the command runs here; from now on a closed connection is a lost daemon. */
  accept({ argv: _, env, cwd, tty }: ClientRequest): Caller {
    this.send(FRAME.accepted, '', () => undefined);
    return {
      cwd,
      env,
      stdout: this.stream(FRAME.stdout, tty[0]),
      stderr: this.stream(FRAME.stderr, tty[1]),
      stdin: () => this.openInput(),
      exitCode: undefined,
      signal: this.gone.signal,
    };
  }

  /** Ends the command with its exit code. */
  exit(code: number): void {
    clearInterval(this.lifeSigns ?? undefined);
    if (!this.socket.destroyed) this.socket.end(Buffer.concat(framesOf(FRAME.exit, Buffer.from([code]))));
  }

  /** Answers a control request, or with nothing refuses what was sent. */
  reply(line: string): void {
    this.socket.end(line);
  }

  private stream(kind: number, isTTY: boolean): CallerStream {
    return {
      isTTY,
      write: (text, written) => {
        this.send(kind, text, written);
      },
    };
  }

  /** Calls back when the client has been handed all of it: one that reads slowly slows us down. */
  private send(kind: number, text: string, written: () => void): void {
    if (this.socket.destroyed || !this.socket.writable) {
      written();
      return;
    }
    this.socket.write(Buffer.concat(framesOf(kind, Buffer.from(text, 'utf8'))), () => {
      written();
    });
  }

  private openInput(): NodeJS.ReadableStream {
    if (!this.isInputOpen) this.send(FRAME.openStdin, '', () => undefined);
    this.isInputOpen = true;
    return this.input;
  }

  private hear(chunk: Buffer): void {
    if (chunk.length > 0 && !this.input.write(chunk)) this.socket.pause();
  }

  private inputEnded(): void {
    this.input.end();
    if (!this.isInputOpen) this.leave();
    else this.lifeSigns ??= setInterval(() => { this.send(FRAME.accepted, '', () => undefined); }, LIFE_SIGN_MS);
  }

  private leave(): void {
    clearInterval(this.lifeSigns ?? undefined);
    this.input.destroy();
    this.socket.destroy();
    // Without a reason an error with its stack would be made of each client that is done.
    this.gone.abort('the client has gone');
  }
}
