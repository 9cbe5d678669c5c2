import { closeSync, fstatSync, openSync, readSync, realpathSync, writeSync } from 'node:fs';
import { Failure } from '../base/failure.js';

/** Appends lines to a file. The only file of src/trace that touches the disk. */
export class TraceSink {
  /** The real path. */
  readonly path: string;
  private readonly name: string;
  private readonly descriptor: number;

  private constructor(path: string, name: string, descriptor: number) {
    this.name = name;
    this.path = realpathSync(path);
    this.descriptor = descriptor;
  }

  /** Opens a file for appending; makes it, readable for the user alone, where there is none. Throws E/FS_PERMISSIONS, which calls it `name`. */
  static open(path: string, name: string): TraceSink {
    try {
      const descriptor = openSync(path, 'a+', 0o600);
      const { size } = fstatSync(descriptor);
      const sink = new TraceSink(path, name, descriptor);
      // A line that a killed run left unfinished must not run into ours.
      if (size > 0 && !endsLine(descriptor, size)) writeSync(descriptor, '\n');
      return sink;
    } catch (cause) {
      throw unwritable(name, cause);
    }
  }

  append(line: string): void {
    try {
      const bytes = Buffer.from(`${line}\n`, 'utf8');
      for (let written = 0; written < bytes.length; ) written += writeSync(this.descriptor, bytes, written);
    } catch (cause) {
      throw unwritable(this.name, cause);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function endsLine(descriptor: number, size: number): boolean {
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

function unwritable(path: string, cause: unknown): Failure {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new Failure('E/FS_PERMISSIONS', `the trace ${path} cannot be written (${code})`, { hint: 'Choose a file in a folder that exists and may be written to; without --trace-file nothing is recorded.', cause });
}
