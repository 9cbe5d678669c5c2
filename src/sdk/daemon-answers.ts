import { caller } from '../base/caller.js';
import { Failure } from '../base/failure.js';
import type { ColumnUnit } from '../base/text-document.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { askDaemon, type Heard } from '../daemon/client.js';
import { placeOf, type Place } from '../daemon/place.js';
import { startDaemon } from '../daemon/start.js';
import { failureBundle } from '../operations/failure-bundle.js';
import type { OperationRequest } from '../operations/operation.js';
import type { Answering, AskOptions } from './workspace.js';

interface DaemonOptions {
  readonly workspace?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly indexUnit: ColumnUnit;
  readonly server?: string;
  readonly timeoutMs?: number;
}

/** Has the daemon of a workspace answer: each request is an `assay batch` of one line, so that it is cancelled by hanging up. */
export class DaemonAnswers implements Answering {
  private readonly place: Place;
  private readonly options: DaemonOptions;

  private constructor(place: Place, options: DaemonOptions) {
    this.place = place;
    this.options = options;
  }

  /** Rejects with a Failure where there is no such folder, or no daemon can be started. */
  static async open(options: DaemonOptions): Promise<DaemonAnswers> {
    const answers = new DaemonAnswers(placeNamed(options), options);
    await answers.start();
    return answers;
  }

  async answer(request: OperationRequest, ask: AskOptions & { readonly signal: AbortSignal }): Promise<Bundle> {
    const heard = await this.ask(request, ask);
    if (heard.kind !== 'absent') return bundleOf(request, heard);
    // It has been idle, or another version of us was installed: the next one serves.
    try {
      await this.start();
      return bundleOf(request, await this.ask(request, ask));
    } catch (error) {
      if (error instanceof Failure) return failureBundle({ cmd: request.cmd, args: request.args }, error);
      throw error;
    }
  }

  /** The daemon stays for whoever asks next. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  private async start(): Promise<void> {
    const { problem } = await startDaemon(this.place);
    if (problem !== null) throw new Failure('E/FS_PERMISSIONS', `no daemon: ${problem}`, { hint: 'Open the workspace without `daemon`.' });
  }

  private ask(request: OperationRequest, { signal, timeoutMs = this.options.timeoutMs }: AskOptions & { readonly signal: AbortSignal }): Promise<Heard> {
    const { env, indexUnit, server } = this.options;
    const argv = ['batch', '--workspace', this.place.root, '--index-io', indexUnit, ...(server === undefined ? [] : ['--server', server]), ...(timeoutMs === undefined ? [] : ['--timeout', String(timeoutMs)])];
    return askDaemon(this.place, { argv, env, cwd: caller().cwd, input: `${JSON.stringify({ ...request, id: request.id ?? 0 })}\n` }, signal);
  }
}

function placeNamed({ workspace }: DaemonOptions): Place {
  try {
    return placeOf(workspace, caller().cwd, caller().env);
  } catch (cause) {
    throw new Failure('E/NOT_FOUND', `there is no folder ${workspace ?? '.'}`, { hint: 'It is looked for from the current folder. Nothing was started.', cause });
  }
}

function bundleOf({ cmd, args }: OperationRequest, heard: Heard): Bundle {
  switch (heard.kind) {
    case 'answer':
      return (JSON.parse(heard.stdout) as { bundle: Bundle }).bundle;
    case 'cancelled':
      return failureBundle({ cmd, args }, new Failure('E/REQUEST_CANCELLED', 'the request was cancelled before it was answered', { hint: 'If it was to write, see first what git status says.' }));
    case 'absent':
    case 'lost':
      return failureBundle({ cmd, args }, new Failure('E/LS_CRASH', 'the daemon ended before it had answered', { hint: 'Ask again: that starts a new one. If it was to write, see first what git status says.' }));
  }
}
