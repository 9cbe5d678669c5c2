import type { Json } from '../base/canonical-json.js';
import { Failure, toFailure } from '../base/failure.js';
import { caller } from '../base/caller.js';
import { withinRequest } from '../base/request-scope.js';
import { Turns } from '../base/turns.js';
import { buildBundle, type BundleDraft, type MetaDraft } from '../bundles/build-bundle.js';
import { isTransactionOpen } from '../apply/journal-store.js';
import { firstPage, pageAt, type Page } from '../bundles/page-locations.js';
import { errorBundle } from '../bundles/error-bundle.js';
import { canonicalJson } from '../base/canonical-json.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import type { Snapshot } from '../workspace/snapshot.js';
import { unstableRecordStamp } from '../workspace/unstable-store.js';
import { isColdRequest, NO_SERVERS, type RunningServer } from './analysis.js';
import { capabilitiesOf, environmentOf } from './environment.js';
import type { Answer, OperationRequest, PendingWrite } from './operation.js';
import { sentenceOf } from './edits/edit-session.js';
import { urisOf, type Given, type Memo, type Remembered } from './memo.js';
import { operationNamed } from './operations.js';
import { withUnstableMarked } from './unstable-facts.js';
import { Workbench, type RequestOptions, type WorkbenchOptions } from './workbench.js';

export type { RequestOptions } from './workbench.js';

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

/** So many questions are asked together. */
export const TOGETHER_MAX = 16;

/** One workspace with its warm servers: answers requests with bundles. Close it, whatever happened. */
export class Engine {
  private readonly bench: Workbench;
  private readonly turns: Turns;
  private readonly told: ToldRequest | null;
  private readonly memo: Memo | null;
  /** Answers to remember, once the next look at the files has shown that they stayed as they were. */
  private unproven: (Remembered & { readonly key: string; readonly snapshot: Snapshot })[] = [];
  /** The texts that the last answer speaks about, and those of each. */
  private texts: ReadonlyMap<string, string> = new Map();
  private readonly textsBehind = new WeakMap<Bundle, ReadonlyMap<string, string>>();
  /** What was remembered behind bundles that were given again. */
  private readonly memories = new WeakMap<Bundle, Remembered>();

  private constructor(bench: Workbench, labs: number, told: ToldRequest | null, memo: Memo | null) {
    this.bench = bench;
    this.turns = new Turns(Math.max(TOGETHER_MAX, 2 * labs));
    this.told = told;
    this.memo = memo;
  }

  /** With a memo, an answer to an unchanged question over unchanged files is given again. */
  static async open(options: EngineOptions, memo: Memo | null = null): Promise<Engine> {
    const { story, labs = 1 } = options;
    if (story === undefined) return new Engine(await Workbench.open(options), labs, null, memo);
    const bench = await story.aside(() => Workbench.open(options));
    return new Engine(bench, labs, { story, options: toldOptions(options, story.engine()) }, null);
  }

  /**
   * Answers every request: what cannot be answered is an error bundle, and so is what is cancelled or late. Questions about the files as
   * they are and rewards are answered together, everything else alone and in its turn, and so is everything that is recorded. `asked` goes before
   * what the engine was opened with, for this request alone.
   */
  run(request: OperationRequest, asked: RequestOptions = {}): Promise<Bundle> {
    const { told } = this;
    const answer = (): Promise<Bundle> => this.inRequest(asked, () => this.runNow(request, asked));
    const tell = (story: Story, options: Json): Promise<Bundle> => story.operation({ cmd: request.cmd, args: request.args, options, id: request.id ?? null }, answer);
    if (told !== null) return this.turns.alone(() => tell(told.story, told.options));
    return goesTogether(request) ? this.turns.together(answer) : this.turns.alone(answer);
  }

