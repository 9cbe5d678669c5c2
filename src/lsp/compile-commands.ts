import { join, resolve } from 'node:path';
import { Failure } from '../base/failure.js';
import { exists, filesBelow, textOf } from './files.js';
import { isFields } from './wire.js';

/** One entry of Clang's compilation database. */
export interface CompileCommand {
  readonly directory: string;
  readonly file: string;
  readonly arguments?: readonly string[];
  readonly command?: string;
}

const SOURCE = /\.(c|cc|cpp|cxx|c\+\+)$/;
const FILES_MAX = 100_000;

/**
 * Returns the compilation database of a folder: its own (`compile_commands.json`, also in `build`), which may lie in the user's
 * folder alone because Git ignores it; else every source file with the flags of `compile_flags.txt`, or with the includes that any
 * compiler would find from the root. Throws E/BAD_ARGUMENT for a database that is none.
 */
export function compileCommands(root: string, homeRoot: string): CompileCommand[] {
  const own = [root, homeRoot].flatMap((folder) => ['', 'build'].map((below) => ({ folder, file: join(folder, below, 'compile_commands.json') }))).find(({ file }) => exists(file));
  if (own !== undefined) return moved(readDatabase(own.file), own.folder, root);
  const flags = join(root, 'compile_flags.txt');
  const given = exists(flags) ? textOf(flags).split(/\r?\n/).filter((line) => line !== '') : ['-I.', '-Iinclude', '-Isrc'];
  return filesBelow(root, FILES_MAX)
    .filter((path) => SOURCE.test(path))
    .map((path) => ({ directory: root, file: join(root, path), arguments: [path.endsWith('.c') ? 'clang' : 'clang++', ...given, join(root, path)] }));
}

/** The database of one folder, read for a copy of that folder: absolute paths of the first mean the second. */
function moved(commands: readonly CompileCommand[], from: string, to: string): CompileCommand[] {
  const there = (text: string): string => text.replaceAll(from, to);
  return commands.map((command) => ({
    directory: there(resolve(from, command.directory)),
    file: there(command.file),
    ...(command.arguments === undefined ? {} : { arguments: command.arguments.map(there) }),
    ...(command.command === undefined ? {} : { command: there(command.command) }),
  }));
}

function readDatabase(file: string): CompileCommand[] {
  const parsed = parsedJson(textOf(file));
  if (Array.isArray(parsed) && parsed.every(isCommand)) return parsed;
  throw new Failure('E/BAD_ARGUMENT', 'compile_commands.json is no compilation database', {
    hint: 'It is a JSON list of {"directory", "file", "arguments" or "command"}. clangd would silently guess the flags; nothing was started.',
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isCommand(value: unknown): value is CompileCommand {
  if (!isFields(value) || typeof value['directory'] !== 'string' || typeof value['file'] !== 'string') return false;
  const { arguments: list, command } = value;
  return typeof command === 'string' || (Array.isArray(list) && list.every((argument) => typeof argument === 'string'));
}
