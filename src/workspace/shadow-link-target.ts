/**
 * What a symlink that could lead out of the shadow points to instead: a name that no Git tree can hold and that we never create,
 * so the link is there, and broken.
 */
const BROKEN_TARGET = '.git/outside-of-the-tree';

/**
 * Returns the target with which the symlink at `path` is written: `target` itself if it can lead nowhere but into the tree, else
 * BROKEN_TARGET. The folders above a link are real ones, so `..` at the start of a target climbs as it reads; after a name it would
 * climb from wherever that name leads, which may be a dependency folder of the user, and is refused.
 */
export function safeLinkTarget(path: string, target: Buffer): string {
  const text = target.toString('utf8');
  if (text === '' || text.startsWith('/') || text.includes('\\') || text.includes('\0') || text.includes('\uFFFD')) return BROKEN_TARGET;
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  const climbs = parts.findIndex((part) => part !== '..');
  const names = climbs < 0 ? [] : parts.slice(climbs);
  const levels = path.split('/').length - 1;
  const staysInside = parts.length - names.length <= levels;
  const isPlain = !names.some((part) => part === '..' || part.toLowerCase() === '.git');
  return staysInside && isPlain && !/^[a-z]:/i.test(text) ? text : BROKEN_TARGET;
}
