import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { parse as parseJsonc, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { parse as parseToml, TomlError } from 'smol-toml';
import { Failure } from '../base/failure.js';
import { TextDocument } from '../base/text-document.js';
import { exists, textOf } from './files.js';

type Settings = Readonly<Record<string, unknown>>;

/**
 * Throws E/BAD_ARGUMENT, with file and position, when pyright could not read its settings: its server would go on with
 * its defaults and only log it, where its command line stops.
 */
export function checkPyrightSettings(workspaceRoot: string): void {
  settingsChain(workspaceRoot);
}

/** All that the settings of a workspace say to pyright, and where. Throws as checkPyrightSettings does. */
export function pyrightSettings(workspaceRoot: string): string {
  return JSON.stringify([firstSettings(workspaceRoot), settingsChain(workspaceRoot)]);
}

/** The folder of the virtual environment that pyright's settings name by `venvPath` and `venv`; null when they do not. */
export function configuredVenv(workspaceRoot: string): string | null {
  const chain = settingsChain(workspaceRoot);
  const path = chain.find(({ settings }) => typeof settings['venvPath'] === 'string');
  const name = chain.find(({ settings }) => typeof settings['venv'] === 'string');
  if (path === undefined || name === undefined) return null;
  return resolve(path.folder, path.settings['venvPath'] as string, name.settings['venv'] as string);
}

/** What pyright leaves out whatever its settings say. A file that settings say otherwise of is found by no way. */
const ALWAYS_OUT = ['**/node_modules', '**/__pycache__', '**/.*', '**/__editable__.*'];
/** By any of these pyright knows the folder of a virtual environment. */
const ENVIRONMENT = ['bin/activate', 'Scripts/activate', 'pyvenv.cfg', 'conda-meta'];

/** A pattern of `include` or `exclude`, from the folder of the settings that hold it. */
interface FilePattern {
  /** Finds what the pattern names and all that is below it. */
  readonly regExp: RegExp;
  /** The folder, or file, that is before its first wildcard. */
  readonly start: string;
  /** True when every folder below `start` is looked into; otherwise only those that the pattern finds. */
  readonly looksEverywhere: boolean;
}

/**
 * Returns what says whether pyright leaves out a file, given by its workspace-relative path, when it looks for those that it checks. Its server
 * answers for every file that it has read, also for one that is left out and that another one imports; its command line does not.
 * `told` is what a client tells it under `python.analysis`, which counts in a workspace without settings only.
 * https://github.com/microsoft/pyright/blob/main/docs/configuration.md
 */
export function pyrightLeavesOut(workspaceRoot: string, told: Settings): (path: string) => boolean {
  const chain = settingsChain(workspaceRoot);
  const sources = chain.length > 0 ? chain : [{ folder: workspaceRoot, settings: told }];
  const patternsOf = (key: 'include' | 'exclude'): FilePattern[] => {
    const source = sources.find(({ settings }) => Array.isArray(settings[key]));
    const patterns = (source?.settings[key] ?? []) as unknown[];
    return patterns.flatMap((pattern) => (source === undefined || typeof pattern !== 'string' || isAbsolute(pattern) ? [] : [filePattern(source.folder, pattern)]));
  };
  const named = patternsOf('include');
  const include = named.length > 0 ? named : [filePattern(workspaceRoot, '.')];
  const exclude = [...patternsOf('exclude'), ...ALWAYS_OUT.map((pattern) => filePattern(workspaceRoot, pattern))];
  const environments = new Map<string, boolean>();
  const isEnvironment = (folder: string): boolean => {
    const known = environments.get(folder) ?? ENVIRONMENT.some((name) => exists(join(folder, name)));
    environments.set(folder, known);
    return known;
  };
  return (path) => {
    const file = slashed(join(workspaceRoot, path));
    if (exclude.some(({ regExp }) => regExp.test(file))) return true;
    return !include.some(({ regExp, start, looksEverywhere }) => {
      if (!regExp.test(file)) return false;
      return foldersTo(file, start).every((folder) => (folder === start || looksEverywhere || regExp.test(folder)) && !isEnvironment(folder));
    });
  };
}

/** `start` and the folders below it that lead to `file`; none when `start` is the file itself. */
function foldersTo(file: string, start: string): string[] {
  const folders: string[] = [];
  for (let folder = file.slice(0, file.lastIndexOf('/')); folder.length >= start.length && folder !== ''; folder = folder.slice(0, folder.lastIndexOf('/'))) folders.push(folder);
  return folders;
}

/** `**` is any number of folders, `*` and `?` are characters of one name; nothing else has a meaning. */
function filePattern(folder: string, pattern: string): FilePattern {
  const names = slashed(resolve(folder, pattern)).split('/');
  const parts = names.map((name, at) => (name === '**' ? '(?:/[^/]+)*?' : `${at === 0 ? '' : '/'}${name.replace(/[^\w\s]/g, anyOf)}`));
  const wild = names.findIndex((name) => /[*?]/.test(name));
  return {
    regExp: new RegExp(`^${parts.join('')}(?:$|/)`, process.platform === 'linux' ? '' : 'i'),
    start: names.slice(0, wild < 0 ? names.length : wild).join('/'),
    looksEverywhere: names.includes('**'),
  };
}

function anyOf(character: string): string {
  if (character === '*') return '[^/]*';
  return character === '?' ? '[^/]' : `\\${character}`;
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}

/** The settings that pyright reads in a workspace and those that they extend, nearest first. pyproject.toml counts only without a pyrightconfig.json. */
function settingsChain(workspaceRoot: string): { readonly folder: string; readonly settings: Settings }[] {
  const chain: { folder: string; settings: Settings }[] = [];
  const seen = new Set<string>();
  // Settings that extend themselves end the chain, as pyright ends it.
  for (let file = firstSettings(workspaceRoot); file !== undefined && !seen.has(file); ) {
    seen.add(file);
    const settings = readSettings(file, nameOf(file, workspaceRoot));
    if (settings === null) break;
    chain.push({ folder: dirname(file), settings });
    file = typeof settings['extends'] === 'string' ? resolve(dirname(file), settings['extends']) : undefined;
  }
  return chain;
}

function firstSettings(workspaceRoot: string): string | undefined {
  return ['pyrightconfig.json', 'pyproject.toml'].map((name) => join(workspaceRoot, name)).find(exists);
}

function nameOf(file: string, workspaceRoot: string): string {
  const path = relative(workspaceRoot, file);
  return path.startsWith('..') ? basename(file) : path;
}

/** Null for a pyproject.toml that says nothing about pyright. */
function readSettings(file: string, name: string): Settings | null {
  let text: string;
  try {
    text = textOf(file);
  } catch (cause) {
    throw new Failure('E/BAD_ARGUMENT', `${name}, which pyright's settings need, cannot be read`, { hint: 'Mend or remove the reference to it.', details: { file: name }, cause });
  }
  const settings = file.endsWith('.toml') ? pyrightTable(text, name) : readJson(text, name);
  if (settings === undefined) return null;
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) throw malformed(name, 1, 1, 'an object of settings expected');
  return settings as Settings;
}

function readJson(text: string, name: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parseJsonc(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error === undefined) return value;
  const { line, character } = new TextDocument(text).positionAt(error.offset);
  throw malformed(name, line + 1, character + 1, printParseErrorCode(error.error));
}

function pyrightTable(text: string, name: string): unknown {
  try {
    const tool = parseToml(text)['tool'] as { pyright?: unknown } | undefined;
    return tool?.pyright;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw malformed(name, error.line, error.column, error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '');
  }
}

function malformed(name: string, line: number, column: number, problem: string): Failure {
  return new Failure('E/BAD_ARGUMENT', `${name}:${String(line)}:${String(column)}: ${problem}`, {
    hint: 'pyright would silently use its defaults. Mend this file; nothing was changed.',
    details: { file: name, line, column },
  });
}
