import { BaseCommand } from './base-command.js';

export default class Servers extends BaseCommand {
  static override readonly description = 'The known language servers: which are installed, in which version, from where; and how to install the others.';

  async run(): Promise<void> {
    const { flags } = await this.parse(Servers);
    await this.answer(flags, { cmd: 'servers', args: {} });
  }
}
