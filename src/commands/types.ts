import { Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { cursorArgument, cursorFlag, selectorArg } from './selector-command.js';

export default class Types extends BaseCommand {
  static override readonly description = 'The types directly below or above the type at a place.';
  static override readonly args = selectorArg;
  static override readonly flags = {
    ...cursorFlag,
    sub: Flags.boolean({ description: 'the types below', default: false }),
    super: Flags.boolean({ description: 'the types above', default: false }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Types);
    await this.answer(flags, { cmd: 'types', args: { ...cursorArgument(flags), selector: args.selector, sub: flags.sub, super: flags.super } });
  }
}
