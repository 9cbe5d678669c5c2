import { BaseCommand } from './base-command.js';
import { cursorArgument, cursorFlag, selectorArg } from './selector-command.js';

export default class Def extends BaseCommand {
  static override readonly description = 'Where the thing at a place is defined.';
  static override readonly args = selectorArg;
  static override readonly flags = cursorFlag;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Def);
    await this.answer(flags, { cmd: 'def', args: { ...cursorArgument(flags), selector: args.selector } });
  }
}
