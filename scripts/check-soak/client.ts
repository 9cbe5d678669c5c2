import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import { askDaemon } from '../../src/daemon/client.js';
import { runAssay } from '../bench/commands.js';
import type { Question } from './world.js';

const NEVER = new AbortController().signal;

/** Asks the daemon as the library does, or as a process of its own. */
export class SoakClient {
  private readonly root: string;
  private readonly env: NodeJS.ProcessEnv;
  private readonly folder: string;

  constructor(root: string, state: string, env: NodeJS.ProcessEnv) {
    this.root = root;
    this.env = env;
    this.folder = join(state, 'assay', 'run');
  }

  /** Of the only daemon; '' when there is none. */
  socket(): string {
    try {
      const name = readdirSync(this.folder).find((each) => each.endsWith('.sock'));
      return name === undefined ? '' : join(this.folder, name);
    } catch {
      return '';
    }
  }

  /** The bundle, or a word for why there is none. With `again`, a daemon that is not there is started. */
  async ask(question: Question, again = true): Promise<Bundle | string> {
    const line = { argv: [...question.args, '--json', '--workspace', this.root], env: this.env, cwd: this.root, input: '' };
    const heard = await askDaemon({ root: this.root, folder: this.folder, socket: this.socket() }, line, NEVER);
    if (heard.kind === 'answer') return JSON.parse(heard.stdout) as Bundle;
    if (heard.kind !== 'absent' || !again) return heard.kind;
    await runAssay(['daemon', 'start', '--workspace', this.root], { cwd: this.root, env: this.env });
    return this.ask(question, false);
  }

  async askByProcess({ args }: Question): Promise<Bundle | string> {
    const { code, stdout } = await runAssay([...args, '--json', '--workspace', this.root], { cwd: this.root, env: this.env });
    return stdout === '' ? `exit ${String(code)} without a word` : (JSON.parse(stdout) as Bundle);
  }
}
