import { Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';

export default class Doctor extends BaseCommand {
  static override readonly description = 'What works here, what does not, and how to mend it: probes the servers in a scratch copy. Exit 1 when something does not work.';
  static override readonly examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --server gopls', '<%= config.bin %> doctor --determinism --questions 300 --seed 2'];
  static override readonly flags = {
    determinism: Flags.boolean({ description: 'also ask the same again and again, of fresh servers and in other orders; what has more than one answer is recorded, marked in later answers and never rewarded', default: false }),
    questions: Flags.integer({ description: 'how many questions are repeated for each server (default: 100)', min: 1, dependsOn: ['determinism'], helpValue: 'N' }),
    seed: Flags.integer({ description: 'which questions, and in which orders (default: 1)', min: 1, dependsOn: ['determinism'], helpValue: 'N' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    await this.answer(flags, { cmd: 'doctor', args: { determinism: flags.determinism, ...(flags.questions === undefined ? {} : { questions: flags.questions }), ...(flags.seed === undefined ? {} : { seed: flags.seed }) } });
  }
}
