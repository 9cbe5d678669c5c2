import { readFileSync, realpathSync, statSync } from 'node:fs';
import { lstat, rename, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { applyEdits, modify, parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import type * as z from 'zod';
import type { Awaitable } from '../base/awaitable.js';
import { configurationSchema, mergeConfigurations, type Configuration, type ConfigurationFile, type Pin, type ReadConfiguration } from '../base/configuration.js';
import { observe, observeSync } from '../base/observe.js';
import { Failure } from '../base/failure.js';
import { TextDocument } from '../base/text-document.js';
import { fileFailure, isAbsent } from './file-failure.js';
import { lstatOrNull } from './lstat.js';
import { readWorkspaceFile } from './read-file.js';
import type { Workspace } from './workspace-root.js';

/** The file in a workspace's root that says which servers it is analysed with. */
export const CONFIGURATION_FILE = 'assay.json';

const HINT = 'Nothing was started and nothing was changed. docs/servers.md describes the file.';

/** Returns what the user's own configuration and the workspace's say together. Throws E/BAD_ARGUMENT, naming the key, for what is no configuration. */
export function readConfiguration(workspace: Workspace, env: NodeJS.ProcessEnv): Awaitable<Configuration> {
  const own = readUserConfiguration(workspace, env);
  const merged = (ofWorkspace: ReadConfiguration | null): Configuration => mergeConfigurations([own, ofWorkspace].filter((file) => file !== null));
  // Most have none, and are asked for it again and again.
  if (isThere(workspace)) return readWorkspaceConfiguration(workspace).then(merged);
  return own === null ? NO_CONFIGURATION : merged(null);
}

/** What most workspaces have. */
export const NO_CONFIGURATION = mergeConfigurations([]);

/** The workspace's file, parsed and as text; null when it has none. */
async function readWorkspaceConfiguration(workspace: Workspace): Promise<(ReadConfiguration & { readonly text: string }) | null> {
  try {
    const text = (await readWorkspaceFile(workspace, CONFIGURATION_FILE)).bytes.toString('utf8').replace(/^\uFEFF/, '');
    return { file: parseConfiguration(text, CONFIGURATION_FILE), folder: workspace.root, fromWorkspace: true, text };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function isThere({ root }: Workspace): boolean {
  return observeSync({ what: 'a configuration', key: root }, () => lstatOrNull(join(root, CONFIGURATION_FILE)) !== null);
}

/** Null when there is none. One that lies inside the workspace counts as the workspace's. */
function readUserConfiguration({ root }: Workspace, env: NodeJS.ProcessEnv): ReadConfiguration | null {
  return observeSync({ what: "the user's configuration", key: null }, () => readOfUser(root, env));
}

function readOfUser(root: string, env: NodeJS.ProcessEnv): ReadConfiguration | null {
  const configured = env['XDG_CONFIG_HOME'] ?? '';
  const folder = join(isAbsolute(configured) ? configured : join(env['HOME'] ?? homedir(), '.config'), 'assay');
  try {
    if (statSync(join(folder, CONFIGURATION_FILE), { throwIfNoEntry: false }) === undefined) return null;
    const text = readFileSync(join(folder, CONFIGURATION_FILE), 'utf8');
    return { file: parseConfiguration(text, `the user's ${CONFIGURATION_FILE}`), folder, fromWorkspace: `${realpathSync(folder)}/`.startsWith(`${root}/`) };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw fileFailure(error, 'read', `the user's ${CONFIGURATION_FILE}`, HINT);
  }
}

/**
 * Writes the pins into the workspace's file, whole or not at all, and leaves everything else in it as it is, comments too. Throws
 * E/FS_PERMISSIONS when it is no file of its own, or may not be written.
 */
export async function writePins(workspace: Workspace, pins: Readonly<Record<string, Pin>>): Promise<'created' | 'updated' | 'unchanged'> {
  const before = await readWorkspaceConfiguration(workspace);
  const indented = { formattingOptions: { insertSpaces: true, tabSize: 2 } };
  let text = before?.text ?? '{\n  "version": 1\n}\n';
  for (const [id, pin] of Object.entries(pins)) {
    if (JSON.stringify(before?.file.pins?.[id]) !== JSON.stringify(pin)) text = applyEdits(text, modify(text, ['pins', id], pin, indented));
  }
  if (before?.text === text) return 'unchanged';
  await replaceConfiguration(workspace, text);
  return before === null ? 'created' : 'updated';
}

function replaceConfiguration({ root }: Workspace, text: string): Promise<void> {
  return observe({ what: 'write the configuration', key: text, isAct: true }, () => writeConfiguration(root, text));
}

async function writeConfiguration(root: string, text: string): Promise<void> {
  const file = join(root, CONFIGURATION_FILE);
  const draft = `${file}.${String(process.pid)}.tmp`;
  const hint = `${CONFIGURATION_FILE} was left as it was. Make the workspace writable for you.`;
  try {
    const isLink = await lstat(file).then((stats) => stats.isSymbolicLink(), () => false);
    if (isLink) throw new Failure('E/FS_PERMISSIONS', `${CONFIGURATION_FILE} is a symbolic link`, { hint: 'It was left as it was. Put a file of its own in its place.' });
    await writeFile(draft, text, { flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw fileFailure(error, 'write', CONFIGURATION_FILE, hint);
  }
}

/** Parses a configuration; comments and trailing commas are allowed. `name` is what a Failure calls it. */
function parseConfiguration(text: string, name: string): ConfigurationFile {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) {
    const { line, character } = new TextDocument(text).positionAt(error.offset);
    throw new Failure('E/BAD_ARGUMENT', `${name}:${String(line + 1)}:${String(character + 1)}: ${printParseErrorCode(error.error)}`, { hint: HINT });
  }
  const parsed = configurationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Failure('E/BAD_ARGUMENT', `${name}: ${parsed.error.issues.map(describe).join('; ')}`, { hint: HINT, details: { keys: parsed.error.issues.map(({ path }) => path.join('.')) } });
}

/** Names the key and what was expected there. */
function describe(issue: z.core.$ZodIssue): string {
  const key = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  if (issue.code === 'unrecognized_keys') return `${key}unknown ${issue.keys.length > 1 ? 'keys' : 'key'} ${issue.keys.join(', ')}`;
  return `${key}${issue.message}`;
}
