import { ALL_FLAG, DaemonCommand } from './daemon-command.js';

export default class DaemonStatus extends DaemonCommand {
  static override readonly description = 'Say whether a daemon runs for a workspace, since when, with which servers, how much memory and how many remembered answers.';
  static override readonly flags = ALL_FLAG;

  async run(): Promise<void> {
    const { flags } = await this.parse(DaemonStatus);
    const running = await this.ask('status', flags.all);
    await this.report('status', running, running.length === 0 ? 'none is running' : 'running', flags);
  }
}
