import { ALL_FLAG, DaemonCommand } from './daemon-command.js';

export default class DaemonStop extends DaemonCommand {
  static override readonly description = 'Stop the daemon of a workspace with its servers, once what is under way is answered.';
  static override readonly flags = ALL_FLAG;

  async run(): Promise<void> {
    const { flags } = await this.parse(DaemonStop);
    const stopped = await this.ask('stop', flags.all);
    await this.report('stop', stopped, stopped.length === 0 ? 'none was running' : 'stopped', flags);
  }
}
