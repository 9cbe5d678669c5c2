import * as z from 'zod';
import { sha256 } from '../base/digest.js';
import { Failure } from '../base/failure.js';
import type { RewardSettings } from '../base/reward-settings.js';
import type { ProcessReward } from '../base/process-reward.js';
import type { BundleFacts } from '../bundles/schema/facts.js';
import { FIRST_STATE, processReward } from '../reward/process-reward.js';
import { summariseRun } from '../reward/run-summary.js';
import type { StepFacts } from '../reward/step-facts.js';
import { applyPatch } from '../workspace/apply-patch.js';
import type { FileTree } from '../workspace/file-tree.js';
import { readInput } from '../workspace/read-input.js';
import { changesBetween } from '../workspace/tree-changes.js';
import { identityOfTree } from '../workspace/tree-identity.js';
import { NO_SERVERS, type AskedServers } from './analysis.js';
import { defineOperation, type Answer } from './operation.js';
import { learnedStep } from './reward/learned-step.js';
import { priceStep } from './reward/price-step.js';
import { rewardSettings, withScope } from './reward/reward-settings.js';
import { TreeView } from './reward/step-files.js';
import { readStep, stepOf } from './reward/step.js';
import { freezeFacts } from './trajectory/frozen-facts.js';
import { findTaints } from './trajectory/provenance.js';
import { readRun, type RecordedRun, type RecordedStep } from './trajectory/read-run.js';
import { Replay, type Replayed } from './trajectory/replay.js';
import { runScores } from './trajectory/run-scores.js';
import type { Workbench } from './workbench.js';

const argsSchema = z.strictObject({
  base: z.string().default('HEAD'),
  /** The text of a recorded run. */
  run: z.string().nullable().default(null),
  /** A file that holds one, relative to the current folder; `-` is standard input. */
  runFile: z.string().nullable().default(null),
  exact: z.boolean().default(false),
  /** The threshold of `clip`. */
  eta: z.number().min(0).max(1).default(0.9),
  /** False leaves the learned part out. */
  model: z.boolean().default(true),
  /** A card of the user's own, relative to the current folder. */
  card: z.string().nullable().default(null),
  provider: z.enum(['cpu', 'cuda', 'webgpu', 'auto']).default('cpu'),
  /** The text of the problem that the run should solve. */
  problem: z.string().default(''),
});

type TrajectoryArgs = z.infer<typeof argsSchema>;

/** A reward for every step of an agent run. */
export const trajectory = defineOperation({
  cmd: 'trajectory',
  args: argsSchema,
  run: runTrajectory,
});

/** A step of the run, and the state after it; null when that cannot be known. */
interface ReplayedStep {
  readonly step: RecordedStep;
  readonly replayed: Replayed;
  readonly tree: FileTree | null;
  /** The state if programs that the run started wrote nothing. */
  readonly replayedTree: FileTree;
}

async function runTrajectory(bench: Workbench, args: TrajectoryArgs): Promise<Answer> {
  const source = await readSource(args);
  const recorded = readRun(source);
  const start = await readStep(bench.workspace, { base: args.base, head: null, patch: Buffer.alloc(0) }, bench.commits);
  const settings = await rewardSettings(new TreeView(start.before, bench.workspace));
  const steps = await replay(start.before, recorded);
  const priced = await priceStates(bench, start.before, steps, args, settings);
  if (priced.failure !== null) throw priced.failure;
  const rewards = steps.map(({ tree }) => (tree === null ? null : (priced.rewards.get(tree) ?? null)));
  const phiStart = rewards.find((reward) => reward?.phiBefore != null)?.phiBefore ?? 1;
  const { steps: values, ...summary } = summariseRun(phiStart, rewards.map((reward) => reward?.phiAfter ?? null), args.eta);
  const files = await touchedBySteps(start.before, steps);
  const scored = steps.map(({ step, replayed, tree }) => ({ step, isEdit: replayed.kind === 'edit', tree }));
  const scores = args.model ? await runScores(start.before, scored, args) : [];
  const facts: BundleFacts['trajectory'] = {
    phiStart,
    steps: steps.map(({ replayed }, index) => ({
      kind: replayed.kind,
      ...(replayed.kind === 'unknown' ? { reason: replayed.reason } : {}),
      files: files[index] ?? [],
      phi: values[index]?.phi ?? null,
      r: values[index]?.r ?? null,
      spans: values[index]?.spans ?? 0,
      introduced: rewards[index]?.neutralDiagnostics?.introduced.length ?? null,
      fixed: rewards[index]?.neutralDiagnostics?.fixed.length ?? null,
      gates: [...new Set(rewards[index]?.gates.map((gate) => gate.gate).filter((gate) => gate !== 'no-op'))],
      p: scores[index] ?? null,
    })),
    ...summary,
    taints: findTaints(recorded.steps),
  };
  const { patch: _patch, ...named } = start.named;
  return {
    args: { ...named, run: sha256(source), tier: args.exact ? 'exact' : 'dependents', eta: args.eta, model: priced.card, problem: args.problem === '' ? null : sha256(args.problem), ...(settings === null ? {} : { settings }) },
    facts: { trajectory: facts },
    processReward: rewards.findLast((reward) => reward !== null) ?? null,
    servers: priced.servers,
    snapshot: await identityOfTree(start.before),
  };
}

