import { appendFileSync, chmodSync, linkSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FILES = ['a.py', 'b.py', 'src/c.py', 'src/deep/d.py', 'src/deep/er/e.py', 'lib/f.py', 'build/g.py', 'lib/.cache/h.py'];
const FOLDERS = ['src', 'src/deep', 'lib', 'build', 'new', 'lib/.cache'];
const IGNORE_FILES = ['.gitignore', 'src/.gitignore', 'build/.gitignore', '.git/info/exclude'];
const PATTERNS = ['build/\n', '*.py\n', '!a.py\n', '*\n', '', 'd.py\n', '/lib/\n'];

/** Returns numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes one change of those that people, editors, build tools and Git make. Where it does not apply nothing, or a part of it, happens. */
export function randomEdit(random: () => number, top: string, git: (...args: string[]) => unknown): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const file = join(top, pick(FILES));
  const folder = join(top, pick(FOLDERS));
  const [name, edit] = pick<readonly [string, () => void]>([
    ['write', () => write(file, pick(['x = 1\n', 'x = 2\n', 'y = 33\n']))],
    ['write', () => write(file, `x = ${String(random())}\n`)],
    ['save by renaming', () => saveByRenaming(file, `saved = ${String(random())}\n`)],
    ['same size and time', () => sameSizeAndTime(file)],
    ['append', () => appendFileSync(file, '# more\n')],
    ['truncate', () => truncateSync(file, 0)],
    ['delete', () => rmSync(file)],
    ['chmod', () => chmodSync(file, pick([0o644, 0o755]))],
    ['rename', () => renameSync(file, join(top, pick(FILES)))],
    ['move a folder away', () => renameSync(folder, `${join(top, pick(FOLDERS))}.moved`)],
    ['move a folder back', () => renameSync(`${folder}.moved`, folder)],
    ['delete a folder', () => rmSync(folder, { recursive: true })],
    ['make an empty folder', () => mkdirSync(join(folder, 'empty'), { recursive: true })],
    ['fill an empty folder', () => write(join(folder, 'empty', 'late.py'), 'late = 1\n')],
    ['a symlink for a folder', () => { rmSync(folder, { recursive: true, force: true }); symlinkSync(join(top, 'build'), folder); }],
    ['write through a hard link', () => { linkSync(file, `${top}.hard`); appendFileSync(`${top}.hard`, '# other name\n'); rmSync(`${top}.hard`); }],
    ['ignore', () => write(join(top, pick(IGNORE_FILES)), pick(PATTERNS))],
    ['a repository inside', () => git('init', '-q', folder)],
    ['no repository inside', () => rmSync(join(folder, '.git'), { recursive: true })],
    ['git add', () => git('add', '--all')],
    ['git commit', () => git('commit', '-q', '--allow-empty', '-m', 'one')],
    ['git stash', () => git('stash', '-q', '-u')],
    ['git stash pop', () => git('stash', 'pop', '-q')],
    ['git checkout', () => git('checkout', '-q', 'HEAD', '.')],
    ['git clean', () => git('clean', '-q', '-f', '-d')],
  ]);
  try {
    edit();
  } catch {
    return `${name}, which does not apply`;
  }
  return name;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function saveByRenaming(path: string, text: string): void {
  write(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}

/** What a tool does that restores the times of what it changes. */
function sameSizeAndTime(path: string): void {
  const { atimeMs, mtimeMs, size } = statSync(path);
  writeFileSync(path, 'z'.repeat(size));
  utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
}
