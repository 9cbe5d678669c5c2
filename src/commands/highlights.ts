import { BaseCommand } from './base-command.js';
import { cursorArgument, cursorFlag, selectorArg } from './selector-command.js';

export default class Highlights extends BaseCommand {
  static override readonly description = 'The places in the same file that are about the thing at a place.';
  static override readonly args = selectorArg;
  static override readonly flags = cursorFlag;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Highlights);
    await this.answer(flags, { cmd: 'highlights', args: { ...cursorArgument(flags), selector: args.selector } });
  }
}
