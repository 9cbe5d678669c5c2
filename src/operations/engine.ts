import type { Json } from '../base/canonical-json.js';
import { Failure, toFailure } from '../base/failure.js';
import { buildBundle, type BundleDraft, type MetaDraft } from '../bundles/build-bundle.js';
import { firstPage, pageAt, type Page } from '../bundles/page-locations.js';
import { errorBundle } from '../bundles/error-bundle.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { NO_SERVERS } from './analysis.js';
import { capabilitiesOf, environmentOf } from './environment.js';
import type { Answer, OperationRequest } from './operation.js';
import { operationNamed } from './operations.js';
import { Workbench, type WorkbenchOptions } from './workbench.js';

export type { WorkbenchOptions as EngineOptions } from './workbench.js';

interface PagedAnswer extends Answer {
  readonly cmd: string;
  readonly page?: Page;
}

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
    return answer.failure === undefined ? buildBundle(draft, meta, answer.page) : errorBundle(draft.request, answer.failure, draft, meta);
  }

  /** The text of a file that the last answer speaks about; undefined when it was not read. */
  textOf(uri: string): string | undefined {
    return this.texts.get(uri) ?? this.bench.textOf(uri);
  }

  /** Ends the servers for rewards that hold more memory than this; the next step starts new ones, and what is known of bases stays. */
  recycle(memoryMaxBytes: number): Promise<void> {
    return this.bench.recycle(memoryMaxBytes);
  }

  /** Ends every server and removes every temporary file. */
  close(): Promise<void> {
    return this.bench.close();
  }

  private async answer(request: OperationRequest): Promise<PagedAnswer> {
    let cmd = request.cmd;
    try {
      const operation = operationNamed(request.cmd);
      cmd = operation.cmd;
      const { cursor, ...args } = request.args;
      if (!operation.isPaged || cursor === undefined) return { ...(await operation.answer(this.bench, request.args)), cmd };
      const page = pageAt(cursor);
      return atPage({ ...(await operation.answer(this.bench, args)), cmd }, page, cursor);
    } catch (error) {
      return { cmd, args: request.args, snapshot: null, failure: toFailure(error) };
    }
  }
}

/** A page of another state of the files would leave places out or repeat them. */
function atPage(answer: PagedAnswer, page: Page, cursor: Json): PagedAnswer {
  const paged = { ...answer, args: { ...answer.args, cursor }, page };
  if (answer.failure !== undefined || page.state === firstPage(answer.snapshot).state) return paged;
  const failure = new Failure('E/CONTENT_MODIFIED', 'the files have changed since the page before', { hint: 'Ask without --cursor for the first page.' });
  return { ...paged, facts: {}, failure };
}
