import { BaseCommand } from './base-command.js';
import { selectorArg } from './selector-command.js';

export default class Hover extends BaseCommand {
  static override readonly description = 'The type and the documentation of the thing at a place.';
  static override readonly args = selectorArg;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Hover);
    await this.answer(flags, { cmd: 'hover', args: { selector: args.selector } });
  }
}
