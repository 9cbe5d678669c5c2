import { basename, dirname, join, relative, resolve } from 'node:path';
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

/** The folder of the virtual environment that pyright's settings name by `venvPath` and `venv`; null when they do not. */
export function configuredVenv(workspaceRoot: string): string | null {
  const chain = settingsChain(workspaceRoot);
  const path = chain.find(({ settings }) => typeof settings['venvPath'] === 'string');
  const name = chain.find(({ settings }) => typeof settings['venv'] === 'string');
  if (path === undefined || name === undefined) return null;
  return resolve(path.folder, path.settings['venvPath'] as string, name.settings['venv'] as string);
}

/** The settings that pyright reads in a workspace and those that they extend, nearest first. pyproject.toml counts only without a pyrightconfig.json. */
function settingsChain(workspaceRoot: string): { readonly folder: string; readonly settings: Settings }[] {
  const chain: { folder: string; settings: Settings }[] = [];
  const seen = new Set<string>();
  const first = ['pyrightconfig.json', 'pyproject.toml'].map((name) => join(workspaceRoot, name)).find(exists);
  // Settings that extend themselves end the chain, as pyright ends it.
  for (let file = first; file !== undefined && !seen.has(file); ) {
    seen.add(file);
    const settings = readSettings(file, nameOf(file, workspaceRoot));
    if (settings === null) break;
    chain.push({ folder: dirname(file), settings });
    file = typeof settings['extends'] === 'string' ? resolve(dirname(file), settings['extends']) : undefined;
  }
  return chain;
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
