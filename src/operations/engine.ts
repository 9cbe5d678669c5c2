import type { Json } from '../base/canonical-json.js';
import { Failure, toFailure } from '../base/failure.js';
import { caller } from '../base/caller.js';
import { withinRequest, type RequestLimits } from '../base/request-scope.js';
import { buildBundle, type BundleDraft, type MetaDraft } from '../bundles/build-bundle.js';
import { firstPage, pageAt, type Page } from '../bundles/page-locations.js';
import { errorBundle } from '../bundles/error-bundle.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { NO_SERVERS } from './analysis.js';
import { capabilitiesOf, environmentOf } from './environment.js';
import type { Answer, OperationRequest, PendingWrite } from './operation.js';
import { sentenceOf } from './edits/edit-session.js';
import { operationNamed } from './operations.js';
import { Workbench, type WorkbenchOptions } from './workbench.js';

/** Where operations are recorded: see src/trace/record.ts. */
export interface Story {
  operation(request: { cmd: string; args: Json; options: Json; id: string | number | null }, answer: () => Promise<Bundle>): Promise<Bundle>;
  /** Runs what belongs to no operation. */
  aside<T>(work: () => Promise<T>): Promise<T>;
  /** Counts the engines that tell their answers here. */
  engine(): number;
}

export interface EngineOptions extends WorkbenchOptions {
  /** Records every answer, one at a time. */
  readonly story?: Story;
}

interface ToldRequest {
  readonly story: Story;
  readonly options: Json;
}

/** What an answer depends on besides its request and the world; null stands for what was left out. */
export function toldOptions({ workspace, server, timeoutMs, indexUnit }: EngineOptions, engine: number): Json {
  return { engine, workspace: workspace ?? null, server: server ?? null, timeoutMs: timeoutMs ?? null, indexUnit };
}

interface PagedAnswer extends Answer {
  readonly cmd: string;
  readonly page?: Page;
}

/** One workspace with its warm servers: answers requests with bundles, one after the other. Close it, whatever happened. */
export class Engine {
  private readonly bench: Workbench;
  /** Settles with the request before. */
  private last: Promise<unknown> = Promise.resolve();
  private readonly told: ToldRequest | null;
  private texts: ReadonlyMap<string, string> = new Map();

  private constructor(bench: Workbench, told: ToldRequest | null) {
    this.bench = bench;
    this.told = told;
  }

  static async open(options: EngineOptions): Promise<Engine> {
    const { story } = options;
    if (story === undefined) return new Engine(await Workbench.open(options), null);
    const bench = await story.aside(() => Workbench.open(options));
    return new Engine(bench, { story, options: toldOptions(options, story.engine()) });
  }

  /**
   * Answers every request: what cannot be answered is an error bundle, and so is what is cancelled or late. Requests are answered one
   * after the other. `limits` go before those that the engine was opened with.
   */
  run(request: OperationRequest, limits: RequestLimits = {}): Promise<Bundle> {
    const { told } = this;
    const { timeoutMs } = this.bench.options;
    const answer = (): Promise<Bundle> => withinRequest({ timeoutMs, signal: caller().signal, ...limits }, () => this.runNow(request));
    const tell = (story: Story, options: Json): Promise<Bundle> => story.operation({ cmd: request.cmd, args: request.args, options, id: request.id ?? null }, answer);
    const turn = this.last.then(() => (told === null ? answer() : tell(told.story, told.options)));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async runNow(request: OperationRequest): Promise<Bundle> {
    const start = performance.now();
    const startedBefore = this.bench.serversStarted();
    this.bench.startRequest();
    const recovery = await this.recovered(request);
    const answer = await this.answer(request);
    await this.bench.endRequest();
    this.texts = answer.texts ?? new Map<string, string>();
    const servers = answer.servers ?? NO_SERVERS;
    const draft: BundleDraft = {
      request: { cmd: answer.cmd, args: answer.args, ...(answer.selector === undefined ? {} : { selector: answer.selector }) },
      resolution: answer.resolution ?? null,
      facts: answer.facts ?? {},
      edits: answer.edits ?? null,
      processReward: answer.processReward ?? null,
      environment: await environmentOf(this.bench.workspace, servers, answer.snapshot),
      capabilities: capabilitiesOf(servers.sessions),
    };
    const meta = (extra: Partial<MetaDraft> = {}): MetaDraft => ({
      exitCode: answer.exitCode ?? 0,
      durationMs: Math.round(performance.now() - start),
      cache: servers.sessions.length === 0 ? 'none' : this.bench.serversStarted() > startedBefore ? 'cold' : 'warm',
      node: process.version,
      ...(answer.timings === undefined ? {} : { timings: answer.timings }),
      ...(answer.machine === undefined ? {} : { machine: answer.machine }),
      ...(recovery === null ? {} : { recovery }),
      ...extra,
    });
    if (answer.failure !== undefined) return errorBundle(draft.request, answer.failure, draft, meta());
    const preview = buildBundle(draft, meta(), answer.page);
    return answer.write === undefined ? preview : written(answer.write, draft, preview, meta);
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
    const close = (): Promise<void> => this.bench.close();
    return this.told === null ? close() : this.told.story.aside(close);
  }

  /** An edit that was cut short is mended before anything is answered; a question about files that nobody can mend is answered all the same. */
  private async recovered({ cmd }: OperationRequest): Promise<string | null> {
    if (cmd === 'recover') return null;
    try {
      const recovery = await this.bench.editSession().recoverInterrupted();
      return recovery === null || recovery.kind === 'nothing' ? null : sentenceOf(recovery);
    } catch (error) {
      return `An edit may have been cut short: ${toFailure(error).message}`;
    }
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

/** Makes the change that `preview` shows, and returns the bundle that says so: of the same draft, with the transaction. */
async function written(write: PendingWrite, draft: BundleDraft, preview: Bundle, meta: (extra?: Partial<MetaDraft>) => MetaDraft): Promise<Bundle> {
  const request = { ...draft.request, args: write.args };
  try {
    if (write.expect !== null && write.expect !== preview.bundleId) throw notAsExpected(write.expect, preview.bundleId);
    const { transaction, commit } = await write.run();
    const edits = draft.edits && { ...draft.edits, ...(transaction === undefined ? {} : { transaction }) };
    return buildBundle({ ...draft, request, edits: edits ?? null }, meta(commit === undefined ? {} : { commit }));
  } catch (error) {
    return errorBundle(request, toFailure(error), draft, meta());
  }
}

function notAsExpected(expected: string, found: string): Failure {
  return new Failure('E/CONTENT_MODIFIED', 'what would be written now is not what the expected preview showed', {
    hint: 'Nothing was written. Files, servers or arguments differ: look at a new preview with the same arguments, and expect that.',
    details: { expected, found },
  });
}

/** A page of another state of the files would leave places out or repeat them. */
function atPage(answer: PagedAnswer, page: Page, cursor: Json): PagedAnswer {
  const paged = { ...answer, args: { ...answer.args, cursor }, page };
  if (answer.failure !== undefined || page.state === firstPage(answer.snapshot).state) return paged;
  const failure = new Failure('E/CONTENT_MODIFIED', 'the files have changed since the page before', { hint: 'Ask without --cursor for the first page.' });
  return { ...paged, facts: {}, failure };
}
