import { Readable } from 'node:stream';
import type { Caller } from '../../src/base/caller.js';

/** A caller whose streams are strings. */
export class Pretended implements Caller {
  readonly env = process.env;
  readonly signal = new AbortController().signal;
  readonly out = { 1: '', 2: '' };
  readonly stdout = this.stream(1);
  readonly stderr = this.stream(2);
  exitCode: number | undefined;

  readonly cwd: string;
  private readonly input: string;

  constructor(cwd: string, input = '') {
    this.cwd = cwd;
    this.input = input;
  }

  stdin(): NodeJS.ReadableStream {
    return Readable.from([Buffer.from(this.input)]);
  }

  private stream(fd: 1 | 2): Caller['stdout'] {
    return {
      isTTY: false,
      write: (text, written) => {
        this.out[fd] += text;
        written();
      },
    };
  }
}
