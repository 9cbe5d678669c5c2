import { Failure, toFailure } from '../base/failure.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { toldOptions, type EngineOptions } from './engine.js';
import { openEngine, type EngineHandle } from './engines.js';
import { failureBundle } from './failure-bundle.js';
import type { OperationRequest } from './operation.js';
import { refuseLine } from './unreadable-line.js';

/** So many workspaces are kept warm; whoever asks about more closes the one that was used longest ago. */
const WORKSPACES_MAX = 4;

interface OpenEngine {
  readonly engine: Promise<EngineHandle>;
  /** Null while it is being opened. */
  opened: EngineHandle | null;
  /** How many requests it answers now. */
  underWay: number;
}

/** Answers requests about any workspace, each over an engine of its own: what cannot even be opened is an error bundle, too. Close it, whatever happened. */
export class Desk {
  private readonly options: EngineOptions;
  /** The one used longest ago first. */
  private readonly byWorkspace = new Map<string, OpenEngine>();

  constructor(options: EngineOptions) {
    this.options = options;
  }

  /** The argument `workspace`, where there is one, names another folder than the options do. */
  async answer(request: OperationRequest): Promise<Bundle> {
    const { workspace, ...args } = request.args;
    let open: OpenEngine | null = null;
    try {
      open = this.engineFor(workspace);
      open.underWay += 1;
      return await (await open.engine).run({ ...request, args });
    } catch (error) {
      return await this.refuse({ ...request, args }, workspace, toFailure(error));
    } finally {
      if (open !== null) open.underWay -= 1;
      if (this.byWorkspace.size > WORKSPACES_MAX) await this.closeOld();
    }
  }

  /** Answers a line that is no request. */
  refuseLine(id: string | number | null, failure: Failure): Promise<Bundle> {
    return refuseLine('batch', id, failure, this.options);
  }

  /** The text of a file that the last answer about the workspace of the options speaks about; undefined when it was not read. */
  textOf(uri: string): string | undefined {
    return this.byWorkspace.get(this.options.workspace ?? '')?.opened?.textOf(uri);
  }

  async close(): Promise<void> {
    await Promise.all([...this.byWorkspace.values()].map(closeEngine));
  }

  /** A refusal is recorded like an answer. */
  private refuse(request: OperationRequest, workspace: unknown, failure: Failure): Promise<Bundle> {
    const { story } = this.options;
    const bundle = (): Promise<Bundle> => Promise.resolve(failureBundle({ cmd: request.cmd, args: request.args }, failure));
    if (story === undefined) return bundle();
    const options = toldOptions({ ...this.options, ...(typeof workspace === 'string' ? { workspace } : {}) }, 0);
    return story.operation({ cmd: request.cmd, args: request.args, options, id: request.id ?? null }, bundle);
  }

  private engineFor(workspace: unknown): OpenEngine {
    if (workspace !== undefined && typeof workspace !== 'string') throw new Failure('E/BAD_ARGUMENT', 'the argument workspace is not a string', { hint: 'It names a folder.' });
    const key = workspace ?? this.options.workspace ?? '';
    const open = this.byWorkspace.get(key) ?? this.open(key);
    this.byWorkspace.delete(key);
    this.byWorkspace.set(key, open);
    return open;
  }

  private open(key: string): OpenEngine {
    const engine = openEngine(key === '' ? this.options : { ...this.options, workspace: key });
    const open: OpenEngine = { engine, opened: null, underWay: 0 };
    const forget = (): void => {
      if (this.byWorkspace.get(key) === open) this.byWorkspace.delete(key);
    };
    engine.then((opened) => { open.opened = opened; }, forget);
    return open;
  }

  /** Closes the engines that were used longest ago, beyond those that may stay; one that is asked something stays. */
  private async closeOld(): Promise<void> {
    const idle = [...this.byWorkspace].filter(([, { underWay }]) => underWay === 0);
    const old = idle.slice(0, Math.max(0, this.byWorkspace.size - WORKSPACES_MAX));
    for (const [key] of old) this.byWorkspace.delete(key);
    await Promise.all(old.map(([, open]) => closeEngine(open)));
  }
}

/** One that could not be opened has nothing to close. */
async function closeEngine({ engine }: OpenEngine): Promise<void> {
  await (await engine.catch(() => null))?.close();
}
