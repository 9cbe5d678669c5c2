import type { Writable } from 'node:stream';
import { AbstractMessageWriter, type Message, type MessageWriter } from 'vscode-jsonrpc/node';

/** Writes each message of JSON-RPC in one piece: a server that is handed the header alone wakes up twice. */
export class WholeMessageWriter extends AbstractMessageWriter implements MessageWriter {
  private readonly out: Writable;
  private failed = 0;

  constructor(out: Writable) {
    super();
    this.out = out;
    // Each write that fails says so itself, with its message.
    out.on('error', () => undefined);
    out.on('close', () => { this.fireClose(); });
  }

  /** Resolves when the message has left us. */
  write(message: Message): Promise<void> {
    const body = JSON.stringify(message);
    return new Promise((resolve, reject) => {
      this.out.write(`Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`, (error) => {
        if (error == null) {
          resolve();
          return;
        }
        this.failed += 1;
        this.fireError(error, message, this.failed);
        reject(error);
      });
    });
  }

  end(): void {
    this.out.end();
  }
}