async function readSource({ run, runFile }: TrajectoryArgs): Promise<string> {
  if (run !== null && runFile !== null) throw new Failure('E/BAD_ARGUMENT', 'run and runFile exclude each other', { hint: 'Give one of them.' });
  if (runFile !== null) return (await readInput(runFile)).toString('utf8');
  if (run === null) throw new Failure('E/BAD_ARGUMENT', 'there is no run to price', { hint: 'Give the FILE of a run. Nothing was started.' });
  return run;
}

/**
 * Replays the run. A program that it ran may have written files, so that it and, but for test runs, all that follows is unknown;
 * that it wrote nothing is known when the run ends in exactly what was handed in.
 */
async function replay(base: FileTree, { steps, submission }: RecordedRun): Promise<ReplayedStep[]> {
  const files = new Replay(base);
  let isSpoilt = false;
  const replayed: ReplayedStep[] = [];
  for (const step of steps) {
    const outcome = await files.step(step);
    isSpoilt ||= outcome.kind === 'unknown' && outcome.spoils;
    if (isSpoilt || files.lost.size > 0 || outcome.kind === 'unknown') replayed.push({ step, replayed: outcome, tree: null, replayedTree: files.tree });
    else replayed.push({ step, replayed: outcome, tree: files.tree, replayedTree: files.tree });
  }
  if (submission === null || files.lost.size > 0 || !(await endsIn(base, files.tree, submission))) return replayed;
  if (replayed.some(({ replayed: outcome }) => outcome.kind === 'unknown' && !outcome.mayBeNothing)) return replayed;
  return replayed.map((each): ReplayedStep => ({ ...each, replayed: each.replayed.kind === 'unknown' ? { kind: 'read' } : each.replayed, tree: each.replayedTree }));
}

/** Scratch files that the run made may be missing from what was handed in. */
async function endsIn(base: FileTree, end: FileTree, submission: string): Promise<boolean> {
  try {
    const { tree } = await applyPatch(base, Buffer.from(submission, 'utf8'));
    const { created, changed, deleted, renamed } = await changesBetween(end, tree);
    return created.length + changed.length + renamed.length === 0 && deleted.every((path) => !base.has(path));
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

interface PricedStates {
  readonly rewards: ReadonlyMap<FileTree, ProcessReward>;
  readonly servers: AskedServers;
  readonly failure: Failure | null;
  /** Digest of the model's card; null without a model. */
  readonly card: string | null;
}

/** Prices every state that the run came by, each against the base and all with one scope. */
async function priceStates(bench: Workbench, base: FileTree, steps: readonly ReplayedStep[], args: TrajectoryArgs, settings: RewardSettings | null): Promise<PricedStates> {
  const trees = [...new Set(steps.flatMap(({ tree }) => tree ?? []))];
  const facts: StepFacts[] = [];
  let servers = NO_SERVERS;
  for (const tree of trees) {
    const step = await stepOf(base, tree, {});
    const priced = await priceStep(bench, step, { tier: args.exact ? 'exact' : 'dependents', onPhase: () => undefined });
    if (priced.failure !== null) return { rewards: new Map(), servers, failure: priced.failure, card: null };
    // A state's p is that of the patch so far: it depends on the state alone, whatever the run did to get there.
    facts.push({ ...priced.facts, learned: args.model ? await learnedStep(args, step, null) : null });
    if (priced.servers.sessions.length >= servers.sessions.length) servers = priced.servers;
  }
  const frozen = await freezeFacts(bench, base, withOneLearnedScale(facts));
  const { scope: _scope, ...set } = settings ?? {};
  const { rewardWeights: weights } = bench.options;
  const options = { ...set, ...(weights === undefined ? {} : { weights }) };
  const card = facts[0]?.learned?.card ?? null;
  return { card, rewards: new Map(trees.flatMap((tree, index) => (frozen[index] === undefined ? [] : [[tree, processReward(withScope(frozen[index], settings), options)] as const]))), servers, failure: null };
}

/**
 * Potentials of one run are subtracted from one another, so φ_P counts in all of them or in none: where the model abstains on some
 * states it counts there as at the start, and where it abstains on every edit it is left out.
 */
function withOneLearnedScale(facts: readonly StepFacts[]): StepFacts[] {
  const isLearned = facts.some(({ learned, pairs }) => learned?.abstain === false && pairs.some(({ touched }) => touched));
  return facts.map((each) => {
    if (each.learned === null) return each;
    return isLearned ? { ...each, unsureP: FIRST_STATE.p } : { ...each, learned: { ...each.learned, abstain: true } };
  });
}

/** The files that differ from one known state to the next. */
async function touchedBySteps(base: FileTree, steps: readonly ReplayedStep[]): Promise<string[][]> {
  const touched: string[][] = [];
  let last = base;
  for (const { tree } of steps) {
    const { created, changed, deleted, renamed } = tree === null || tree === last ? await changesBetween(last, last) : await changesBetween(last, tree);
    touched.push([...created, ...changed, ...deleted, ...renamed.map(({ to }) => to)].sort());
    last = tree ?? last;
  }
  return touched;
}
