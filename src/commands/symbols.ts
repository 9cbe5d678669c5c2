import { Args, Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { cursorArgument, cursorFlag } from './selector-command.js';

export default class Symbols extends BaseCommand {
  static override readonly description = 'The symbols of a file, or those of the workspace that match a query; each with its selector.';
  static override readonly args = { path: Args.string({ ignoreStdin: true, description: 'file, relative to the workspace', name: 'PATH' }) };
  static override readonly flags = { ...cursorFlag, query: Flags.string({ description: 'part of a name', helpValue: 'TEXT' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Symbols);
    const path = args.path === undefined ? {} : { path: args.path };
    const query = flags.query === undefined ? {} : { query: flags.query };
    await this.answer(flags, { cmd: 'symbols', args: { ...cursorArgument(flags), ...path, ...query } });
  }
}
