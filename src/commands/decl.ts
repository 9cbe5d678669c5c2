import { BaseCommand } from './base-command.js';
import { cursorArgument, cursorFlag, selectorArg } from './selector-command.js';

export default class Decl extends BaseCommand {
  static override readonly description = 'Where the thing at a place is declared, which for an imported name is the import.';
  static override readonly args = selectorArg;
  static override readonly flags = cursorFlag;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Decl);
    await this.answer(flags, { cmd: 'decl', args: { ...cursorArgument(flags), selector: args.selector } });
  }
}
