import { BaseCommand } from './base-command.js';
import { selectorArg } from './selector-command.js';

export default class PrepareRename extends BaseCommand {
  static override readonly description = 'Whether the thing at a place can be renamed, and which name would be replaced.';
  static override readonly args = selectorArg;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PrepareRename);
    await this.answer(flags, { cmd: 'prepare-rename', args: { selector: args.selector } });
  }
}
