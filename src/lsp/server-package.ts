import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../base/failure.js';
import { observe, observeSync } from '../base/observe.js';
import { bytesOf, exists, textOf } from './files.js';

/** An npm package that holds a language server, as it is installed. */
export interface ServerPackage {
  readonly name: string;
  readonly version: string;
  readonly directory: string;
}

const INSTALL_HINT = 'Run npm ci in the folder of assay, then the same command; nothing was changed.';

/** Finds `name` as Node would from this file: in the nearest node_modules on the way up. Null when it is not installed. */
function findServerPackage(name: string, from: string = dirname(fileURLToPath(import.meta.url))): ServerPackage | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const directory = join(folder, 'node_modules', name);
    const manifest = join(directory, 'package.json');
    if (exists(manifest)) {
      const parsed = JSON.parse(textOf(manifest)) as { name: string; version: string };
      return { name: parsed.name, version: parsed.version, directory };
    }
    if (dirname(folder) === folder) return null;
  }
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

async function installedBytes(file: string): Promise<Uint8Array> {
  try {
    return await bytesOf(file);
  } catch (cause) {
    throw new Failure('E/LS_CRASH', 'the installation of a server is incomplete', { hint: INSTALL_HINT, cause });
  }
}
