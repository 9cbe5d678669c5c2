import { BaseCommand } from './base-command.js';
import { selectorArg } from './selector-command.js';

export default class Signature extends BaseCommand {
  static override readonly description = 'The signatures of the call whose arguments a place is in, and which parameter it is at.';
  static override readonly args = selectorArg;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Signature);
    await this.answer(flags, { cmd: 'signature', args: { selector: args.selector } });
  }
}
