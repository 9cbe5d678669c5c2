import { Flags } from '@oclif/core';
import { BaseCommand } from './base-command.js';

export default class Init extends BaseCommand {
  static override readonly description = 'Write assay.json with the pins of the servers that answer here, as they are installed.';
  static override readonly flags = { trust: Flags.boolean({ description: 'let run what this workspace names: server commands and settings of its assay.json, its own TypeScript and plugins, servers and python of its folders', default: false }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(Init);
    await this.answer(flags, { cmd: 'init', args: { trust: flags.trust } });
  }
}
