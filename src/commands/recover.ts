import { Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';

export default class Recover extends BaseCommand {
  static override readonly description = 'Finish the edit that a crash cut short, or take it back.';
  static override readonly flags = { abandon: Flags.boolean({ description: 'keep every file as it is, and forget the edit', default: false }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(Recover);
    await this.answer(flags, { cmd: 'recover', args: { abandon: flags.abandon } });
  }
}
