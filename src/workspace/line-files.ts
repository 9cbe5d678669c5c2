import { createHash } from 'node:crypto';
import { appendFile, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { caller } from '../base/caller.js';
import { Failure } from '../base/failure.js';
import { fileFailure, isAbsent } from './file-failure.js';
import { openInput } from './read-input.js';

/** What a file of lines holds, without keeping it in memory. */
export interface LineCount {
  /** Lines that are not blank. */
  readonly lines: number;
  /** `sha256:…` of the bytes. */
  readonly digest: string;
}

/** Counts the lines of a file relative to the current folder. Throws as openInput does. */
export async function countLines(path: string): Promise<LineCount> {
  const hash = createHash('sha256');
  let lines = 0;
  let isBlank = true;
  for await (const chunk of await openInput(path)) {
    const bytes = chunk as Buffer;
    hash.update(bytes);
    for (const byte of bytes) {
      if (byte === LINE_FEED) isBlank = true;
      else if (isBlank && byte > SPACE) {
        isBlank = false;
        lines += 1;
      }
    }
  }
  return { lines, digest: `sha256:${hash.digest('hex')}` };
}

const LINE_FEED = 10;
const SPACE = 32;

/**
 * The output file of a long run. While the run is not finished, a file `PATH.job` beside it says which run it belongs to, so
 * that the same command goes on where it was cut short, and another one refuses.
 */
export class ResumableOutput {
  /** How many complete lines an earlier, cut-short run of the same job left. */
  readonly kept: number;
  readonly #path: string;

  private constructor(path: string, kept: number) {
    this.#path = path;
    this.kept = kept;
  }

  /** `job` names everything that the lines depend on. Throws E/BAD_ARGUMENT when the file is there and is not of this job, or is not to be gone on with. */
  static async open(name: string, job: string, mayGoOn = true): Promise<ResumableOutput> {
    const path = resolve(caller().cwd, name);
    try {
      const size = await sizeOf(path);
      const owner = await textOf(`${path}.job`);
      if (size !== null && owner !== job) throw taken(name, owner === null);
      if (size !== null && !mayGoOn) throw new Failure('E/BAD_ARGUMENT', `${name} holds the start of this very run`, { hint: 'Nothing was written. --resume goes on where it was cut short; to begin anew, remove the file and the .job file beside it.' });
      if (owner === null) await writeFile(`${path}.job`, job, { flag: 'wx' });
      return new ResumableOutput(path, size === null ? await create(path) : await keepCompleteLines(path));
    } catch (error) {
      throw fileFailure(error, 'write', name, 'The lines that were written so far are kept.');
    }
  }

  async write(line: string): Promise<void> {
    await appendFile(this.#path, `${line}\n`);
  }

  /** Says that the job is done. */
  async finish(): Promise<void> {
    await rm(`${this.#path}.job`, { force: true });
  }
}

function taken(path: string, isFinished: boolean): Failure {
  return new Failure('E/BAD_ARGUMENT', isFinished ? `${path} is there already` : `${path} holds the start of another run`, {
    hint: 'Nothing was written. Name another file, or remove this one and the .job file beside it.',
  });
}

async function create(path: string): Promise<0> {
  await (await open(path, 'wx')).close();
  return 0;
}

/** Cuts a torn last line off and returns how many are left. */
async function keepCompleteLines(path: string): Promise<number> {
  const bytes = await readFile(path);
  const end = bytes.lastIndexOf(LINE_FEED) + 1;
  if (end < bytes.length) await truncate(path, end);
  return bytes.subarray(0, end).filter((byte) => byte === LINE_FEED).length;
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
