const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** Returns the text between Git's C-style quotes, or the text itself when it is not quoted. Works on bytes as latin1, and returns UTF-8. */
export function unquotePath(quoted: string): string {
  if (!quoted.startsWith('"')) return Buffer.from(quoted, 'latin1').toString('utf8');
  const body = quoted.slice(1, quoted.endsWith('"') && quoted.length > 1 ? -1 : undefined);
  const plain = body.replace(/\\([0-7]{3}|.)/g, (_match, code: string) => String.fromCharCode(/^[0-7]{3}$/.test(code) ? Number.parseInt(code, 8) & 0xff : (ESCAPES[code] ?? code.charCodeAt(0))));
  return Buffer.from(plain, 'latin1').toString('utf8');
}

/** Returns the path after a `---` or `+++`, without the timestamp that other tools append; null for `/dev/null`. */
export function pathOfMarker(rest: string): string | null {
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(rest)?.[0];
  const path = quoted ?? (rest.split('\t', 1)[0] ?? '').replace(/\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*$/, '');
  const plain = unquotePath(path);
  return plain === '/dev/null' ? null : plain;
}

/**
 * Returns the two paths after `diff --git`. Unquoted paths may hold spaces; they can be told apart when they are equal after their
 * first part, as they are in every patch that does not name them again on lines of their own.
 */
export function pathsOfGitHeader(rest: string): readonly [string, string] | null {
  const quoted = [...rest.matchAll(/"(?:[^"\\]|\\.)*"|\S+/g)].map((match) => match[0]);
  const [first, second] = quoted;
  if (rest.includes('"')) return quoted.length === 2 && first !== undefined && second !== undefined ? [unquotePath(first), unquotePath(second)] : null;
  for (let space = rest.indexOf(' '); space >= 0; space = rest.indexOf(' ', space + 1)) {
    const before = unquotePath(rest.slice(0, space));
    const after = unquotePath(rest.slice(space + 1));
    if (before === after || withoutParts(before, 1) === withoutParts(after, 1)) return [before, after];
  }
  return null;
}

/** Returns what remains of a path when `count` leading parts are taken away, as `-p` does; the path itself when it has no more. */
export function withoutParts(path: string, count: number): string {
  let rest = path;
  for (let left = count; left > 0; left -= 1) {
    const slash = rest.indexOf('/');
    if (slash < 0) return rest;
    rest = rest.slice(slash + 1);
  }
  return rest;
}

/** True when the path, as it stands in a patch, is absolute or has a part that no tree may hold. */
export function leavesTree(path: string): boolean {
  return path.startsWith('/') || path.split('/').some((part) => part === '..' || part.toLowerCase() === '.git');
}
