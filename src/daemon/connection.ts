import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import type { Caller, CallerStream } from '../base/caller.js';
import { FRAME, framesOf, REQUEST_MAX_BYTES, type ClientRequest } from './protocol.js';

/** A client that has gone says so by a closed socket, unless it has closed its half after its standard input: then we ask by writing. */
const LIFE_SIGN_MS = 500;
/** A request comes in one piece as soon as the connection stands. */
const REQUEST_MS = 10_000;
/** What is answered within this time goes out in one piece: each piece costs both sides a turn. */
const HOLD_MS = 10;
const HELD_MAX_BYTES = 64 * 1024;

/** One client: its request line, then its standard input and our frames. */
export class Connection {
  private readonly socket: Socket;
  /** Null until somebody reads or writes it. */
  private input: PassThrough | null = null;
  /** Null until a command runs. */
  private gone: AbortController | null = null;
  private hasLeft = false;
  private isInputOpen = false;
  private lifeSigns: NodeJS.Timeout | null = null;
  /** Frames that have not gone out; null when each goes at once. */
  private held: Buffer[] | null = null;
  private heldBytes = 0;
  private release: NodeJS.Timeout | undefined;
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
        if (end >= 0) this.hear(head.subarray(end + 1));
        resolve(end < 0 ? null : head.subarray(0, end).toString('utf8'));
      };
      socket.on('data', onHead);
    });
  }

  /**
   * Says that the command runs here: once that has gone out, a closed connection is a lost daemon, before it the client runs the command
   * itself. So `mayHold`, which lets it go out with the output, is for what may be done twice.
   */
  accept({ argv: _, env, cwd, tty }: ClientRequest, mayHold: boolean): Caller {
    if (mayHold) {
      this.held = [];
      this.release = setTimeout(() => { this.flush(); }, HOLD_MS);
    }
    this.send(FRAME.accepted, '', () => undefined);
    this.gone = new AbortController();
    if (this.hasLeft) this.leave();
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

  /** Ends the command with its exit code. Returns all that the client was sent, where that went out in one piece; else null. */
  exit(code: number): Buffer | null {
    clearInterval(this.lifeSigns ?? undefined);
    clearTimeout(this.release);
    const rest = Buffer.concat([...(this.held ?? []), ...framesOf(FRAME.exit, Buffer.from([code]))]);
    if (!this.socket.destroyed) this.socket.end(rest);
    return this.held === null ? null : rest;
  }

  /** Sends what `exit` has returned for the same request. */
  repeat(whole: Buffer): void {
    this.socket.end(whole);
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
    const frames = Buffer.concat(framesOf(kind, Buffer.from(text, 'utf8')));
    if (this.held !== null) {
      this.held.push(frames);
      this.heldBytes += frames.length;
      if (this.heldBytes <= HELD_MAX_BYTES) written();
      else this.flush(written);
      return;
    }
    this.socket.write(frames, () => {
      written();
    });
  }

  /** From now on everything goes out at once. */
  private flush(written: () => void = () => undefined): void {
    const { held } = this;
    this.held = null;
    clearTimeout(this.release);
    if (held === null || this.socket.destroyed || !this.socket.writable) written();
    else this.socket.write(Buffer.concat(held), () => { written(); });
  }

  private openInput(): NodeJS.ReadableStream {
    this.flush();
    if (!this.isInputOpen) this.send(FRAME.openStdin, '', () => undefined);
    this.isInputOpen = true;
    return this.madeInput();
  }

  private madeInput(): PassThrough {
    this.input ??= new PassThrough().on('drain', () => this.socket.resume());
    if (this.hasLeft) this.input.destroy();
    return this.input;
  }

  private hear(chunk: Buffer): void {
    if (chunk.length > 0 && !this.madeInput().write(chunk)) this.socket.pause();
  }

  private inputEnded(): void {
    if (!this.isInputOpen) {
      this.leave();
      return;
    }
    this.madeInput().end();
    this.lifeSigns ??= setInterval(() => { this.send(FRAME.accepted, '', () => undefined); }, LIFE_SIGN_MS);
  }

  private leave(): void {
    this.hasLeft = true;
    clearInterval(this.lifeSigns ?? undefined);
    clearTimeout(this.release);
    this.input?.destroy();
    this.socket.destroy();
    // Without a reason an error with its stack would be made of each client that is done.
    this.gone?.abort('the client has gone');
  }
}
