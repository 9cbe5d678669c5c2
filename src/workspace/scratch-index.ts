import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { blobName } from '../base/digest.js';
import { gitFailed } from './git.js';
import { isolatedEnvironment } from './git-environment.js';
import { parseBlobs, parseListing, splitZero, type FileMode, type GitEntry } from './git-output.js';
import { runGit, type GitOutcome } from './git-process.js';

/** A file that a merge left with several contents: their names, null where a side has none. */
export interface UnmergedFile {
  readonly path: string;
  readonly base: string | null;
  readonly ours: string | null;
  readonly theirs: string | null;
}

const MODE_BITS: Readonly<Record<FileMode, string>> = { file: '100644', exec: '100755', symlink: '120000' };

/**
 * A repository with nothing but an index and some blobs, in a scratch directory: a patch applied to it touches no file, follows no
 * symlink, and no attribute, filter or setting of anybody changes a byte.
 */
export class ScratchIndex {
  /** The name of content that nobody will ask for. */
  readonly unread: string;
  readonly #directory: string;
  readonly #algorithm: 'sha1' | 'sha256';
  readonly #env: Record<string, string>;

  private constructor(directory: string, algorithm: 'sha1' | 'sha256') {
    this.#directory = directory;
    this.#algorithm = algorithm;
    this.unread = '1'.repeat(algorithm === 'sha1' ? 40 : 64);
    this.#env = { ...isolatedEnvironment(directory), GIT_DIR: join(directory, 'git'), GIT_INDEX_FILE: join(directory, 'git', 'index') };
  }

  /** `attributes` is the text of a Git attributes file. */
  static async create(directory: string, algorithm: 'sha1' | 'sha256', attributes = ''): Promise<ScratchIndex> {
    for (const folder of ['git/objects', 'git/info', 'git/refs', 'rejects']) await mkdir(join(directory, folder), { recursive: true });
    await writeFile(join(directory, 'git', 'HEAD'), 'ref: refs/heads/none\n');
    const version = algorithm === 'sha1' ? 'repositoryformatversion = 0' : 'repositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256';
    await writeFile(join(directory, 'git', 'config'), `[core]\n\tbare = true\n\t${version}\n`);
    await writeFile(join(directory, 'git', 'info', 'attributes'), attributes);
    return new ScratchIndex(directory, algorithm);
  }

  /** Stores a blob and returns its name. */
  async store(content: Buffer): Promise<string> {
    const object = Buffer.concat([Buffer.from(`blob ${String(content.length)}\0`), content]);
    const oid = blobName(content, this.#algorithm);
    const folder = join(this.#directory, 'git', 'objects', oid.slice(0, 2));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, oid.slice(2)), deflateSync(object, { level: 0 }));
    return oid;
  }

  async fill(entries: Iterable<readonly [path: string, entry: GitEntry]>): Promise<void> {
    const records = [...entries].map(([path, { mode, oid }]) => `${MODE_BITS[mode]} ${oid}\t${path}\0`);
    const outcome = await this.run(['update-index', '-z', '--index-info'], records.join(''));
    if (outcome.exitCode !== 0) throw gitFailed('update-index', outcome.stderr);
  }

  async files(): Promise<Map<string, GitEntry>> {
    const outcome = await this.run(['ls-files', '-s', '-z'], '');
    if (outcome.exitCode !== 0) throw gitFailed('ls-files', outcome.stderr);
    return parseListing(outcome.stdout.toString('utf8')).files;
  }

  /** Returns the files that a merge could not merge, in the order of their paths. */
  async unmerged(): Promise<UnmergedFile[]> {
    const outcome = await this.run(['ls-files', '-u', '-z'], '');
    if (outcome.exitCode !== 0) throw gitFailed('ls-files', outcome.stderr);
    const found = new Map<string, UnmergedFile>();
    for (const record of splitZero(outcome.stdout.toString('utf8'))) {
      const tab = record.indexOf('\t');
      const path = record.slice(tab + 1);
      const [, oid = '', stage = ''] = record.slice(0, tab).split(' ');
      const side = ({ 1: 'base', 2: 'ours', 3: 'theirs' } as const)[stage] ?? null;
      if (side !== null) found.set(path, { ...(found.get(path) ?? { path, base: null, ours: null, theirs: null }), [side]: oid });
    }
    return [...found.values()];
  }

  async readBlobs(oids: readonly string[]): Promise<Map<string, Buffer>> {
    if (oids.length === 0) return new Map();
    const outcome = await this.run(['cat-file', '--batch'], `${oids.join('\n')}\n`);
    if (outcome.exitCode !== 0) throw gitFailed('cat-file', outcome.stderr);
    return parseBlobs(outcome.stdout).blobs;
  }

  /** Where Git runs, and where it writes rejected hunks. */
  get folder(): string {
    return join(this.#directory, 'rejects');
  }

  /** Runs Git on this index. */
  run(args: readonly string[], input: Uint8Array | string): Promise<GitOutcome> {
    return runGit({ args, cwd: this.folder, env: this.#env, input });
  }
}
