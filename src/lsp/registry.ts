import { extname } from 'node:path';
import { parse, type ParseError } from 'jsonc-parser';
import { Failure } from '../base/failure.js';
import { pyright } from './pyright.js';
import type { ServerSpec } from './server-spec.js';
import { typescript, typescriptClassic } from './typescript.js';
import { isFields } from './wire.js';

/** Every server that works out of the box. */
export const SERVERS: readonly ServerSpec[] = [pyright, typescript, typescriptClassic];

/** What decides between servers of one language. */
export interface ServerChoice {
  /** The id that the user asks for; it answers for its own languages only. */
  readonly server: string | undefined;
  /** The text of the workspace's package.json; null when it has none. */
  readonly packageJson: string | null;
  /** The version in the workspace's node_modules/typescript; null when it is not installed. */
  readonly installedTypescript: string | null;
}

/** Returns the server that answers for a file, or null when none knows its extension. Throws E/BAD_ARGUMENT for an unknown id. */
export function serverFor(path: string, choice: ServerChoice): ServerSpec | null {
  const knows = (spec: ServerSpec): boolean => Object.hasOwn(spec.languageIds, extname(path));
  if (choice.server !== undefined) {
    const asked = SERVERS.find((spec) => spec.id === choice.server);
    if (asked === undefined) throw new Failure('E/BAD_ARGUMENT', `there is no server ${JSON.stringify(choice.server)}`, { hint: `Known: ${knownServers()}.` });
    if (knows(asked)) return asked;
  }
  if (knows(pyright)) return pyright;
  if (!knows(typescript)) return null;
  return usesClassicTypescript(choice) ? typescriptClassic : typescript;
}

/** The servers with their languages and file extensions, for messages. */
export function knownServers(): string {
  return SERVERS.map(({ id, languageIds }) => `${id} (${[...new Set(Object.values(languageIds))].join(', ')}: ${Object.keys(languageIds).join(' ')})`).join('; ');
}

/** True when the workspace itself uses TypeScript up to 6: what is installed decides, then what package.json asks for. */
function usesClassicTypescript({ installedTypescript, packageJson }: ServerChoice): boolean {
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
