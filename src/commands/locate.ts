import { Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { selectorArg } from './selector-command.js';

export default class Locate extends BaseCommand {
  static override readonly description = 'Resolve a selector: the range it stands for, or the ranked candidates.';
  static override readonly args = selectorArg;
  static override readonly flags = { preview: Flags.boolean({ description: 'show the code', default: false }) };
  static override readonly examples = ['<%= config.bin %> locate py://pkg.mod#Class.method:body', '<%= config.bin %> locate src/app.ts@L10:C5?v=git:HEAD~3 --preview'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Locate);
    await this.answer(flags, { cmd: 'locate', args: { selector: args.selector } });
  }
}
