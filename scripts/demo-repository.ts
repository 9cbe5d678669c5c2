import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One commit of fixtures/demo, and the errors that the checkers' own command lines report after it, as `path rule`. */
export interface DemoCommit {
  readonly folder: string;
  readonly subject: string;
  readonly errors: { readonly python: readonly string[]; readonly typescript: readonly string[] };
}

/** With fixed authors and dates the ids of the commits are the same on every machine. */
const FIRST_COMMIT_AT = Date.UTC(2026, 0, 5, 9) / 1000;
const SECONDS_PER_COMMIT = 3600;

export function demoCommits(fixture: string): readonly DemoCommit[] {
  return JSON.parse(readFileSync(join(fixture, 'commits.json'), 'utf8')) as DemoCommit[];
}

/** Makes `folder`, which must exist and be empty, a Git repository with the commits of the fixture. Returns their ids, first to last. */
export function buildDemoRepository(fixture: string, folder: string): string[] {
  const git = gitIn(folder);
  git(['init', '--quiet', '--initial-branch=main'], 0);
  return demoCommits(fixture).map(({ folder: changes, subject }, index) => {
    cpSync(join(fixture, 'commits', changes), folder, { recursive: true });
    git(['add', '--all'], index);
    git(['commit', '--quiet', '--message', subject], index);
    return git(['rev-parse', 'HEAD'], index).trim();
  });
}

function gitIn(folder: string): (args: readonly string[], index: number) => string {
  return (args, index) => {
    const date = `${String(FIRST_COMMIT_AT + index * SECONDS_PER_COMMIT)} +0000`;
    const who = { NAME: 'Demo', EMAIL: 'demo@example.invalid', DATE: date };
    const identity = Object.fromEntries(['AUTHOR', 'COMMITTER'].flatMap((role) => Object.entries(who).map(([key, value]) => [`GIT_${role}_${key}`, value])));
    // The user's own Git settings (hooks, signing, line endings) would change the ids.
    const env = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', ...identity };
    return execFileSync('git', [...args], { cwd: folder, env, encoding: 'utf8' });
  };
}
