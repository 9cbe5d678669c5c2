import { basename, dirname, join, relative, sep } from 'node:path';
import { uriFromPath } from '../base/relative-uri.js';
import { exists, namesIn, textOf } from './files.js';

const DIST_INFO = '.dist-info';
/** TypeScript 7 keeps its library beside its program, in a package for each platform. */
const NATIVE_TYPESCRIPT = /^@typescript\/typescript-[a-z0-9]+-[a-z0-9]+$/;

/**
 * Gives files outside the workspace the URI `ext://<package>@<version>/path`: the npm package, the Python distribution or
 * the standard library that they belong to. The same file has the same URI on every machine. What is read once is
 * remembered, because dependencies do not change while a session lives.
 */
export class ExternalUris {
  private readonly known = new Map<string, string>();
  /** site-packages folder → top-level module → `name@version`. */
  private readonly distributions = new Map<string, ReadonlyMap<string, string>>();

  uriOf(absolutePath: string): string {
    const known = this.known.get(absolutePath);
    if (known !== undefined) return known;
    const path = absolutePath.split(sep).join('/');
    const uri = this.sitePackagesUri(path) ?? npmUri(absolutePath) ?? standardLibraryUri(path) ?? `ext://unknown@0/${uriFromPath(basename(absolutePath))}`;
    this.known.set(absolutePath, uri);
    return uri;
  }

  private sitePackagesUri(path: string): string | null {
    const match = /^(.*\/(?:site|dist)-packages)\/(.+)$/.exec(path);
    if (match === null) return null;
    const [, folder = '', rest = ''] = match;
    const top = (rest.split('/')[0] ?? '').replace(/\.pyi?$/, '');
    const distribution = this.distributionsIn(folder).get(top) ?? `${top.replace(/-stubs$/, '')}@0`;
    return `ext://${distribution}/${uriFromPath(rest)}`;
  }

  private distributionsIn(sitePackages: string): ReadonlyMap<string, string> {
    const known = this.distributions.get(sitePackages);
    if (known !== undefined) return known;
    const read = readDistributions(sitePackages);
    this.distributions.set(sitePackages, read);
    return read;
  }
}

/** Which distribution installed a top-level module, by what each says of itself, else by its name. */
function readDistributions(sitePackages: string): ReadonlyMap<string, string> {
  const byModule = new Map<string, string>();
  for (const info of namesIn(sitePackages).filter((name) => name.endsWith(DIST_INFO))) {
    const [name = '', version = '0'] = info.slice(0, -DIST_INFO.length).split('-');
    for (const module of [...modulesOf(join(sitePackages, info)), name.toLowerCase().replace(/[-.]/g, '_')]) {
      if (!byModule.has(module)) byModule.set(module, `${name}@${version}`);
    }
  }
  return byModule;
}

/** The top-level modules in a distribution's list of files, and in the older top_level.txt. */
function modulesOf(info: string): string[] {
  const record = join(info, 'RECORD');
  const topLevel = join(info, 'top_level.txt');
  const files = exists(record) ? textOf(record).split(/\r?\n/) : [];
  const fromRecord = files.map((line) => /^([^/,."]+)(?:\/|\.pyi?,)/.exec(line)?.[1] ?? '').filter((name) => name !== '' && name !== '__pycache__');
  return [...new Set([...fromRecord, ...(exists(topLevel) ? textOf(topLevel).split(/\s+/) : [])])].filter((name) => name !== '');
}

function npmUri(absolutePath: string): string | null {
  for (let folder = dirname(absolutePath); dirname(folder) !== folder; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    const named = exists(manifest) ? nameAndVersion(textOf(manifest)) : null;
    if (named !== null) return `ext://${named}/${uriFromPath(relative(folder, absolutePath).split(sep).join('/'))}`;
  }
  return null;
}

/** Null for a manifest that does not parse, or that (as in `dist/esm`) only says `type`: then the package lies further up. */
function nameAndVersion(text: string): string | null {
  try {
    const { name, version } = JSON.parse(text) as { name?: unknown; version?: unknown };
    if (typeof name !== 'string' || typeof version !== 'string') return null;
    return `${name.replace(NATIVE_TYPESCRIPT, 'typescript')}@${version}`;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function standardLibraryUri(path: string): string | null {
  const match = /\/lib\/python(3\.\d+)\/(.+)$/.exec(path);
  return match === null ? null : `ext://python@${match[1] ?? ''}/${uriFromPath(match[2] ?? '')}`;
}
