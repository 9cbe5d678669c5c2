import { Failure, toFailure } from '../base/failure.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { toldOptions, type EngineOptions } from './engine.js';
import { openEngine, type EngineHandle } from './engines.js';
import { failureBundle } from './failure-bundle.js';
import type { OperationRequest } from './operation.js';

/** So many workspaces are kept warm; whoever asks about more closes the one that was used longest ago. */
const WORKSPACES_MAX = 4;

/** Answers requests about any workspace, each over an engine of its own: what cannot even be opened is an error bundle, too. Close it, whatever happened. */
export class Desk {
  private readonly options: EngineOptions;
  /** The one used longest ago first. */
  private readonly byWorkspace = new Map<string, EngineHandle>();

  constructor(options: EngineOptions) {
    this.options = options;
  }

  /** The argument `workspace`, where there is one, names another folder than the options do. */
  async answer(request: OperationRequest): Promise<Bundle> {
    const { workspace, ...args } = request.args;
    try {
      return await (await this.engineFor(workspace)).run({ ...request, args });
    } catch (error) {
      return this.refuse({ ...request, args }, workspace, toFailure(error));
    }
  }

  /** The text of a file that the last answer about the workspace of the options speaks about; undefined when it was not read. */
  textOf(uri: string): string | undefined {
    return this.byWorkspace.get(this.options.workspace ?? '')?.textOf(uri);
  }

  async close(): Promise<void> {
    await Promise.all([...this.byWorkspace.values()].map((engine) => engine.close()));
  }

  /** A refusal is recorded like an answer. */
  private refuse(request: OperationRequest, workspace: unknown, failure: Failure): Promise<Bundle> {
    const { story } = this.options;
    const bundle = (): Promise<Bundle> => Promise.resolve(failureBundle({ cmd: request.cmd, args: request.args }, failure));
    if (story === undefined) return bundle();
    const options = toldOptions({ ...this.options, ...(typeof workspace === 'string' ? { workspace } : {}) }, 0);
    return story.operation({ cmd: request.cmd, args: request.args, options, id: request.id ?? null }, bundle);
  }

  private async engineFor(workspace: unknown): Promise<EngineHandle> {
    if (workspace !== undefined && typeof workspace !== 'string') throw new Failure('E/BAD_ARGUMENT', 'the argument workspace is not a string', { hint: 'It names a folder.' });
    const key = workspace ?? this.options.workspace ?? '';
    const engine = this.byWorkspace.get(key) ?? (await openEngine(key === '' ? this.options : { ...this.options, workspace: key }));
    this.byWorkspace.delete(key);
    this.byWorkspace.set(key, engine);
    const [oldest] = this.byWorkspace;
    if (oldest !== undefined && this.byWorkspace.size > WORKSPACES_MAX) {
      this.byWorkspace.delete(oldest[0]);
      await oldest[1].close();
    }
    return engine;
  }
}
