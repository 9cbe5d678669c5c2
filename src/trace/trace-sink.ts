import { closeSync, fstatSync, openSync, readSync, realpathSync, writeSync } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
import { Failure } from '../base/failure.js';
import { isGitName } from '../base/jailed-path.js';

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

  /**
   * Opens a file for appending; makes it, readable for the user alone, where there is none. Throws E/FS_PERMISSIONS, which calls it `name`, for one
   * that cannot be written, lies in a Git directory or holds something else than a trace.
   */
  static open(path: string, name: string): TraceSink {
    try {
      if (realpathSync(dirname(path)).split(sep).some(isGitName) || isGitName(basename(path))) throw misplaced(name, 'lies in a Git directory');
      const descriptor = openSync(path, 'a+', 0o600);
      const { size } = fstatSync(descriptor);
      if (!beginsAsTrace(descriptor, size)) {
        closeSync(descriptor);
        throw misplaced(name, 'is a file that is no trace');
      }
      const sink = new TraceSink(path, name, descriptor);
      // A line that a killed run left unfinished must not run into ours.
      if (size > 0 && !endsLine(descriptor, size)) writeSync(descriptor, '\n');
      return sink;
    } catch (cause) {
      throw cause instanceof Failure ? cause : unwritable(name, cause);
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

/** What every line begins with; a run that was killed may have left a part of one. */
const BEGINNING = Buffer.from('{"check":');

function beginsAsTrace(descriptor: number, size: number): boolean {
  const read = Buffer.alloc(Math.min(size, BEGINNING.length));
  readSync(descriptor, read, 0, read.length, 0);
  return read.equals(BEGINNING.subarray(0, read.length));
}

function misplaced(name: string, reason: string): Failure {
  return new Failure('E/FS_PERMISSIONS', `the trace ${name} ${reason}`, { hint: 'Nothing was written. Choose a new file, or a trace to append to; without --trace-file nothing is recorded.' });
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
