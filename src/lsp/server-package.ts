import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../base/failure.js';
import { observe, observeSync } from '../base/observe.js';
import { bytesOf, filesBelow, jsonAt } from './files.js';
import { isFields } from './wire.js';

/** An npm package that holds a language server, as it is installed. */
export interface ServerPackage {
  readonly name: string;
  readonly version: string;
  readonly directory: string;
}

const INSTALL_HINT = 'Run npm ci in the folder of assay, then the same command; nothing was changed.';
const CODE = /\.([cm]?js|json|wasm|node)$/;
const FILES_MAX = 20_000;

/** Finds `name` as Node would from this file: in the nearest node_modules on the way up. Null when it is not installed. */
export function findServerPackage(name: string, from: string = dirname(fileURLToPath(import.meta.url))): ServerPackage | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = packageAt(join(folder, 'node_modules', name));
    if (found !== null) return found;
    if (dirname(folder) === folder) return null;
  }
}

/** The package that a file belongs to, by the nearest manifest that has a name and a version; null for a file of none. */
export function packageOf(file: string): ServerPackage | null {
  for (let folder = dirname(file); dirname(folder) !== folder; folder = dirname(folder)) {
    const found = packageAt(folder);
    if (found !== null) return found;
  }
  return null;
}

/** The package in a folder; null when none is there. */
export function packageAt(directory: string): ServerPackage | null {
  const { name, version } = manifestOf(directory);
  return typeof name === 'string' && typeof version === 'string' ? { name, version, directory } : null;
}

/** Empty where there is none. */
function manifestOf(directory: string): Readonly<Record<string, unknown>> {
  const manifest = jsonAt(join(directory, 'package.json'));
  return isFields(manifest) ? manifest : {};
}

/** The installed package, or a Failure that says how to install it. */
export function requireServerPackage(name: string, from?: string): ServerPackage {
  // Where a replay runs, assay may lie elsewhere, with other servers or none.
  const found = observeSync({ what: 'server package', key: { name, from: from ?? null } }, () => findServerPackage(name, from));
  if (found === null) throw new Failure('E/LS_CRASH', `${name} is not installed`, { hint: INSTALL_HINT, details: { package: name } });
  return found;
}

/** Returns `sha256:…` over the files that are a server's manifest and code, in this order, so that a changed installation shows. */
export function codeIntegrity(absoluteFiles: readonly string[]): Promise<string> {
  return observe({ what: 'integrity', key: absoluteFiles }, () => digestOf(absoluteFiles));
}

async function digestOf(absoluteFiles: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const contents = await Promise.all(absoluteFiles.map(installedBytes));
  for (const content of contents) hash.update(String(content.length)).update('\0').update(content);
  return `sha256:${hash.digest('hex')}`;
}

/** The same over all code and data of a package, and the name and version of every package that it needs. */
export function packageIntegrity({ directory }: ServerPackage): Promise<string> {
  return observe({ what: 'package integrity', key: directory }, () => digestOfPackage(directory));
}

async function digestOfPackage(directory: string): Promise<string> {
  const own = filesBelow(directory, FILES_MAX).filter((path) => CODE.test(path));
  const code = await digestOf(own.map((path) => join(directory, path)));
  const needed = [...dependenciesOf(directory).values()].map(({ name, version }) => `${name}@${version}`);
  return `sha256:${createHash('sha256').update([code, ...own, '', ...needed.sort()].join('\n')).digest('hex')}`;
}

/** Every package that one needs, directly or not, by its folder; what is not installed is left out. */
function dependenciesOf(directory: string): ReadonlyMap<string, ServerPackage> {
  const found = new Map<string, ServerPackage>();
  const pending = [directory];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const { dependencies } = manifestOf(folder);
    for (const name of Object.keys(isFields(dependencies) ? dependencies : {})) {
      const needed = findServerPackage(name, folder);
      if (needed === null || found.has(needed.directory)) continue;
      found.set(needed.directory, needed);
      pending.push(needed.directory);
    }
  }
  return found;
}

async function installedBytes(file: string): Promise<Uint8Array> {
  try {
    return await bytesOf(file);
  } catch (cause) {
    throw new Failure('E/LS_CRASH', 'the installation of a server is incomplete', { hint: INSTALL_HINT, cause });
  }
}
