import { toFailure } from '../base/failure.js';
import { buildBundle, type BundleDraft, type MetaDraft } from '../bundles/build-bundle.js';
import { errorBundle } from '../bundles/error-bundle.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { NO_SERVERS } from './analysis.js';
import { capabilitiesOf, environmentOf } from './environment.js';
import type { Answer, OperationRequest } from './operation.js';
import { operationNamed } from './operations.js';
import { Workbench, type WorkbenchOptions } from './workbench.js';

export type { WorkbenchOptions as EngineOptions } from './workbench.js';

/** One workspace with its warm servers: answers requests with bundles, one after the other. Close it, whatever happened. */
export class Engine {
  private readonly bench: Workbench;
  private texts: ReadonlyMap<string, string> = new Map();

  private constructor(bench: Workbench) {
    this.bench = bench;
  }

  static async open(options: WorkbenchOptions): Promise<Engine> {
    return new Engine(await Workbench.open(options));
  }

  /** Answers every request: what cannot be answered is an error bundle. */
  async run(request: OperationRequest): Promise<Bundle> {
    const start = performance.now();
    const startedBefore = this.bench.serversStarted();
    this.bench.startRequest();
    const answer = await this.answer(request);
    this.texts = answer.texts ?? new Map<string, string>();
    const servers = answer.servers ?? NO_SERVERS;
    const draft: BundleDraft = {
      request: { cmd: answer.cmd, args: answer.args, ...(answer.selector === undefined ? {} : { selector: answer.selector }) },
      resolution: answer.resolution ?? null,
      facts: answer.facts ?? {},
      processReward: answer.processReward ?? null,
      environment: await environmentOf(this.bench.workspace, servers, answer.snapshot),
      capabilities: capabilitiesOf(servers.sessions),
    };
    const meta: MetaDraft = {
      exitCode: answer.exitCode ?? 0,
      durationMs: Math.round(performance.now() - start),
      cache: servers.sessions.length === 0 ? 'none' : this.bench.serversStarted() > startedBefore ? 'cold' : 'warm',
      node: process.version,
      ...(answer.timings === undefined ? {} : { timings: answer.timings }),
    };
    return answer.failure === undefined ? buildBundle(draft, meta) : errorBundle(draft.request, answer.failure, draft, meta);
  }

  /** The text of a file that the last answer speaks about; undefined when it was not read. */
  textOf(uri: string): string | undefined {
    return this.texts.get(uri) ?? this.bench.textOf(uri);
  }

  /** Ends every server and removes every temporary file. */
  close(): Promise<void> {
    return this.bench.close();
  }

  private async answer(request: OperationRequest): Promise<Answer & { readonly cmd: string }> {
    let cmd = request.cmd;
    try {
      const operation = operationNamed(request.cmd);
      cmd = operation.cmd;
      return { ...(await operation.answer(this.bench, request.args)), cmd };
    } catch (error) {
      return { cmd, args: request.args, snapshot: null, failure: toFailure(error) };
    }
  }
}
