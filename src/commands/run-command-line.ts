import { Config, run as runOclif } from '@oclif/core';
import { fileURLToPath } from 'node:url';
import { caller } from '../base/caller.js';
import { Failure } from '../base/failure.js';
import { COMMANDS } from '../commands.js';
import type { CommandClass } from './base-command.js';
import { printFailure } from './print-failure.js';

/** A command line whose command is known, ready to run. */
export interface KnownCommand {
  /** As the user names it, with a colon for each space. */
  readonly id: string;
  readonly command: CommandClass;
  readonly argv: readonly string[];
}

/** Loads what oclif knows of this program; needed once per process. */
export function loadConfig(): Promise<Config> {
  return Config.load({ root: fileURLToPath(new URL('..', import.meta.url)) });
}

/** Returns the command that a command line names; null when it asks for help, for the version or for what there is not. */
export function findCommand(argv: readonly string[]): KnownCommand | null {
  const end = argv.indexOf('--');
  if (argv.slice(0, end < 0 ? argv.length : end).includes('--help')) return null;
  for (const words of [2, 1]) {
    const id = argv.slice(0, words).join(':');
    if (argv.length >= words && Object.hasOwn(COMMANDS, id)) return { id, command: COMMANDS[id as keyof typeof COMMANDS], argv: argv.slice(words) };
  }
  return null;
}

/** Returns the words of a command line that name no command, and no group of commands; null when none is named. */
function unknownCommand(argv: readonly string[]): string | null {
  const [first = '', second = ''] = argv;
  const ids = Object.keys(COMMANDS);
  if (first === '' || first.startsWith('-') || Object.hasOwn(COMMANDS, first)) return null;
  if (!ids.some((id) => id.startsWith(`${first}:`))) return first;
  return second === '' || second.startsWith('-') || Object.hasOwn(COMMANDS, `${first}:${second}`) ? null : `${first} ${second}`;
}

/** Says that there is no such command, and which one has the name most like it. */
function noSuchCommand(name: string): Failure {
  const pairs = pairsOf(name);
  const likeness = (id: string): number => [...pairsOf(id)].filter((pair) => pairs.has(pair)).length / Math.max(pairsOf(id).size, pairs.size);
  const [nearest] = Object.keys(COMMANDS).map((id) => id.replace(':', ' ')).filter((id) => likeness(id) >= ALIKE).sort((a, b) => likeness(b) - likeness(a));
  return new Failure('E/BAD_ARGUMENT', `there is no command "${name}"`, { hint: `${nearest === undefined ? '' : `Did you mean assay ${nearest}? `}assay --help lists the commands. Nothing was started.` });
}

const ALIKE = 0.4;

/** Each two characters in a row, with where the word begins and ends. */
function pairsOf(word: string): ReadonlySet<string> {
  const text = ` ${word.toLowerCase()} `;
  return new Set(Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2)));
}

/** Runs one command line on behalf of the current caller and sets its exit code. Never throws for what a user can cause. */
export async function runCommandLine(given: readonly string[], config: Config): Promise<void> {
  const argv = given[0] === 'help' ? [...given.slice(1), '--help'] : given;
  const unknown = unknownCommand(argv);
  if (unknown !== null) return printFailure(argv, noSuchCommand(unknown));
  const known = findCommand(argv);
  try {
    if (known === null) await runOclif([...argv], config);
    else await known.command.invoke(known.id, known.argv, config);
  } catch (error) {
    // Commands handle their own failures; what arrives here is oclif's: the end of --help.
    const { oclif, message } = error as { oclif?: { exit?: number }; message?: string };
    const exit = oclif?.exit ?? 99;
    if (exit !== 0) caller().stderr.write(`${message ?? String(error)}\n`, () => undefined);
    caller().exitCode ??= exit;
  }
}
