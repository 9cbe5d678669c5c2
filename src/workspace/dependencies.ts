import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../base/digest.js';
import { observe } from '../base/observe.js';
import { isAbsent } from './file-failure.js';

/**
 * Returns a digest of what servers resolve outside the snapshot: the names and versions of Python distributions in
 * `sitePackages`, and of npm packages in the workspace's node_modules. Paths do not go in.
 */
export function dependencyDigest(workspaceRoot: string, sitePackages: readonly string[], usesNodeModules: boolean): Promise<string> {
  return observe({ what: 'dependencies', key: { workspaceRoot, sitePackages, usesNodeModules } }, () => digestOf(workspaceRoot, sitePackages, usesNodeModules));
}

async function digestOf(workspaceRoot: string, sitePackages: readonly string[], usesNodeModules: boolean): Promise<string> {
  const distributions = (await Promise.all(sitePackages.map(distributionsIn))).flat();
  const packages = usesNodeModules ? await npmPackages(join(workspaceRoot, 'node_modules')) : [];
  return sha256([...distributions.sort(), '', ...packages.sort()].join('\n'));
}

async function distributionsIn(sitePackages: string): Promise<string[]> {
  return (await entries(sitePackages)).filter((name) => /\.(dist-info|egg-info|egg-link)$/.test(name));
}

async function npmPackages(folder: string): Promise<string[]> {
  const names = await entries(folder);
  const scoped = await Promise.all(names.filter((name) => name.startsWith('@')).map(async (scope) => (await entries(join(folder, scope))).map((name) => `${scope}/${name}`)));
  const packages = [...names.filter((name) => !name.startsWith('@') && !name.startsWith('.')), ...scoped.flat()];
  return Promise.all(packages.map(async (name) => `${name}@${(await installedVersion(folder, name)) ?? '?'}`));
}

/** Returns the version of an installed npm package, or null when it is not in this node_modules folder. */
export function installedVersion(nodeModules: string, name: string): Promise<string | null> {
  return observe({ what: 'installed version', key: { nodeModules, name } }, () => versionIn(nodeModules, name));
}

async function versionIn(nodeModules: string, name: string): Promise<string | null> {
  try {
    const manifest = JSON.parse(await readFile(join(nodeModules, name, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof manifest.version === 'string' ? manifest.version : null;
  } catch (error) {
    if (isAbsent(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
