import { basename, dirname, join, relative, sep } from 'node:path';
import { uriFromPath } from '../base/relative-uri.js';
import { observeSync } from '../base/observe.js';
import { exists, namesIn, textOf } from './files.js';

const DIST_INFO = '.dist-info';
/** TypeScript 7 keeps its library beside its program, in a package for each platform. */
const NATIVE_TYPESCRIPT = /^@typescript\/typescript-[a-z0-9]+-[a-z0-9]+$/;

/**
 * Gives files outside the workspace the URI `ext://<package>@<version>/path`: the package, the distribution or the
 * standard library that they belong to. The same file has the same URI on every machine. What is read once is
 * remembered, because dependencies do not change while a session lives.
 */
export class ExternalUris {
  private readonly neighbourhood: string;
  private readonly known = new Map<string, string>();
  /** site-packages folder → top-level module → `name@version`. */
  private readonly distributions = new Map<string, ReadonlyMap<string, string>>();

  /** `neighbourhood` is the folder that the workspace lies in: beside it are projects that belong to no package. */
  constructor(neighbourhood: string) {
    this.neighbourhood = neighbourhood;
  }

  uriOf(absolutePath: string): string {
    const known = this.known.get(absolutePath);
    if (known !== undefined) return known;
    const uri = observeSync({ what: 'package of', key: absolutePath }, () => this.find(absolutePath));
    this.known.set(absolutePath, uri);
    return uri;
  }

  private find(absolutePath: string): string {
    const path = absolutePath.split(sep).join('/');
    return this.sitePackagesUri(path) ?? cacheUri(path) ?? npmUri(absolutePath) ?? libraryUri(absolutePath) ?? this.unknownUri(path);
  }

  private sitePackagesUri(path: string): string | null {
    const match = /^(.*\/(?:site|dist)-packages)\/(.+)$/.exec(path);
    if (match === null) return null;
    const [, folder = '', rest = ''] = match;
    const top = (rest.split('/')[0] ?? '').replace(/\.pyi?$/, '');
    const distribution = this.distributionsIn(folder).get(top) ?? `${top.replace(/-stubs$/, '')}@0`;
    return `ext://${distribution}/${uriFromPath(rest)}`;
  }

  /** Without the folders above: they are of this machine alone. */
  private unknownUri(path: string): string {
    const near = `${this.neighbourhood.split(sep).join('/')}/`;
    return `ext://unknown@0/${uriFromPath(near !== '/' && path.startsWith(near) ? path.slice(near.length) : basename(path))}`;
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

/**
 * Folders whose names say which package and which version they hold: Go's module cache, Cargo's registry and checkouts,
 * Rust's and Python's own libraries. A pattern has the package's name (a group, or what stands beside it), its version and the path.
 */
const CACHES: readonly (readonly [pattern: RegExp, name?: string])[] = [
  [/\/pkg\/mod\/(?<name>[^@]+)@(?<version>[^/]+)\/(?<path>.+)$/],
  [/\/registry\/src\/[^/]+\/(?<name>[^/]+)-(?<version>\d+\.\d[^/]*)\/(?<path>.+)$/],
  [/\/git\/checkouts\/(?<name>[^/]+)-[0-9a-f]+\/(?<version>[^/]+)\/(?<path>.+)$/],
  [/\/toolchains\/(?<version>(?:stable|beta|nightly|\d[\d.]*)(?:-\d{4}-\d\d-\d\d)?)[^/]*\/lib\/rustlib\/src\/rust\/(?<path>.+)$/, 'rust'],
  [/\/lib\/python(?<version>3\.\d+)\/(?<path>.+)$/, 'python'],
];

function cacheUri(path: string): string | null {
  for (const [pattern, name] of CACHES) {
    const groups = pattern.exec(path)?.groups;
    if (groups !== undefined) return `ext://${name ?? uriFromPath(groups['name'] ?? '')}@${uriFromPath(groups['version'] ?? '')}/${uriFromPath(groups['path'] ?? '')}`;
  }
  return null;
}

/** Go's standard library, by the VERSION beside its `src`, and the headers of the system. */
function libraryUri(absolutePath: string): string | null {
  const path = absolutePath.split(sep).join('/');
  const source = /^(.*)\/(src\/.+)$/.exec(path);
  const version = source === null ? null : goVersion(join(source[1] ?? '', 'VERSION'));
  if (version !== null) return `ext://go@${version}/${uriFromPath(source?.[2] ?? '')}`;
  const header = /^\/(?:usr|opt|Library|Applications)\/.*?(include\/.+)$/.exec(path);
  return header === null ? null : `ext://system@0/${uriFromPath(header[1] ?? '')}`;
}

function goVersion(file: string): string | null {
  return exists(file) ? (/^go(\d[\w.]*)/.exec(textOf(file))?.[1] ?? null) : null;
}

/** The URI of what is no file, as a class in an archive is (`jdt://contents/<archive>/<package>/<class>?<paths of this machine>`). */
export function virtualUri(serverUri: string): string {
  const inArchive = /^jdt:\/\/contents\/([^/?]+)\/([^?]+)/.exec(serverUri);
  return inArchive === null ? `ext://server@0/${encodeURIComponent(serverUri)}` : `ext://${inArchive[1] ?? ''}@0/${inArchive[2] ?? ''}`;
}
