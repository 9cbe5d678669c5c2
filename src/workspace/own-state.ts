import { relative, sep } from 'node:path';
import type { Workspace } from './workspace-root.js';

/**
 * Returns a test for the paths below `base` that are not ours: not in our state directory, which may lie inside a workspace (a home
 * folder, say), and not the trace that we are writing, so that an answer is the same with a trace and without.
 */
export function isNotOurs(base: string, { stateDir, traceFile }: Pick<Workspace, 'stateDir' | 'traceFile'>): (path: string) => boolean {
  const inside = (absolute: string): string => relative(base, absolute).split(sep).join('/');
  const state = `${inside(stateDir)}/`;
  const trace = traceFile === undefined ? null : inside(traceFile);
  return (path) => !path.startsWith(state) && path !== trace;
}
