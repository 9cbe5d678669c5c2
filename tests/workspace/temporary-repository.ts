import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Returns the real path of an empty folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'assay-test-')));
  folders.push(folder);
  return folder;
}

/** `null` removes the file; `{ link }` makes a symlink, `{ exec }` an executable. */
export type FileSpec = string | Buffer | null | { readonly link: string } | { readonly exec: string };

/** Writes files below `folder`, replacing what is there. */
export function writeFiles(folder: string, files: Readonly<Record<string, FileSpec>>): void {
  for (const [path, spec] of Object.entries(files)) {
    const absolute = join(folder, path);
    rmSync(absolute, { recursive: true, force: true });
    if (spec === null) continue;
    mkdirSync(dirname(absolute), { recursive: true });
    if (typeof spec === 'string' || Buffer.isBuffer(spec)) writeFileSync(absolute, spec);
    else if ('link' in spec) symlinkSync(spec.link, absolute);
    else {
      writeFileSync(absolute, spec.exec);
      chmodSync(absolute, 0o755);
    }
  }
}

/** A real Git repository with fixed identities and dates, removed after the test. */
export class TemporaryRepository {
  readonly top: string;

  constructor(files: Readonly<Record<string, FileSpec>> = {}) {
    this.top = temporaryFolder();
    this.git('init', '-q', '-b', 'main');
    if (Object.keys(files).length > 0) this.commit(files);
  }

  /** Runs Git as a user would, with no configuration but the repository's. */
  git(...args: string[]): string {
    return this.gitBytes(...args).toString('utf8');
  }

  gitBytes(...args: string[]): Buffer {
    return execFileSync('git', args, { cwd: this.top, env: testEnvironment(), stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28 });
  }

  write(files: Readonly<Record<string, FileSpec>>): void {
    writeFiles(this.top, files);
  }

  /** Writes the files, commits everything that is not ignored, and returns the commit. */
  commit(files: Readonly<Record<string, FileSpec>> = {}): string {
    this.write(files);
    this.git('add', '--all');
    this.git('commit', '-q', '--allow-empty', '-m', 'step');
    return this.git('rev-parse', 'HEAD').trim();
  }
}

function testEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_AUTHOR_DATE: '2024-01-01T00:00:00Z',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.com',
    GIT_COMMITTER_DATE: '2024-01-01T00:00:00Z',
  };
}

/** Returns path → `mode digest` of every file and symlink below `folder`, none followed; with `times` also what only a write changes. */
export function fingerprint(folder: string, options: { readonly times?: boolean; readonly skip?: readonly string[] } = {}): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string): void => {
    for (const name of readdirSync(join(folder, path)).sort()) {
      const child = path === '' ? name : `${path}/${name}`;
      if (options.skip?.includes(child) === true) continue;
      const absolute = join(folder, child);
      const stats = lstatSync(absolute, { bigint: true });
      const times = options.times === true ? ` ${String(stats.mtimeNs)} ${String(stats.ino)}` : '';
      if (stats.isDirectory()) {
        if (options.times === true) found[`${child}/`] = times;
        visit(child);
      } else if (stats.isSymbolicLink()) found[child] = `symlink ${readlinkSync(absolute)}${times}`;
      else found[child] = `${(stats.mode & 0o100n) === 0n ? 'file' : 'exec'} ${createHash('sha256').update(readFileSync(absolute)).digest('hex')}${times}`;
    }
  };
  visit('');
  return found;
}

/** Fails the caller's test unless nothing under `.git`, not even a time, differs after `action`. */
export async function withoutTouchingGit<T>(repository: { readonly top: string }, action: () => Promise<T>): Promise<T> {
  const before = JSON.stringify(fingerprint(join(repository.top, '.git'), { times: true }));
  const result = await action();
  const after = JSON.stringify(fingerprint(join(repository.top, '.git'), { times: true }));
  if (before !== after) throw new Error(`.git was changed:\n${before}\n${after}`);
  return result;
}
