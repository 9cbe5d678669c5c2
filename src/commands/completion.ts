import { Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { selectorArg } from './selector-command.js';

export default class Completion extends BaseCommand {
  static override readonly description = 'What could be typed at a place, best first: at a cursor, or at the end of what another selector stands for.';
  static override readonly args = selectorArg;
  static override readonly flags = { limit: Flags.integer({ description: 'how many at most', default: 100, min: 1, max: 10_000, helpValue: 'N' }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Completion);
    await this.answer(flags, { cmd: 'completion', args: { selector: args.selector, limit: flags.limit } });
  }
}
