import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Failure, toFailure } from '../base/failure.js';
import { currentTape, observe, withTape } from '../base/observe.js';
import { forEachConcurrently } from './concurrency.js';
import { readDiskFile } from './disk-files.js';
import { errorCode, isAbsent } from './file-failure.js';
import { ensurePrivateDirectory, ensureStateDir } from './state-dir.js';
import { sweepStore, TALLY_FILE, talliedBytes, TEMPORARY_PREFIX } from './store-sweep.js';
import { packContent, STORED_BYTES_MAX, unpackContent, type StoredContent } from './stored-content.js';

/** A content to be kept: `text` is what it reads as, `digest` the 64 hex digits of its bytes. */
export interface KeptContent {
  readonly digest: string;
  readonly text: string;
  readonly path: string;
}

export interface SnapshotStoreOptions {
  /** Beyond this sum the contents that were used longest ago go. */
  readonly bytesMax?: number;
  /** The commit that HEAD names, asked for when something is written. */
  readonly headCommit: () => Promise<string | null>;
  /** Told once when contents cannot be kept or read. Nothing else suffers from that. */
  readonly onProblem: (reason: string) => void;
}

const BYTES_MAX = 64 * 1024 * 1024;
const WRITES_AT_ONCE = 8;
/** The time of the last use is as exact as this: writing it down at every use would cost more than it tells. */
const USE_RESOLUTION_MS = 60_000;

/**
 * Keeps contents under the digest of their bytes in `<stateDir>/contents/ab/cdef…`, so that `v=sha256:` means something after the file
 * has changed. Processes share it without locks: a file appears whole or not at all, and is believed only as far as its digest.
 * Writing happens behind the answers; `settled` waits for it.
 */
export class SnapshotStore {
  private readonly folder: string;
  private readonly stateDir: string;
  private readonly options: SnapshotStoreOptions;
  private readonly seen = new Set<string>();
  private waiting: KeptContent[] = [];
  /** What is not on disk yet. */
  private readonly pending = new Map<string, KeptContent>();
  private writing: Promise<void> = Promise.resolve();
  private isBroken = false;
  private mistake: unknown = null;

  constructor(stateDir: string, options: SnapshotStoreOptions) {
    this.stateDir = stateDir;
    this.folder = join(stateDir, 'contents');
    this.options = options;
  }

  /** Keeps a content, later. Returns at once. */
  keep(content: KeptContent): void {
    // A replay writes nothing, and what is written after an answer is no part of its trace.
    if (currentTape()?.isReplay === true) return;
    if (this.isBroken || this.seen.has(content.digest) || content.text.length > STORED_BYTES_MAX) return;
    this.seen.add(content.digest);
    this.pending.set(content.digest, content);
    this.waiting.push(content);
    if (this.waiting.length === 1) this.writing = this.writing.then(() => withTape(null, () => this.writeWaiting()));
  }

  /** Resolves when everything that was to be kept is kept. */
  async settled(): Promise<void> {
    await this.writing;
    if (this.mistake !== null) throw toFailure(this.mistake);
  }

  /** Returns a content that was kept; null when it was not, or when what lies there is not it: then that is removed. */
  read(digest: string): Promise<StoredContent | null> {
    return observe({ what: 'kept content', key: { stateDir: this.stateDir, digest } }, () => this.find(digest));
  }

  private async find(digest: string): Promise<StoredContent | null> {
    const pending = this.pending.get(digest);
    if (pending !== undefined) return { bytes: Buffer.from(pending.text, 'utf8'), path: pending.path, commit: await this.options.headCommit() };
    try {
      const file = await readDiskFile(this.folder, pathOf(digest), 'file');
      const content = file === null ? null : await unpackContent(file, digest);
      if (content !== null) await this.touch(digest);
      else if (file !== null) await this.forget(digest);
      return content;
    } catch (error) {
      this.report(error);
      return null;
    }
  }

  private async writeWaiting(): Promise<void> {
    // The answer goes out first.
    await setImmediate();
    const contents = this.waiting;
    this.waiting = [];
    try {
      await ensureStateDir(this.stateDir);
      await ensurePrivateDirectory(this.folder);
      const commit = await this.options.headCommit();
      let written = 0;
      await forEachConcurrently(contents, WRITES_AT_ONCE, async (content) => {
        written += await this.write(content, commit);
        this.pending.delete(content.digest);
      });
      if (written > 0) await this.makeRoom(written);
    } catch (error) {
      this.report(error);
    }
  }

  /** Returns how many bytes the store has grown by. What is already there stays: its commit is the earlier one, from which more changes are seen. */
  private async write({ digest, text, path }: KeptContent, commit: string | null): Promise<number> {
    if (await this.touch(digest)) return 0;
    const file = await packContent({ bytes: Buffer.from(text, 'utf8'), path, commit });
    // A text that is not UTF-8 does not give its bytes back.
    if ((await unpackContent(file, digest)) === null) return 0;
    const target = join(this.folder, pathOf(digest));
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const temporary = join(dirname(target), `${TEMPORARY_PREFIX}${String(process.pid)}-${randomBytes(6).toString('hex')}`);
    try {
      await writeFile(temporary, file, { mode: 0o600, flag: 'wx' });
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return file.length;
  }

  private async forget(digest: string): Promise<void> {
    this.seen.delete(digest);
    await rm(join(this.folder, pathOf(digest)), { force: true });
  }

  /** Notes that an entry was used, roughly; false when there is none. */
  private async touch(digest: string): Promise<boolean> {
    const target = join(this.folder, pathOf(digest));
    try {
      const now = new Date();
      if (now.getTime() - (await stat(target)).mtimeMs > USE_RESOLUTION_MS) await utimes(target, now, now);
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  /** Processes append what they wrote to a tally, so that the whole store is looked through only when it may be too large. */
  private async makeRoom(written: number): Promise<void> {
    const bytesMax = this.options.bytesMax ?? BYTES_MAX;
    await appendFile(join(this.folder, TALLY_FILE), `${String(written)}\n`, { mode: 0o600 });
    if ((await talliedBytes(this.folder)) > bytesMax) await sweepStore(this.folder, bytesMax);
  }

  /** A store that does not work costs answers about versions that are gone, and nothing else. A mistake of ours comes to light when the store is closed. */
  private report(error: unknown): void {
    const reason = error instanceof Failure ? error.message : errorCode(error);
    if (reason === '') this.mistake ??= error;
    else if (!this.isBroken) this.options.onProblem(`versions of files cannot be kept: ${reason}`);
    this.isBroken = true;
    this.pending.clear();
  }
}

function pathOf(digest: string): string {
  return `${digest.slice(0, 2)}/${digest.slice(2)}`;
}
