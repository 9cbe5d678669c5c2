import { canonicalJson, type Json } from '../base/canonical-json.js';
import { Failure, toFailure } from '../base/failure.js';
import type { ColumnUnit } from '../base/text-document.js';
import { bundleSchema, type Bundle } from '../bundles/schema/bundle.js';
import type { JsonObject } from '../bundles/json-shape.js';
import type { Trace, TracedOperation, TracedSession } from '../trace/read.js';
import { TraceReplay } from '../trace/replay.js';
import type { PotentialWeights } from '../base/process-reward.js';
import { bundleToLine } from '../bundles/bundle-line.js';
import { answerRecorded } from './recorded-requests.js';
import { differencesOf, type Difference } from './compare-bundles.js';
import { Desk } from './desk.js';

/** What a replay made of one recorded operation. */
export interface Replayed {
  readonly operation: TracedOperation;
  /** Made again from what was recorded, with the recorded `meta`. */
  readonly bundle: Bundle;
  /** The canonical line that was recorded; null in a replay under other weights. */
  readonly recorded: string | null;
}

export interface ReplayOptions {
  /** Other weights for the rewards: what they would have been. */
  readonly weights?: PotentialWeights;
}

/**
 * Answers every finished operation again, from its recorded frames, files and looks alone. Operations are told apart by session;
 * those of one session are answered in their order, because servers and memories went on from one to the next. Throws
 * E/REPLAY_MISMATCH for the first one that wants more than was recorded.
 */
async function* replayTrace(trace: Trace, options: ReplayOptions = {}): AsyncGenerator<Replayed> {
  const stages = new Map<TracedSession, Stage>();
  try {
    for (const operation of trace.operations) {
      if (operation.bundle === null) continue;
      const stage = stages.get(operation.session) ?? new Stage(operation.session, options);
      stages.set(operation.session, stage);
      yield await stage.replay(operation);
    }
  } finally {
    for (const stage of stages.values()) await stage.close();
  }
}

/** One session played again: the same desks answer its operations one after the other. */
class Stage {
  private readonly tape: TraceReplay;
  private readonly options: ReplayOptions;
  private readonly byOptions = new Map<string, Desk>();

  constructor(session: TracedSession, options: ReplayOptions) {
    this.tape = new TraceReplay(session);
    this.options = options;
  }

  async replay(operation: TracedOperation): Promise<Replayed> {
    const { request, bundle: line } = operation;
    const desk = this.deskFor(request.options);
    const answered = await this.rebuild(operation, () => answerRecorded(request) ?? desk.answer({ cmd: request.cmd, args: request.args as JsonObject }));
    if (line?.kind !== 'bundle') throw new Failure('E/REPLAY_MISMATCH', `operation ${String(operation.number)} was redacted`, { hint: 'It can be listed and shown, not replayed.' });
    const recorded = bundleSchema.safeParse(line.bundle);
    // The bundle that was recorded is read to compare, and for how it came about at the time.
    const bundle = recorded.success ? { ...answered, meta: recorded.data.meta } : answered;
    return { operation, bundle, recorded: this.options.weights === undefined ? canonicalJson(line.bundle) : null };
  }

  async close(): Promise<void> {
    await this.tape.aside(() => Promise.all([...this.byOptions.values()].map((desk) => desk.close())));
  }

  private async rebuild({ number, request }: TracedOperation, answer: () => Promise<Bundle>): Promise<Bundle> {
    try {
      return await this.tape.replay(request.op, answer);
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code !== 'E/REPLAY_MISMATCH') throw failure;
      throw new Failure('E/REPLAY_MISMATCH', `operation ${String(number)} (${request.cmd}) cannot be replayed: ${failure.message}`, { hint: failure.hint, details: failure.details, cause: failure });
    }
  }

  private deskFor(options: Json): Desk {
    const key = canonicalJson(options);
    const known = this.byOptions.get(key);
    if (known !== undefined) return known;
    const { workspace, server, indexUnit } = options as { workspace: string | null; server: string | null; indexUnit: ColumnUnit };
    const desk = new Desk({
      env: {},
      // The time is the recorded one: what was late then is late again, and nothing else.
      indexUnit,
      ...(workspace === null ? {} : { workspace }),
      ...(server === null ? {} : { server }),
      ...(this.options.weights === undefined ? {} : { rewardWeights: this.options.weights }),
    });
    this.byOptions.set(key, desk);
    return desk;
  }
}

/** Answers every finished operation again, hands those that are `wanted` to `report`, and throws E/REPLAY_MISMATCH when one is not byte for byte what was recorded. */
export async function checkReplay(trace: Trace, wanted: ReadonlySet<TracedOperation>, options: ReplayOptions, report: (replayed: Replayed) => Promise<void>): Promise<void> {
  const different: { operation: number; cmd: string; differences: Difference[] }[] = [];
  for await (const replayed of replayTrace(trace, options)) {
    const { operation, bundle, recorded } = replayed;
    if (!wanted.has(operation)) continue;
    await report(replayed);
    if (recorded === null || recorded === bundleToLine(bundle)) continue;
    different.push({ operation: operation.number, cmd: operation.request.cmd, differences: differencesOf(JSON.parse(recorded) as Json, bundle) });
  }
  if (different.length > 0) throw mismatch(different, 'What was recorded does not give the recorded bundles: another version of assay made them, or the trace is not what it seems.');
}

/** Returns the E/REPLAY_MISMATCH of operations that came out differently. */
export function mismatch(different: readonly { operation: number; cmd: string; differences: readonly Difference[] }[], hint: string): Failure {
  const [first] = different;
  const where = first?.differences[0]?.path ?? '';
  const more = different.length > 1 ? ` (and ${String(different.length - 1)} more)` : '';
  return new Failure('E/REPLAY_MISMATCH', `operation ${String(first?.operation ?? 0)} (${first?.cmd ?? ''}) differs from what was recorded${where === '' ? '' : `, first in ${where}`}${more}`, {
    hint,
    details: { operations: different.slice(0, REPORTED_MAX) },
  });
}

const REPORTED_MAX = 50;
