import { basename, isAbsolute, join, sep } from 'node:path';
import { isExecutableFile, realPathOf } from './files.js';
import type { LaunchContext, Origin } from './server-spec.js';
import { trustedFolders } from './spawn.js';

/** An executable file, and where it was found. */
export interface FoundProgram {
  readonly path: string;
  readonly origin: Origin;
}

/** Folders of a workspace that package managers install programs into. */
const WORKSPACE_FOLDERS = ['node_modules/.bin', '.venv/bin', 'venv/bin', 'env/bin', '.venv/Scripts', 'venv/Scripts'];

/** Returns every program of one of these names that the workspace itself has installed, by its path in it. */
export function programsOfWorkspace(homeRoot: string, names: readonly string[]): string[] {
  return WORKSPACE_FOLDERS.flatMap((folder) => fileNames(names).map((name) => `${folder}/${name}`)).filter((path) => isExecutableFile(join(homeRoot, path)));
}

/** Returns the first program of one of these names on PATH; folders inside the workspace do not count. */
export function findOnPath(names: readonly string[], { env, homeRoot, workspaceRoot }: Pick<LaunchContext, 'env' | 'homeRoot' | 'workspaceRoot'>): FoundProgram | null {
  const folders = trustedFolders(env['PATH'] ?? '', homeRoot).filter((folder) => trustedFolders(folder, workspaceRoot).length > 0);
  const candidates = fileNames(names).flatMap((name) => folders.map((folder) => join(folder, name)));
  // A link on PATH into the workspace is as good as a folder of it there.
  const path = candidates.find((candidate) => isExecutableFile(candidate) && !isInside(realPathOf(candidate) ?? candidate, homeRoot));
  return path === undefined ? null : { path, origin: 'PATH' };
}

/** True for a path in `root` or below, symlinks resolved. */
export function isInside(path: string, root: string): boolean {
  return `${path}${sep}`.startsWith(`${realPathOf(root) ?? root}${sep}`);
}

/** Where a configured program lies: a bare name on PATH, a path from the folder of its configuration. Null when there is none. */
export function findConfigured(program: string, folder: string, context: LaunchContext): FoundProgram | null {
  const isName = basename(program) === program && !program.startsWith('.');
  if (isName) return findOnPath([program], context);
  const path = isAbsolute(program) ? program : join(folder, program);
  return isExecutableFile(path) ? { path, origin: 'configuration' } : null;
}

function fileNames(names: readonly string[]): string[] {
  return process.platform === 'win32' ? names.flatMap((name) => [`${name}.exe`, `${name}.cmd`]) : [...names];
}
