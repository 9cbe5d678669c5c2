import { relative, sep } from 'node:path';

/** Returns a test for the paths below `base` that are not in our own state directory, which may lie inside a workspace (a home folder, say). */
export function isNotOwnState(base: string, stateDir: string): (path: string) => boolean {
  const inside = relative(base, stateDir).split(sep).join('/');
  return (path) => !path.startsWith(`${inside}/`);
}
