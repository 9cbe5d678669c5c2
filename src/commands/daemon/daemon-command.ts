import { Flags } from '@oclif/core';
import { Failure } from '../../base/failure.js';
import { control, controlAll } from '../../daemon/control.js';
import { thinClient, type Place } from '../../daemon/place.js';
import type { ControlRequest, DaemonStatus } from '../../daemon/protocol.js';
import { daemonBundle } from '../../operations/daemon-bundle.js';
import { BaseCommand, type CommonFlags } from '../base-command.js';
import { writeLine } from '../write-line.js';
import { daemonLines } from './daemon-lines.js';

export const ALL_FLAG = { all: Flags.boolean({ description: 'those of every workspace', default: false }) };

/** What the commands about daemons share. They run in the process of the user, never in a daemon. */
export abstract class DaemonCommand extends BaseCommand {
  protected place(): Place {
    try {
      const place = thinClient()?.place();
      if (place !== undefined) return place;
    } catch (cause) {
      throw new Failure('E/NOT_FOUND', 'the workspace, or the home folder, is not a folder that can be read', { hint: 'Nothing was started. Check --workspace and HOME.', cause });
    }
    throw new Failure('E/UNSUPPORTED_CAP', 'daemons are started by the command line alone', { hint: 'Run bin/assay.cjs.' });
  }

  /** Asks the daemon of the workspace, or all of them. */
  protected async ask(what: ControlRequest['control'], isAll: boolean): Promise<DaemonStatus[]> {
    const { folder, socket } = this.place();
    if (isAll) return (await controlAll(folder, what)).map(({ status }) => status);
    const { status } = await control(socket, what);
    return status === null ? [] : [status];
  }

  protected async report(action: string, daemons: readonly DaemonStatus[], said: string, flags: CommonFlags): Promise<void> {
    if (flags.json) await this.print(daemonBundle(action, daemons, said), flags, null);
    else for (const line of [said, ...daemons.flatMap((daemon) => daemonLines(daemon))]) await writeLine(line);
  }
}
