import { basename, extname } from 'node:path';
import { parse, type ParseError } from 'jsonc-parser';
import type { Configuration } from '../base/configuration.js';
import { Failure } from '../base/failure.js';
import type { ServerSpec } from './server-spec.js';
import { clangd } from './servers/clang.js';
import { bash, css, html, json, yaml } from './servers/formats.js';
import { gopls } from './servers/go.js';
import { jdtls } from './servers/java.js';
import { pyrefly, ruff, ty } from './servers/python-tools.js';
import { basedpyright, pyright } from './servers/pyright.js';
import { rustAnalyzer } from './servers/rust.js';
import { typescript, typescriptClassic, vtsls } from './servers/typescript.js';
import { isFields } from './wire.js';

/** Every server that assay knows. Of two for one language the earlier answers unasked. */
export const SERVERS: readonly ServerSpec[] = [
  pyright, typescript, typescriptClassic, gopls, rustAnalyzer, clangd, jdtls, basedpyright, ty, pyrefly, vtsls, ruff, json, css, html, bash, yaml,
];

/** What decides between servers of one language. */
export interface ServerChoice {
  /** The servers that there are, with what a user configured; those that a user adds come first. */
  readonly servers: readonly ServerSpec[];
  /** The id that the user asks for; it answers for its own languages only. */
  readonly server: string | undefined;
  readonly use: Configuration['use'];
  /** The text of the workspace's package.json; null when it has none. */
  readonly packageJson: string | null;
  /** The version in the workspace's node_modules/typescript; null when it is not installed. */
  readonly installedTypescript: string | null;
}

/** Which servers are asked about a file: the one that answers, and those that only add their diagnostics. */
export interface Chosen {
  readonly main: ServerSpec | null;
  readonly linters: readonly ServerSpec[];
  /** True when a user chose `main`, so that its absence is a failure. */
  readonly isAskedFor: boolean;
}

const NOBODY: Chosen = { main: null, linters: [], isAskedFor: false };

/** Returns which servers are asked about a file, installed or not. Throws E/BAD_ARGUMENT for an id that does not exist. */
export function serversFor(path: string, choice: ServerChoice): Chosen {
  const { servers, server, packageJson, installedTypescript } = choice;
  const asked = server === undefined ? undefined : serverNamed(server, servers, '--server');
  if (asked !== undefined && knows(asked, path)) return { main: asked, linters: [], isAskedFor: true };
  const wanted = idsInUse(path, choice).map((id) => serverNamed(id, servers, 'use in assay.json'));
  const [main, ...linters] = wanted.filter((spec) => knows(spec, path));
  if (main !== undefined) return { main, linters, isAskedFor: true };
  const standard = servers.find((spec) => spec.role === 'checker' && knows(spec, path));
  if (standard === undefined) return NOBODY;
  if (standard.id !== typescript.id || !usesClassicTypescript({ packageJson, installedTypescript })) return { ...NOBODY, main: standard };
  return { ...NOBODY, main: servers.find((spec) => spec.id === typescriptClassic.id) ?? standard };
}

export function knows(spec: ServerSpec, path: string): boolean {
  return Object.hasOwn(spec.languageIds, extensionOf(path));
}

/** Throws E/BAD_ARGUMENT for a `use` that names a server or a language that there is not. */
export function checkUse({ use }: Pick<Configuration, 'use'>, servers: readonly ServerSpec[]): void {
  if (use.size === 0) return;
  const languages = new Set(servers.flatMap(({ languageIds }) => Object.entries(languageIds).flatMap(([extension, language]) => [extension, familyOf(language)])));
  for (const [language, ids] of use) {
    if (!languages.has(language)) {
      throw new Failure('E/BAD_ARGUMENT', `assay.json: use.${language}: expected a language id or a file extension of a server`, { hint: `Known: ${[...languages].filter((name) => !name.startsWith('.')).sort().join(', ')}, or an extension such as ".py".` });
    }
    for (const id of ids) serverNamed(id, servers, `assay.json: use.${language}`);
  }
}

/** Returns the server with this id. Throws E/BAD_ARGUMENT, saying where the id came from. */
export function serverNamed(id: string, servers: readonly ServerSpec[], where: string): ServerSpec {
  const found = servers.find((spec) => spec.id === id);
  if (found !== undefined) return found;
  throw new Failure('E/BAD_ARGUMENT', `${where}: there is no server ${JSON.stringify(id)}`, { hint: `Known: ${servers.map((spec) => spec.id).join(', ')}. assay servers says more.` });
}

/** The servers with their languages and file extensions, for messages. */
export function knownServers(servers: readonly ServerSpec[] = SERVERS): string {
  return servers.map(({ id, languageIds }) => `${id} (${[...new Set(Object.values(languageIds))].join(', ')}: ${Object.keys(languageIds).join(' ')})`).join('; ');
}

/** An extension says more than a language, so it counts first. */
function idsInUse(path: string, { use, servers }: ServerChoice): readonly string[] {
  const extension = extensionOf(path);
  const language = servers.map(({ languageIds }) => languageIds[extension]).find((id) => id !== undefined);
  return use.get(extension) ?? (language === undefined ? undefined : use.get(familyOf(language))) ?? [];
}

/** The language of which `typescriptreact` and `javascriptreact` are spellings. */
function familyOf(language: string): string {
  return language.replace(/react$/, '');
}

/** The extension as servers list it; a file whose name is only a dot and a word has none. */
function extensionOf(path: string): string {
  return extname(basename(path));
}

/** True when the workspace itself uses TypeScript up to 6: what is installed decides, then what package.json asks for. */
function usesClassicTypescript({ installedTypescript, packageJson }: Pick<ServerChoice, 'installedTypescript' | 'packageJson'>): boolean {
  const major = majorOf(installedTypescript ?? '') ?? majorOf(requestedTypescript(packageJson));
  return major !== null && major <= 6;
}
/** The range that a package.json gives for TypeScript; '' for one that gives none or does not parse: the checkers report that themselves. */
function requestedTypescript(packageJson: string | null): string {
  const errors: ParseError[] = [];
  const manifest: unknown = parse((packageJson ?? '').replace(/^\uFEFF/, ''), errors);
  if (errors.length > 0 || !isFields(manifest)) return '';
  const ranges = ['devDependencies', 'dependencies'].map((key) => (isFields(manifest[key]) ? manifest[key]['typescript'] : undefined));
  return ranges.find((range) => typeof range === 'string') ?? '';
}

/** The major of a version, or of the lower end of a range; null for a tag like `latest`. */
function majorOf(version: string): number | null {
  const match = /\d+/.exec(version.replace(/^npm:.*@/, ''));
  return match === null ? null : Number(match[0]);
}
