import * as z from 'zod';
import { Failure, toFailure } from '../base/failure.js';
import type { Coverage, ProcessReward } from '../base/process-reward.js';
import { sha256 } from '../base/digest.js';
import { uriFromPath } from '../base/relative-uri.js';
import { processReward } from '../reward/process-reward.js';
import { readInput } from '../workspace/read-input.js';
import { identityOfTree } from '../workspace/tree-identity.js';
import { NO_SERVERS, type AskedServers } from './analysis.js';
import type { Workbench } from './workbench.js';
import { defineOperation, type Answer } from './operation.js';
import { measureStep, type MeasuredStep, type StepPlan } from './reward/measure-step.js';
import { knownFacts, nothingMeasured, unknownFacts } from './reward/assemble-facts.js';
import { touchedFiles, TreeView } from './reward/step-files.js';
import { readStep } from './reward/step.js';
import { specChooser } from './spec-chooser.js';

const argsSchema = z.strictObject({
  base: z.string().default('HEAD'),
  head: z.string().nullable().default(null),
  /** The text of a unified diff. */
  patch: z.string().nullable().default(null),
  /** A file that holds one, relative to the current folder; `-` is standard input. */
  patchFile: z.string().nullable().default(null),
  exact: z.boolean().default(false),
  reward: z.enum(['pr-v2', 'pr-v1']).default('pr-v2'),
  failBelow: z.number().nullable().default(null),
});

type RewardArgs = z.infer<typeof argsSchema>;

/** The process reward of one step: a commit, the worktree against a commit, or a patch. */
export const reward = defineOperation({
  cmd: 'reward',
  args: argsSchema,
  run: runReward,
});

async function runReward(bench: Workbench, args: RewardArgs): Promise<Answer> {
  const timings = new Map<string, number>();
  let last = performance.now();
  const onPhase = (phase: string): void => {
    const now = performance.now();
    timings.set(phase, Math.round(now - last));
    last = now;
  };
  const { workspace } = bench;
  const patch = await readPatch(args);
  const step = await readStep(workspace, { base: args.base, head: args.head, patch }, bench.commits);
  const { files, outside } = await touchedFiles(workspace, step);
  onPhase('read');
  const before = new TreeView(step.before, workspace);
  const after = new TreeView(step.after, workspace);
  const specOf = await specChooser(before, workspace, bench.options);
  const tier: Coverage['tier'] = args.exact ? 'exact' : 'dependents';
  const plan: StepPlan = { step, files, outside, before, after, prefix: workspace.git?.prefix ?? '', specOf, tier, onPhase };
  const outcome = await measureOrExplain(bench, plan);
  const facts = outcome.measured === null ? unknownFacts(plan, outcome.failure) : knownFacts(plan, outcome.measured);
  const result = processReward(facts, { version: args.reward });
  return {
    args: { ...step.named, tier, reward: args.reward },
    processReward: result,
    servers: outcome.servers,
    snapshot: sha256(`${await identityOfTree(step.before)}\n${await identityOfTree(step.after)}\n`),
    texts: new Map(facts.pairs.flatMap(({ after: side }) => (side === null ? [] : [[uriFromPath(side.path), side.text] as const]))),
    timings: Object.fromEntries(timings),
    ...(outcome.failure === null ? verdict(result, args.failBelow) : { failure: outcome.failure }),
  };
}

async function readPatch({ patch, patchFile }: RewardArgs): Promise<Buffer | null> {
  if (patch !== null && patchFile !== null) throw new Failure('E/BAD_ARGUMENT', 'patch and patchFile exclude each other', { hint: 'Give one of them.' });
  if (patchFile !== null) return readInput(patchFile);
  return patch === null ? null : Buffer.from(patch, 'utf8');
}

function verdict(result: ProcessReward, failBelow: number | null): { exitCode?: 1 } {
  return failBelow !== null && result.r !== null && result.r < failBelow ? { exitCode: 1 } : {};
}

type Outcome = { readonly servers: AskedServers } & ({ readonly measured: MeasuredStep; readonly failure: null } | { readonly measured: null; readonly failure: Failure });

/** A server that fails makes the reward unknown; it never makes it zero. */
async function measureOrExplain(bench: Workbench, plan: StepPlan): Promise<Outcome> {
  const isServed = plan.files.some((file) => [file.before, file.after].some((side) => side !== null && plan.specOf(side.path) !== null));
  if (plan.files.length === 0 || !(isServed || plan.tier === 'exact')) return { measured: nothingMeasured(plan.files), failure: null, servers: NO_SERVERS };
  try {
    const lab = await bench.lab();
    const measured = await measureStep(lab, plan);
    return { measured, failure: null, servers: await lab.analysis.asked() };
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'E/INTERNAL') throw failure;
    return { measured: null, failure, servers: NO_SERVERS };
  }
}
