import { Failure } from '../../base/failure.js';
import { startDaemon } from '../../daemon/start.js';
import { DaemonCommand } from './daemon-command.js';

export default class DaemonStart extends DaemonCommand {
  static override readonly description = 'Start the daemon of a workspace. Any command that asks about code does so by itself.';

  async run(): Promise<void> {
    const { flags } = await this.parse(DaemonStart);
    const { problem, isOurs } = await startDaemon(this.place());
    if (problem !== null) throw new Failure('E/FS_PERMISSIONS', `no daemon: ${problem}`, { hint: 'Commands run without one, only slower.' });
    await this.report('start', await this.ask('status', false), isOurs ? 'started' : 'was running', flags);
  }
}
