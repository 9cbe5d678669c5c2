import { pathProblem, unjailed } from '../base/jailed-path.js';

/**
 * Returns the workspace path that a URI of an edit names: a relative reference, or a `file:` URI below one of `roots` (absolute
 * paths of the workspace). It is percent-decoded once and checked part by part. Throws E/FS_PERMISSIONS for everything else.
 */
export function pathOfEditUri(uri: string, roots: readonly string[]): string {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(uri)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'file') throw unjailed(uri, `is not a file of the workspace (scheme ${scheme})`);
  if (/[?#]/.test(uri)) throw unjailed(uri, 'has a query or a fragment');
  if (scheme === undefined) return checked(uri, decodedParts(uri, uri.replace(/^(?:\.\/)+/, '')));
  if (uri.includes('\\')) throw unjailed(uri, 'has a backslash, which some take for a slash');
  const rest = /^file:(?:\/\/(?:localhost)?(?=\/))?(\/.*)$/is.exec(uri)?.[1];
  if (rest === undefined || rest.startsWith('//')) throw unjailed(uri, 'names another machine or no absolute path');
  const parts = decodedParts(uri, rest.slice(1));
  for (const root of roots) {
    const rootParts = partsOfRoot(root);
    if (rootParts.every((part, index) => part === parts[index])) return checked(uri, parts.slice(rootParts.length));
  }
  throw unjailed(uri, 'is outside the workspace');
}

/** `/ws/dir` → `['ws', 'dir']`, `C:\\ws` → `['C:', 'ws']`. */
function partsOfRoot(root: string): string[] {
  return root.split(process.platform === 'win32' ? /[/\\]/ : '/').filter((part) => part !== '');
}

function decodedParts(uri: string, path: string): string[] {
  return path.split('/').map((raw) => {
    const part = decoded(uri, raw);
    // A backslash that was written as an escape is no file name that anybody meant.
    if (part.includes('/') || (part.includes('\\') && raw.includes('%'))) throw unjailed(uri, 'hides a separator in an escape');
    if (/%(?:2e|2f|5c|00)/i.test(part)) throw unjailed(uri, 'hides a dot or a separator in an escape of an escape');
    return part;
  });
}

function decoded(uri: string, raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch (error) {
    if (error instanceof URIError) throw unjailed(uri, 'has an escape that is not UTF-8');
    throw error;
  }
}

function checked(uri: string, parts: readonly string[]): string {
  const path = parts.join('/');
  const problem = pathProblem(path);
  if (problem !== null) throw unjailed(uri, problem);
  return path;
}
