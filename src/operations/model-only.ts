import { Failure, toFailure } from '../base/failure.js';
import { sha256 } from '../base/digest.js';
import type { GateFiring, ProcessReward } from '../base/process-reward.js';
import { buildBundle } from '../bundles/build-bundle.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import type { ScoreRequest } from '../bundles/schema/lines.js';
import { isNoOp, type RewardModel, type Verdict } from '../reward/model/reward-model.js';
import { readDiff } from '../reward/model/read-diff.js';
import { processReward } from '../reward/process-reward.js';
import { bareEnvironment } from './environment.js';
import { failureBundle } from './failure-bundle.js';
import { learnedScore, sharedModel, type ModelChoice } from './learned.js';
import type { PricedLine, ScoreLine } from './score-line.js';

const CMD = 'score --model-only';

/** Scores patches by the model alone: no repository, no server, and each by its own line only. Answers come in the order of the input. */
export async function* scoreByModel(lines: AsyncIterable<ScoreLine>, choice: ModelChoice): AsyncGenerator<PricedLine> {
  const model = await sharedModel(choice);
  for await (const line of lines) yield { line, bundle: await modelBundle(model, line) };
}

/** Says whether a bundle speaks of what a model says alone. */
export function isModelOnly(bundle: Bundle): boolean {
  return bundle.request.cmd === CMD;
}

async function modelBundle(model: RewardModel, { request }: ScoreLine): Promise<Bundle> {
  if (request instanceof Failure) return failureBundle({ cmd: CMD, args: {} }, request);
  const start = performance.now();
  try {
    checkPatch(request);
    const { patch, problem_statement: problem = '' } = request;
    const verdict = await model.scorePatch({ patch, problem });
    const args = { patch: sha256(patch), problem: problem === '' ? null : sha256(problem), model: model.identity.card };
    const draft = { request: { cmd: CMD, args }, processReward: unmeasured(model, verdict, patch), environment: bareEnvironment(), capabilities: {} };
    return buildBundle(draft, { exitCode: 0, durationMs: Math.round(performance.now() - start), cache: 'none', node: process.version });
  } catch (error) {
    return failureBundle({ cmd: CMD, args: {} }, toFailure(error));
  }
}

/** Text without a single file header is no patch; an empty one changes nothing. */
function checkPatch({ patch }: ScoreRequest): void {
  if (patch.trim() === '' || readDiff(patch).length > 0) return;
  throw new Failure('E/BAD_ARGUMENT', 'the patch names no file: it is no unified diff', { hint: 'Give the text that git diff prints. The other lines were answered.' });
}

/** Nothing was measured, so there is no reward; only what the patch shows by itself. */
function unmeasured(model: RewardModel, verdict: Verdict, patch: string): ProcessReward {
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
    learned: learnedScore(model, verdict),
  });
  return { ...reward, gates: isNoOp(patch) ? [NO_OP] : [], abstainReason: reason };
}

const NO_OP: GateFiring = { gate: 'no-op', critical: false, message: 'The patch changes no code: its p is 0.', evidence: [] };
