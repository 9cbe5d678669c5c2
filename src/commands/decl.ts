import { BaseCommand } from './base-command.js';
import { selectorArg } from './selector-command.js';

export default class Decl extends BaseCommand {
  static override readonly description = 'Where the thing at a place is declared, which for an imported name is the import.';
  static override readonly args = selectorArg;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Decl);
    await this.answer(flags, { cmd: 'decl', args: { selector: args.selector } });
  }
}
