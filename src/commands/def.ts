import { BaseCommand } from './base-command.js';
import { selectorArg } from './selector-command.js';

export default class Def extends BaseCommand {
  static override readonly description = 'Where the thing at a place is defined.';
  static override readonly args = selectorArg;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Def);
    await this.answer(flags, { cmd: 'def', args: { selector: args.selector } });
  }
}
