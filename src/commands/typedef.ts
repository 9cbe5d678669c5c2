import { BaseCommand } from './base-command.js';
import { selectorArg } from './selector-command.js';

export default class Typedef extends BaseCommand {
  static override readonly description = 'Where the type of the thing at a place is defined.';
  static override readonly args = selectorArg;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Typedef);
    await this.answer(flags, { cmd: 'typedef', args: { selector: args.selector } });
  }
}
