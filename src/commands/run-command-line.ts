import { Config, run as runOclif } from '@oclif/core';
import { fileURLToPath } from 'node:url';
import { caller } from '../base/caller.js';
import { COMMANDS } from '../commands.js';
import type { CommandClass } from './base-command.js';

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

/** Runs one command line on behalf of the current caller and sets its exit code. Never throws for what a user can cause. */
export async function runCommandLine(argv: readonly string[], config: Config): Promise<void> {
  const known = findCommand(argv);
  try {
    if (known === null) await runOclif([...argv], config);
    else await known.command.invoke(known.id, known.argv, config);
  } catch (error) {
    // Commands handle their own failures; what arrives here is oclif's: an unknown command, or the end of --help.
    const { oclif, message } = error as { oclif?: { exit?: number }; message?: string };
    const exit = oclif?.exit ?? 99;
    if (exit !== 0) caller().stderr.write(`${message ?? String(error)}\n`, () => undefined);
    caller().exitCode ??= exit;
  }
}
