import { BaseCommand } from './base-command.js';
import { cursorArgument, cursorFlag, selectorArg } from './selector-command.js';

export default class Impl extends BaseCommand {
  static override readonly description = 'What implements the interface or the method at a place.';
  static override readonly args = selectorArg;
  static override readonly flags = cursorFlag;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Impl);
    await this.answer(flags, { cmd: 'impl', args: { ...cursorArgument(flags), selector: args.selector } });
  }
}
