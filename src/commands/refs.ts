import { Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { cursorArgument, cursorFlag, selectorArg } from './selector-command.js';

export default class Refs extends BaseCommand {
  static override readonly description = 'Every place in the workspace that refers to the thing at a place.';
  static override readonly args = selectorArg;
  static override readonly flags = { ...cursorFlag, declaration: Flags.boolean({ description: 'include the declaration itself', default: true, allowNo: true }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Refs);
    await this.answer(flags, { cmd: 'refs', args: { ...cursorArgument(flags), selector: args.selector, declaration: flags.declaration } });
  }
}
