import { Failure } from './failure.js';

/** The longest path and the longest name that Linux takes, in bytes. */
const PATH_MAX = 4095;
const NAME_MAX = 255;

/** Characters that HFS+ leaves out when it compares names, so that `.g\u200Cit` is `.git` there. */
const IGNORABLE = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Returns why `path` may name nothing inside a workspace, or null. A jailed path is relative, has forward slashes and no empty, `.`
 * or `..` part, and no part of it is `.git` on any file system. It is a literal: `~`, `$HOME`, `%2e` and, but on Windows, a
 * backslash or a drive letter are characters like others. Where symlinks lead is for the disk to say, not for the text.
 */
export function pathProblem(path: string, platform: NodeJS.Platform = process.platform): string | null {
  const windows = platform === 'win32';
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'holds a NUL character';
  if (!path.isWellFormed()) return 'is not well-formed Unicode';
  if (path.startsWith('/') || (windows && /^(?:\\|[A-Za-z]:)/.test(path))) return 'is absolute';
  const parts = path.split(windows ? /[/\\]/ : '/');
  if (parts.includes('..')) return 'leads out of the workspace';
  if (parts.includes('') || parts.includes('.')) return 'has an empty part or a part that is only a dot';
  if (path.split(/[/\\]/).some(isGitName)) return 'leads into .git';
  if (windows && !parts.every(isWindowsName)) return 'names a device or a stream';
  if (Buffer.byteLength(path) > PATH_MAX || parts.some((part) => Buffer.byteLength(part) > NAME_MAX)) return 'is longer than a file system takes';
  return null;
}

/** Throws E/FS_PERMISSIONS unless `path` is jailed: see pathProblem. `left` says what was left untouched. */
export function refuseUnjailed(path: string, left = 'Nothing was written.'): void {
  const problem = pathProblem(path);
  if (problem !== null) throw unjailed(path, problem, left);
}

export function unjailed(path: string, problem: string, left = 'Nothing was written.'): Failure {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  return new Failure('E/FS_PERMISSIONS', `the path ${JSON.stringify(shown)} ${problem}`, {
    hint: `${left} Paths are relative to the workspace and stay inside it; .git is never touched.`,
    details: { path: path.toWellFormed().slice(0, 1000), problem },
  });
}

/**
 * True for a name that is `.git` to some file system: in any case, with what NTFS drops at the end (dots, spaces, a stream), as its
 * short name (`git~1`), with characters that HFS+ ignores. Wider than Git's own rule where that costs nothing.
 */
export function isGitName(name: string): boolean {
  // A dotless i, and the dot that lower case gives to a capital one with a dot, fold to a plain i somewhere.
  const plain = name.replace(IGNORABLE, '').normalize('NFKC').toLowerCase().replace(/\u0131/g, 'i').replace(/\u0307/g, '');
  const base = plain.replace(/:.*$/s, '').replace(/[. ]+$/, '');
  return base === '.git' || /^git~\d+$/.test(base);
}

const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

/** False for a name that Windows does not take for a file: a device, a stream, or one whose end it drops. */
export function isWindowsName(name: string): boolean {
  const isDevice = DEVICE.test((name.split('.', 1)[0] ?? '').trimEnd());
  return !isDevice && !/[<>:"|?*\\\p{Cc}]/u.test(name) && !/[. ]$/.test(name);
}
