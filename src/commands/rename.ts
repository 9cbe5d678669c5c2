import { Args, Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { editArgs, editFlags } from './edit-flags.js';
import { selectorArg } from './selector-command.js';

export default class Rename extends BaseCommand {
  static override readonly description = 'Renames a thing everywhere: a preview with safety checks, as a diff that git apply takes; with --apply, in all files or in none.';
  static override readonly args = { ...selectorArg, newName: Args.string({ ignoreStdin: true, required: true, description: 'the new name', name: 'NEWNAME' }) };
  static override readonly flags = { ...editFlags, overrides: Flags.boolean({ description: 'rename what a Python method overrides, and what overrides it, too', default: false }) };
  static override readonly examples = ["<%= config.bin %> rename 'py://shop.money#format_price' print_price --apply", "<%= config.bin %> rename 'sym://src/app.ts#Cart.total' sum | git apply"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Rename);
    await this.answer(flags, { cmd: 'rename', args: { selector: args.selector, newName: args.newName, overrides: flags.overrides, ...editArgs(flags) } });
  }
}
