import { Args } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { cursorArgument, cursorFlag } from './selector-command.js';

export default class Diag extends BaseCommand {
  static override readonly description = "Diagnostics of files, of folders or of the whole workspace, as the checkers' own command lines report them.";
  static override readonly strict = false;
  static override readonly args = { path: Args.string({ ignoreStdin: true, description: 'file or folder, relative to the workspace; may be repeated', name: 'PATH' }) };
  static override readonly flags = cursorFlag;

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Diag);
    await this.answer(flags, { cmd: 'diag', args: { ...cursorArgument(flags), paths: argv as string[] } });
  }
}
