import { Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { editArgs, editFlags } from './edit-flags.js';
import { selectorArg } from './selector-command.js';

export default class Fix extends BaseCommand {
  static override readonly description = 'What one code action would do: a preview with safety checks, as a diff that git apply takes; with --apply, does it in all files or in none.';
  static override readonly args = selectorArg;
  static override readonly flags = {
    action: Flags.string({ description: 'its title or its id, as assay actions lists them', helpValue: 'TITLE' }),
    kind: Flags.string({ description: 'the only one of this kind, or the preferred one', helpValue: 'K' }),
    ...editFlags,
  };
  static override readonly examples = ["<%= config.bin %> fix 'sym://src/app.ts#' --kind source.organizeImports", '<%= config.bin %> fix src/app.ts@L10:C5 --action "Add missing import"'];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Fix);
    await this.answer(flags, { cmd: 'fix', args: { selector: args.selector, ...(flags.action === undefined ? {} : { action: flags.action }), ...(flags.kind === undefined ? {} : { kind: flags.kind }), ...editArgs(flags) } });
  }
}
