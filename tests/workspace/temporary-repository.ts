import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { fingerprint } from './fingerprint.js';
import { writeFiles, type FileSpec } from './write-files.js';

export { fingerprint } from './fingerprint.js';
export { writeFiles, type FileSpec } from './write-files.js';

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

  /** Returns the patch that writes `files`, made by Git, and leaves the files as the last commit has them. */
  patchOf(files: Readonly<Record<string, FileSpec>>): string {
    this.write(files);
    this.git('add', '--all');
    const patch = this.git('diff', '--cached', '--binary');
    this.git('reset', '-q', '--hard');
    return patch;
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

/** Fails the caller's test unless nothing under `.git`, not even a time, differs after `action`. */
export async function withoutTouchingGit<T>(repository: { readonly top: string }, action: () => Promise<T>): Promise<T> {
  const before = JSON.stringify(fingerprint(join(repository.top, '.git'), { times: true }));
  const result = await action();
  const after = JSON.stringify(fingerprint(join(repository.top, '.git'), { times: true }));
  if (before !== after) throw new Error(`.git was changed:\n${before}\n${after}`);
  return result;
}
