import { createHash } from 'node:crypto';
import { dirname, join, sep } from 'node:path';
import type { ServerEntry } from '../base/configuration.js';
import { observeSync } from '../base/observe.js';
import { canonicalJson } from '../base/canonical-json.js';
import { filesBelow, isRegularFile, namesIn, realPathOf, sourceBytes } from './files.js';
import { packageOf } from './server-package.js';

/** Digests of what the user trusts in this workspace. */
export type Trust = ReadonlySet<string>;

export const NO_TRUST: Trust = new Set();

const PACKAGE_FILES_MAX = 20_000;

/**
 * Returns the digest by which something of a workspace is trusted: of what it is and of the contents of its files. Another
 * content, another name or another role is another digest, and so is not trusted.
 */
export function trustDigest(what: string, absoluteFiles: readonly string[]): string {
  return observeSync({ what: 'digest for trust', key: { what, absoluteFiles } }, () => digestOf(what, absoluteFiles));
}

function digestOf(what: string, absoluteFiles: readonly string[]): string {
  const hash = createHash('sha256').update(what);
  for (const file of absoluteFiles) {
    const bytes = sourceBytes(realPathOf(file) ?? file, what);
    hash.update(`\0${String(bytes.length)}\0`).update(bytes);
  }
  return `sha256:${hash.digest('hex')}`;
}

/**
 * The digest of a program that a workspace has installed: of its whole npm package where it is in one; of a script and of what is
 * installed beside it; else of the program itself.
 */
export function programDigest(homeRoot: string, path: string): string {
  const file = join(homeRoot, path);
  const real = realPathOf(file) ?? file;
  const owner = real.includes(`${sep}node_modules${sep}`) ? packageOf(real) : null;
  if (owner !== null) return trustDigest(`program ${path}`, [real, ...packageFiles(owner.directory)]);
  const isScript = sourceBytes(real, path).subarray(0, 2).toString('latin1') === '#!';
  return trustDigest(isScript ? `program ${path} ${distributionsBeside(file).join(' ')}` : `program ${path}`, [real]);
}

/** The files of a package that may run. */
export function packageFiles(directory: string): string[] {
  return filesBelow(directory, PACKAGE_FILES_MAX)
    .filter((path) => /(\.([cm]?js|json|node|wasm)|(^|\/)[^./]+)$/.test(path))
    .map((path) => join(directory, path));
}

/** The digest of a virtual environment's python: of the program, of its configuration, and of the names and versions that are installed in it. */
export function pythonDigest(venv: string, python: string): string {
  return trustDigest(`python ${distributionsBeside(python).join(' ')}`, [python, join(venv, 'pyvenv.cfg')]);
}

/** The names of the distributions in the virtual environment that a program lies in. */
function distributionsBeside(program: string): string[] {
  const library = join(dirname(dirname(program)), 'lib');
  return namesIn(library).flatMap((python) => namesIn(join(library, python, 'site-packages')).filter((name) => /\.(dist-info|pth|egg-link)$/.test(name)));
}

/**
 * The digest of a server that assay.json configures: of its entry, and of the contents of every file of the workspace that a text
 * in it names. `analysedRoot` counts before `homeRoot`: a step that brings another such file is not what was trusted.
 */
export function entryDigest(id: string, entry: ServerEntry, homeRoot: string, analysedRoot: string): string {
  const files = textsIn(entry).flatMap((text) => {
    const file = [analysedRoot, homeRoot].map((root) => join(root, text)).find((path) => text !== '' && !text.includes('\0') && isRegularFile(path));
    return file === undefined ? [] : [file];
  });
  return trustDigest(`server ${id} ${canonicalJson(entry)}`, files);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('--') && value.includes('=') ? [value, value.slice(value.indexOf('=') + 1)] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
