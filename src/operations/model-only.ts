import { Failure, toFailure } from '../base/failure.js';
import { sha256 } from '../base/digest.js';
import type { GateFiring, LearnedScore, ProcessReward } from '../base/process-reward.js';
import { buildBundle } from '../bundles/build-bundle.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import type { ScoreRequest } from '../bundles/schema/lines.js';
import { isNoOp } from '../reward/model/reward-model.js';
import { readDiff } from '../reward/model/read-diff.js';
import { processReward } from '../reward/process-reward.js';
import { bareEnvironment } from './environment.js';
import { failureBundle } from './failure-bundle.js';
import { toldOptions, type EngineOptions } from './engine.js';
import { learnedPatch, sharedModel, type ModelChoice } from './learned.js';
import type { PricedLine, ScoreLine } from './score-line.js';
import { refuseLine } from './unreadable-line.js';

const CMD = 'score --model-only';

/** What a model is asked about one line; the same question has the same answer. */
type ModelQuestion = ModelChoice & Pick<ScoreRequest, 'patch'> & { readonly problem: string };

/** Scores patches by the model alone: no repository, no server, and each by its own line only. Answers come in the order of the input. */
export async function* scoreByModel(lines: AsyncIterable<ScoreLine>, choice: ModelChoice, options: EngineOptions): AsyncGenerator<PricedLine> {
  const { story } = options;
  // A card that is none is told once, and not by every line.
  await sharedModel(choice);
  for await (const line of lines) {
    const { request } = line;
    if (request instanceof Failure) yield { line, bundle: await refuseLine(CMD, line.id, request, options) };
    else {
      const { patch, problem_statement: problem = '' } = request;
      const question = { ...choice, patch, problem };
      const answer = (): Promise<Bundle> => answerByModel(question);
      yield { line, bundle: await (story === undefined ? answer() : story.operation({ cmd: CMD, args: question, options: toldOptions(options, 0), id: line.id }, answer)) };
    }
  }
}

/** Says whether a bundle speaks of what a model says alone. */
export function isModelOnly(bundle: Bundle): boolean {
  return bundle.request.cmd === CMD;
}

/** Answers again what scoreByModel recorded; null for what it did not. */
export function answerRecordedModel({ cmd, args }: { readonly cmd: string; readonly args: unknown }): Promise<Bundle> | null {
  return cmd === CMD ? answerByModel(args as ModelQuestion) : null;
}

async function answerByModel({ patch, problem, ...choice }: ModelQuestion): Promise<Bundle> {
  const start = performance.now();
  try {
    checkPatch(patch);
    const learned = await learnedPatch(choice, { patch, problem });
    const args = { patch: sha256(patch), problem: problem === '' ? null : sha256(problem), model: learned.card };
    const draft = { request: { cmd: CMD, args }, processReward: unmeasured(learned, patch), environment: bareEnvironment(), capabilities: {} };
    return buildBundle(draft, { exitCode: 0, durationMs: Math.round(performance.now() - start), cache: 'none', node: process.version });
  } catch (error) {
    const failure = toFailure(error);
    // A replay that cannot go on is no answer.
    if (failure.code === 'E/REPLAY_MISMATCH') throw failure;
    return failureBundle({ cmd: CMD, args: {} }, failure);
  }
}

/** Text without a single file header is no patch; an empty one changes nothing. */
function checkPatch(patch: string): void {
  if (patch.trim() === '' || readDiff(patch).length > 0) return;
  throw new Failure('E/BAD_ARGUMENT', 'the patch names no file: it is no unified diff', { hint: 'Give the text that git diff prints. The other lines were answered.' });
}

/** Nothing was measured, so there is no reward; only what the patch shows by itself. */
function unmeasured(learned: LearnedScore, patch: string): ProcessReward {
  const touched = [...new Set(readDiff(patch).map(({ path }) => path))].sort();
  const reason = 'nothing was measured: --model-only';
  const failed = touched.length === 0 ? [{ path: '', reason }] : touched.map((path) => ({ path, reason }));
  const reward = processReward({
    pairs: [],
    coverage: { tier: 'dependents', touched, dependents: [], measured: [], proved: [], complete: false, disproved: null, overBudget: [], unmeasured: [], excluded: [], failed },
    safety: { applies: true, jailed: true },
    scope: [],
    danglingReferences: [],
    scopeEscapes: [],
    neutralisedSettings: [],
    conf: null,
    learned,
  });
  return { ...reward, gates: isNoOp(patch) ? [NO_OP] : [], abstainReason: reason };
}

const NO_OP: GateFiring = { gate: 'no-op', critical: false, message: 'The patch changes no code: its p is 0.', evidence: [] };