  /** True when the same request, with the same wishes, would be answered with `memory`. */
  stillRemembers(request: OperationRequest, asked: RequestOptions, memory: Remembered): Promise<boolean> {
    return this.turns.together(() => this.inRequest(asked, async () => {
      const question = isTransactionOpen(this.bench.workspace.stateDir) ? null : await this.question(request);
      return question !== null && this.memo?.stillHas(question.key, memory) === true;
    }));
  }

  private inRequest<T>(asked: RequestOptions, work: () => Promise<T>): Promise<T> {
    const { timeoutMs = this.bench.usualTimeoutMs, waitedMs, signal = caller().signal } = asked;
    return withinRequest({ timeoutMs, waitedMs, signal }, () => this.bench.inRequest(asked, work));
  }

  private async runNow(request: OperationRequest, asked: RequestOptions): Promise<Bundle> {
    const start = performance.now();
    const recovery = request.cmd !== 'recover' && isTransactionOpen(this.bench.workspace.stateDir) ? await this.recovered() : null;
    const question = this.memo === null || recovery !== null ? null : await this.question(request);
    const known = question === null ? null : (this.memo?.get(question.key) ?? null);
    if (known !== null && asked.verifyCache !== true) {
      this.texts = known.texts;
      const bundle: Bundle = { ...known.bundle, meta: { ...known.bundle.meta, cache: 'memo', durationMs: Math.round(performance.now() - start) } };
      this.memories.set(bundle, known);
      return bundle;
    }
    const { bundle, texts } = await this.compute(request, recovery, start);
    this.texts = texts;
    this.textsBehind.set(bundle, texts);
    if (known !== null && known.bundle.bundleId !== bundle.bundleId) {
      if (question !== null) this.memo?.delete(question.key);
      return errorBundle(bundle.request, wrongMemo(known.bundle), bundle, bundle.meta);
    }
    const isAboutIt = question !== null && bundle.environment.snapshot === question.snapshot.digest;
    if (isAboutIt && isLasting(bundle) && !this.bench.sources.hasLookedBack) this.unproven.push({ ...question, bundle, texts: this.textsOf(bundle) });
    return bundle;
  }

  /** An answer of this engine with all that belongs to it. */
  given(bundle: Bundle): Given {
    const memory = this.memories.get(bundle) ?? null;
    return { bundle, texts: memory?.texts ?? this.textsOf(bundle), memory };
  }

