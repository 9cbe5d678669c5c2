import { connect } from 'node:net';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { control } from '../../src/daemon/control.js';
import type { DaemonStatus } from '../../src/daemon/protocol.js';
import { assay, type Outcome } from '../cli/assay.js';
import { MarkedProcesses } from '../lsp/marked-processes.js';
import { temporaryFolder } from '../workspace/temporary-repository.js';

/** Daemons of a test: with a state directory of their own, whose removal ends them should the test forget. */
export class PrivateDaemons {
  readonly home = temporaryFolder();
  readonly marked = new MarkedProcesses();
  readonly env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.env = { ...this.marked.env, XDG_STATE_HOME: this.home, ASSAY_NO_DAEMON: '', ASSAY_DAEMON_IDLE_SECONDS: '60', ...env };
  }

  run(args: readonly string[], cwd: string, input: string | Buffer = ''): Promise<Outcome> {
    return assay(args, { cwd, input, env: this.env });
  }

  get folder(): string {
    return join(this.home, 'assay', 'run');
  }

  sockets(): string[] {
    return readdirSync(this.folder).filter((name) => name.endsWith('.sock')).map((name) => join(this.folder, name));
  }

  /** What the only daemon says; throws when there is not exactly one. */
  async status(): Promise<DaemonStatus> {
    const [socket, ...more] = this.sockets();
    if (socket === undefined || more.length > 0) throw new Error(`${String(this.sockets().length)} daemons`);
    const { status } = await control(socket, 'status');
    if (status === null) throw new Error('the daemon does not answer');
    return status;
  }

  /** Sends a line as a client would, and returns all that comes back. */
  send(line: string): Promise<string> {
    return new Promise((resolve) => {
      let text = '';
      const socket = connect(this.sockets()[0] ?? '', () => socket.write(`${line}\n`));
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
  }

  /** Ends every daemon and resolves with the processes that are left of this test. */
  async end(): Promise<number[]> {
    await this.run(['daemon', 'stop', '--all'], this.home);
    return this.marked.leftAfter(10_000);
  }
}
