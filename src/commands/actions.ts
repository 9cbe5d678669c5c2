import { Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { selectorArg } from './selector-command.js';

export default class Actions extends BaseCommand {
  static override readonly description = 'What the server offers to do about a place: fixes, refactorings, and what it does for whole files (organize imports, fix all). Nothing is run.';
  static override readonly args = selectorArg;
  static override readonly flags = { kind: Flags.string({ description: 'only this kind and those below it: quickfix, source.organizeImports, source.fixAll …', helpValue: 'K' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Actions);
    await this.answer(flags, { cmd: 'actions', args: { selector: args.selector, ...(flags.kind === undefined ? {} : { kind: flags.kind }) } });
  }
}
