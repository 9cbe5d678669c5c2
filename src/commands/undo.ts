import { Args, Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';

export default class Undo extends BaseCommand {
  static override readonly description = 'Take an applied edit back: the last one, or the one named. Refuses when one of its files became something else since.';
  static override readonly flags = { abandon: Flags.boolean({ description: 'keep every file as it is, and pass over the edit: undo goes on to the one before it', default: false }) };
  static override readonly args = { transaction: Args.string({ ignoreStdin: true, description: 'the transaction that an applied edit is named by', name: 'TXN' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Undo);
    await this.answer(flags, { cmd: 'undo', args: { abandon: flags.abandon, ...(args.transaction === undefined ? {} : { transaction: args.transaction }) } });
  }
}
