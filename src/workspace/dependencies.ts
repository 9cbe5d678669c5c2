import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../base/digest.js';
import { observe, observeSync } from '../base/observe.js';
import { parseJson } from '../base/parse-json.js';
import { Stamped } from '../base/stamped.js';
import { isAbsent } from './file-failure.js';

const listings = new Stamped<readonly string[]>();
const distributions = new Stamped<readonly string[]>();
const NOTHING: readonly string[] = [];
const versions = new Stamped<string | null>();

/**
 * Returns a digest of what servers resolve outside the snapshot: the names and versions of Python distributions in
 * `sitePackages`, and of npm packages in the workspace's node_modules. Paths do not go in. Equal values of `state` mean that nothing
 * has happened in node_modules; null when nobody knows.
 */
export function dependencyDigest(workspaceRoot: string, sitePackages: readonly string[], usesNodeModules: boolean, state: string | null): Promise<string> {
  return observe({ what: 'dependencies', key: { workspaceRoot, sitePackages, usesNodeModules } }, () => Promise.resolve(digestOf(workspaceRoot, sitePackages, usesNodeModules, state)));
}

interface KnownDigest {
  readonly state: string | null;
  readonly installed: readonly (readonly string[])[];
  readonly digest: string;
}

/** By the folders that were looked into. */
const digests = new Map<string, KnownDigest>();

function digestOf(workspaceRoot: string, sitePackages: readonly string[], usesNodeModules: boolean, state: string | null): string {
  const installed = sitePackages.map(distributionsIn);
  const key = JSON.stringify([usesNodeModules ? workspaceRoot : null, sitePackages]);
  const known = digests.get(key);
  const isSame = known !== undefined && known.installed.every((names, index) => names === installed[index]) && (!usesNodeModules || (state !== null && known.state === state));
  if (isSame) return known.digest;
  const packages = usesNodeModules ? npmPackages(join(workspaceRoot, 'node_modules')) : [];
  const digest = sha256([...installed.flat().sort(), '', ...packages.sort()].join('\n'));
  digests.set(key, { state, installed, digest });
  return digest;
}

function distributionsIn(sitePackages: string): readonly string[] {
  return read(distributions, sitePackages, (path) => readdirSync(path).filter((name) => /\.(dist-info|egg-info|egg-link)$/.test(name))) ?? NOTHING;
}

function npmPackages(folder: string): string[] {
  const names = entries(folder);
  const scoped = names.filter((name) => name.startsWith('@')).flatMap((scope) => entries(join(folder, scope)).map((name) => `${scope}/${name}`));
  const packages = [...names.filter((name) => !name.startsWith('@') && !name.startsWith('.')), ...scoped];
  return packages.map((name) => `${name}@${versionIn(folder, name) ?? '?'}`);
}

/** Returns the version of an installed npm package, or null when it is not in this node_modules folder. */
export function installedVersion(nodeModules: string, name: string): string | null {
  return observeSync({ what: 'installed version', key: { nodeModules, name } }, () => versionIn(nodeModules, name));
}

function versionIn(nodeModules: string, name: string): string | null {
  return read(versions, join(nodeModules, name, 'package.json'), (path) => {
    const version = (parseJson(readFileSync(path, 'utf8')) as { version?: unknown } | null | undefined)?.version;
    return typeof version === 'string' ? version : null;
  });
}

function entries(folder: string): readonly string[] {
  return read(listings, folder, (path) => readdirSync(path)) ?? [];
}

/** Null also for what goes away meanwhile. */
function read<T>(known: Stamped<T>, path: string, make: (path: string) => T): T | null {
  try {
    return known.of(path, statSync(path, { bigint: true, throwIfNoEntry: false }), make);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
