import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { canonicalJson } from '../base/canonical-json.js';
import { caller } from '../base/caller.js';
import { Failure } from '../base/failure.js';
import { parseJson } from '../base/parse-json.js';
import { Turns } from '../base/turns.js';
import type { JsonObject } from '../bundles/json-shape.js';
import { machineMemory } from '../lsp/process-memory.js';
import { idOf, scoreRequestSchema, type ScoreRecord } from '../bundles/schema/lines.js';
import { Engine, type EngineOptions } from './engine.js';
import { linesOf } from '../workspace/input-lines.js';
import { isModelOnly } from './model-only.js';
import type { PricedLine, ScoreLine } from './score-line.js';
import { refuseLine } from './unreadable-line.js';
import type { ModelChoice } from './learned.js';

/** What every line of a run is priced with. */
export interface ScoreOptions extends EngineOptions {
  /** For lines that name no base. */
  readonly base: string;
  /** Further arguments of `reward`, the same for every line. */
  readonly rewardArgs: JsonObject;
  /** Null leaves the learned part out. */
  readonly model: ModelChoice | null;
}

/** With more of them our own process is what all wait for. */
const LABS_MAX = 4;

/** How many steps this machine measures at the same time when it is not said: one for every two processors, which it keeps busy, as far as two servers that hold `serverMemoryMaxBytes` each have room. */
export function usualLabs(serverMemoryMaxBytes: number): number {
  return Math.max(1, Math.min(LABS_MAX, Math.floor(availableParallelism() / 2), Math.floor(machineMemory() / (2 * serverMemoryMaxBytes))));
}

/** While servers measure one patch, the next one is read and the one before is judged. */
const PATCHES_PER_LAB = 2;

/** So many lines are read ahead, so that nobody waits for one that takes long. */
const LINES_PER_LAB = 8;

/**
 * Prices patches against bases that stay warm, and yields the answers in the order of the input. Each is the bundle that
 * `assay reward PATCH` gives. At most a few lines are read ahead, so that an input may be longer than the memory.
 */
export async function* priceLines(lines: AsyncIterable<ScoreLine>, options: ScoreOptions): AsyncGenerator<PricedLine> {
  const engine = await Engine.open(options);
  const { labs = 1 } = options;
  const turns = new Turns(PATCHES_PER_LAB * labs);
  const answer = async (line: ScoreLine): Promise<PricedLine> => {
    if (line.request instanceof Failure) return { line, bundle: await refuseLine('score', line.id, line.request, options) };
    const { patch, base = options.base, problem_statement: problem = '' } = line.request;
    const model = options.model === null ? { model: false } : { card: options.model.card, provider: options.model.provider, problem };
    const args = { ...options.rewardArgs, ...model, base, patch };
    return { line, bundle: await turns.together(() => engine.run({ cmd: 'reward', args })) };
  };
  const pending: Promise<PricedLine>[] = [];
  try {
    for await (const line of lines) {
      if (caller().signal.aborted) break;
      const answered = answer(line);
      // It is awaited below, in its turn.
      answered.catch(() => undefined);
      pending.push(answered);
      if (pending.length > LINES_PER_LAB * labs) yield await (pending.shift() as Promise<PricedLine>);
    }
    for (const answered of pending) yield await answered;
  } finally {
    await Promise.allSettled(pending);
    await engine.close();
  }
}

/** Reads the lines of a JSONL input; blank ones are no lines. A line without an id is called by its 0-based number. */
export async function* readScoreLines(input: NodeJS.ReadableStream): AsyncGenerator<ScoreLine> {
  let number = 0;
  for await (const text of linesOf(input)) {
    if (text.trim() === '') continue;
    const value = parseJson(text);
    const parsed = scoreRequestSchema.safeParse(value);
    const request = parsed.success ? parsed.data : unreadable(z.prettifyError(parsed.error), number);
    yield { id: idOf(value) ?? number, request };
    number += 1;
  }
}

/** The answer to a line, as `score` prints it. Where nothing but the model was asked, it is the model that abstains or does not. A line that was not measured carries its bundle, which says why. */
function scoreRecord({ line, bundle }: PricedLine, withBundle: boolean): ScoreRecord {
  const reward = bundle.processReward;
  return {
    id: line.id,
    r: reward?.r ?? null,
    p: reward?.model?.p ?? null,
    abstain: isModelOnly(bundle) ? (reward?.model?.abstain ?? true) : (reward?.abstain ?? true),
    gates: [...new Set(reward?.gates.map((gate) => gate.gate))],
    bundleId: bundle.bundleId,
    ...(withBundle || bundle.status === 'error' ? { bundle } : {}),
  };
}

export function scoreRecordLine(priced: PricedLine, withBundle: boolean): string {
  return canonicalJson(scoreRecord(priced, withBundle));
}

function unreadable(problem: string, number: number): Failure {
  return new Failure('E/BAD_ARGUMENT', `line ${String(number + 1)} is no patch to score: ${problem}`, {
    hint: 'A line is {"id"?, "instance_id"?, "system"?, "base"?, "patch", …} with the text of a unified diff. The other lines were answered.',
  });
}
