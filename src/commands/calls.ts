import { Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { cursorArgument, cursorFlag, selectorArg } from './selector-command.js';

export default class Calls extends BaseCommand {
  static override readonly description = 'Who calls the function at a place, or what it calls, over the whole workspace.';
  static override readonly args = selectorArg;
  static override readonly flags = {
    ...cursorFlag,
    in: Flags.boolean({ description: 'who calls it', default: false }),
    out: Flags.boolean({ description: 'what it calls', default: false }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Calls);
    await this.answer(flags, { cmd: 'calls', args: { ...cursorArgument(flags), selector: args.selector, in: flags.in, out: flags.out } });
  }
}
