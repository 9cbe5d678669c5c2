import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'jsonc-parser';
import { filesBelow, isRegularFile, realPathOf, textOf } from './files.js';
import { findServerPackage, packageAt, type ServerPackage } from './server-package.js';
import type { LaunchContext } from './server-spec.js';
import { packageFiles, trustDigest } from './trust.js';
import { isFields } from './wire.js';

const CONFIGS_MAX = 100_000;

/** The TypeScript in the workspace's node_modules; null when there is none. It is not executed by asking. */
export function installedTypescript(homeRoot: string): ServerPackage | null {
  return packageAt(join(homeRoot, 'node_modules', 'typescript'));
}

/** The workspace's own TypeScript, when its major is wanted and when it and the plugins that it would load are trusted. */
export function ownTypescript({ homeRoot, workspaceRoot, trust }: LaunchContext, isWanted: (major: number) => boolean): ServerPackage | null {
  if (trust.size === 0) return null;
  const own = installedTypescript(homeRoot);
  if (own === null || !isWanted(Number(own.version.split('.')[0]))) return null;
  return trust.has(typescriptDigest(own, homeRoot, workspaceRoot)) ? own : null;
}

/**
 * The digest by which a workspace's TypeScript is trusted: of its code, and of every plugin that a project file in `analysedRoot`
 * names. A step that adds a plugin gives another digest.
 */
export function typescriptDigest({ directory }: ServerPackage, homeRoot: string, analysedRoot: string): string {
  const platform = findServerPackage(`@typescript/typescript-${process.platform}-${process.arch}`, directory);
  const plugins = pluginsIn(analysedRoot);
  const code = [directory, ...(platform === null ? [] : [platform.directory]), ...plugins.map((name) => join(homeRoot, 'node_modules', name))];
  return trustDigest(`typescript with plugins ${JSON.stringify(plugins)}`, code.filter((folder) => realPathOf(folder) !== null).flatMap(packageFiles));
}

/** The names of the plugins that the project files of a folder make tsserver load, in those that they extend, too. Sorted. */
export function pluginsIn(root: string): string[] {
  const pending = filesBelow(root, CONFIGS_MAX)
    .filter((path) => /(^|\/)(ts|js)config[^/]*\.json$/.test(path))
    .map((path) => join(root, path));
  const seen = new Set<string>();
  const names = new Set<string>();
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (seen.has(file) || !isRegularFile(file)) continue;
    seen.add(file);
    const config: unknown = parse(textOf(file));
    if (!isFields(config)) continue;
    const plugins = isFields(config['compilerOptions']) ? config['compilerOptions']['plugins'] : [];
    for (const plugin of Array.isArray(plugins) ? plugins : []) if (isFields(plugin) && typeof plugin['name'] === 'string') names.add(plugin['name']);
    for (const extended of [config['extends']].flat()) if (typeof extended === 'string') pending.push(...extendedFiles(extended, file));
  }
  return [...names].sort();
}

/** Every file that `extends` may mean: a path, or a package in a node_modules on the way up. */
function extendedFiles(extended: string, from: string): string[] {
  const spellings = (path: string): string[] => [path, `${path}.json`, join(path, 'tsconfig.json')];
  if (isAbsolute(extended) || extended.startsWith('.')) return spellings(resolve(dirname(from), extended));
  const found: string[] = [];
  for (let folder = dirname(from); dirname(folder) !== folder; folder = dirname(folder)) found.push(...spellings(join(folder, 'node_modules', extended)));
  return found;
}
