import { BaseCommand } from './base-command.js';

export default class Doctor extends BaseCommand {
  static override readonly description = 'What works here, what does not, and how to mend it: probes the servers in a scratch copy. Exit 1 when something does not work.';
  static override readonly examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --server gopls'];

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    await this.answer(flags, { cmd: 'doctor', args: {} });
  }
}