  /** The texts of the files that a bundle names, as the answer saw them. */
  private textsOf(bundle: Bundle): ReadonlyMap<string, string> {
    const texts = [...urisOf([bundle.facts, bundle.resolution, bundle.error ?? null, bundle.processReward, bundle.edits])].map((uri) => [uri, this.textsBehind.get(bundle)?.get(uri) ?? this.bench.textOf(uri)] as const);
    return new Map(texts.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
  }

  servers(): readonly RunningServer[] {
    return this.bench.servers();
  }

  /** What an answer is a function of, within one state of the world outside; null for a question that depends on more. */
  private async question({ cmd, args }: OperationRequest): Promise<{ readonly key: string; readonly snapshot: Snapshot } | null> {
    try {
      if (!operationNamed(cmd).isFunctionOfSnapshot) return null;
      const { indexUnit, server = null } = this.bench.options;
      this.bench.replaceOutdatedServers();
      // What is answered while we look is proven by a later look.
      const { unproven } = this;
      this.unproven = [];
      const snapshot = await this.bench.peek();
      for (const proven of unproven.filter((each) => each.snapshot === snapshot)) this.memo?.set(proven.key, proven);
      return { key: `${snapshot.digest} ${canonicalJson([cmd, args, indexUnit, server, this.bench.surroundingsSeen, await this.bench.settings(), unstableRecordStamp(this.bench.workspace.stateDir)])}`, snapshot };
    } catch {
      // Whatever is wrong, the operation meets it too and says so.
      return null;
    }
  }

  private async compute(request: OperationRequest, recovery: string | null, start: number): Promise<{ readonly bundle: Bundle; readonly texts: ReadonlyMap<string, string> }> {
    const answer = await this.answer(request);
    const watching = this.bench.watchImports();
    if (watching instanceof Promise) await watching;
    const texts = answer.texts ?? new Map<string, string>();
    const servers = answer.servers ?? NO_SERVERS;
    const draft: BundleDraft = {
      request: { cmd: answer.cmd, args: answer.args, ...(answer.selector === undefined ? {} : { selector: answer.selector }) },
      resolution: answer.resolution ?? null,
      facts: answer.facts ?? {},
      edits: answer.edits ?? null,
      processReward: answer.processReward ?? null,
      environment: await environmentOf(this.bench.workspace, servers, answer.snapshot, this.bench.stateBeside),
      capabilities: capabilitiesOf(servers.sessions),
    };
    const meta = (extra: Partial<MetaDraft> = {}): MetaDraft => ({
      exitCode: answer.exitCode ?? 0,
      durationMs: Math.round(performance.now() - start),
      cache: servers.sessions.length === 0 ? 'none' : isColdRequest() ? 'cold' : 'warm',
      node: process.version,
      ...(answer.timings === undefined ? {} : { timings: answer.timings }),
      ...(answer.machine === undefined ? {} : { machine: answer.machine }),
      ...(recovery === null ? {} : { recovery }),
      ...extra,
    });
    if (answer.failure !== undefined) return { bundle: errorBundle(draft.request, answer.failure, draft, meta()), texts };
    const preview = buildBundle(draft, meta(), answer.page);
    return { bundle: answer.write === undefined ? preview : await written(answer.write, draft, preview, meta), texts };
  }

  /** The text of a file that the last answer speaks about; undefined when it was not read. */
  textOf(uri: string): string | undefined {
    return this.texts.get(uri) ?? this.bench.textOf(uri);
  }

  /** Waits for what is under way, ends every server and removes every temporary file. */
  close(): Promise<void> {
    const close = (): Promise<void> => this.turns.alone(() => this.bench.close());
    return this.told === null ? close() : this.told.story.aside(close);
  }

  /** An edit that was cut short is mended before anything is answered; a question about files that nobody can mend is answered all the same. */
  private async recovered(): Promise<string | null> {
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
      if (!operation.isPaged || cursor === undefined) return await withUnstableMarked(this.bench, { ...(await operation.answer(this.bench, request.args)), cmd });
      const page = pageAt(cursor);
      return atPage(await withUnstableMarked(this.bench, { ...(await operation.answer(this.bench, args)), cmd }), page, cursor);
    } catch (error) {
      return { cmd, args: request.args, snapshot: null, failure: toFailure(error) };
    }
  }
}

/** True for what may be answered while others are that change nothing either. */
export function goesTogether({ cmd }: OperationRequest): boolean {
  try {
    return operationNamed(cmd).goesTogether;
  } catch {
    // It is answered with a refusal.
    return true;
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

/** True for what the same question has for an answer as long as nothing changes: not for a server that failed, or was missing. */
function isLasting({ error }: Bundle): boolean {
  return error === undefined || error.code === 'E/NOT_FOUND' || error.code === 'E/AMBIGUOUS' || error.code === 'E/INDEXING_UNSUPPORTED';
}

function wrongMemo({ bundleId }: Bundle): Failure {
  return new Failure('E/INTERNAL', 'BUG: the remembered answer is not the one that is computed now', {
    hint: 'The remembered one was dropped: the same command now answers anew. Please report this with the output of --verbose.',
    details: { remembered: bundleId },
  });
}

/** A page of another state of the files would leave places out or repeat them. */
function atPage(answer: PagedAnswer, page: Page, cursor: Json): PagedAnswer {
  const paged = { ...answer, args: { ...answer.args, cursor }, page };
  if (answer.failure !== undefined || page.state === firstPage(answer.snapshot).state) return paged;
  const failure = new Failure('E/CONTENT_MODIFIED', 'the files have changed since the page before', { hint: 'Ask without --cursor for the first page.' });
  return { ...paged, facts: {}, failure };
}
