import * as z from 'zod';
import { Failure } from '../base/failure.js';
import type { Coverage, ProcessReward } from '../base/process-reward.js';
import { sha256 } from '../base/digest.js';
import { uriFromPath } from '../base/relative-uri.js';
import { processReward } from '../reward/process-reward.js';
import { readInput } from '../workspace/read-input.js';
import { identityOfTree } from '../workspace/tree-identity.js';
import type { Workbench } from './workbench.js';
import { defineOperation, type Answer } from './operation.js';
import { priceStep } from './reward/price-step.js';
import { rewardSettings, withScope } from './reward/reward-settings.js';
import { TreeView } from './reward/step-files.js';
import { readStep } from './reward/step.js';
import { learnedStep } from './reward/learned-step.js';

const argsSchema = z.strictObject({
  base: z.string().default('HEAD'),
  head: z.string().nullable().default(null),
  /** The text of a unified diff. */
  patch: z.string().nullable().default(null),
  /** A file that holds one, relative to the current folder; `-` is standard input. */
  patchFile: z.string().nullable().default(null),
  tier: z.enum(['touched', 'dependents', 'exact']).nullable().default(null),
  /** The same as tier: exact. */
  exact: z.boolean().default(false),
  verify: z.boolean().default(false),
  maxFiles: z.int().min(0).nullable().default(null),
  maxMs: z.int().min(0).nullable().default(null),
  reward: z.enum(['pr-v2', 'pr-v1']).default('pr-v2'),
  failBelow: z.number().nullable().default(null),
  /** False leaves the learned part out. */
  model: z.boolean().default(true),
  /** A card of the user's own, relative to the current folder. */
  card: z.string().nullable().default(null),
  provider: z.enum(['cpu', 'cuda', 'webgpu', 'auto']).default('cpu'),
  /** The text of the problem that the step should solve. */
  problem: z.string().default(''),
});

type RewardArgs = z.infer<typeof argsSchema>;

/** The process reward of one step: a commit, the worktree against a commit, or a patch. */
export const reward = defineOperation({
  cmd: 'reward',
  goesTogether: true,
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
  onPhase('read');
  const tier = tierOf(args);
  const settings = await rewardSettings(new TreeView(step.before, workspace));
  const { verify, maxFiles, maxMs } = args;
  const { facts, failure, servers } = await priceStep(bench, step, { tier, verify, maxFiles, maxMs, onPhase });
  const { scope: _scope, ...options } = settings ?? {};
  const { rewardWeights: weights } = bench.options;
  const learned = args.model ? await learnedStep(args, step, patch) : null;
  onPhase('model');
  const result = processReward({ ...withScope(facts, settings), learned }, { ...options, ...(weights === undefined ? {} : { weights }), version: args.reward });
  const asked = { model: learned?.card ?? null, problem: args.problem === '' ? null : sha256(args.problem) };
  return {
    args: { ...step.named, tier, verify, maxFiles, maxMs, reward: args.reward, ...asked, ...(settings === null ? {} : { settings }) },
    processReward: result,
    servers,
    snapshot: sha256(`${await identityOfTree(step.before)}\n${await identityOfTree(step.after)}\n`),
    texts: new Map(facts.pairs.flatMap(({ after: side }) => (side === null ? [] : [[uriFromPath(side.path), side.text] as const]))),
    timings: Object.fromEntries(timings),
    ...(failure === null ? verdict(result, args.failBelow) : { failure }),
  };
}

function tierOf({ tier, exact }: RewardArgs): Coverage['tier'] {
  if (exact && tier !== null && tier !== 'exact') throw new Failure('E/BAD_ARGUMENT', `exact and the tier ${tier} exclude each other`, { hint: 'Give one of them. Nothing was started.' });
  return exact ? 'exact' : (tier ?? 'dependents');
}

async function readPatch({ patch, patchFile }: RewardArgs): Promise<Buffer | null> {
  if (patch !== null && patchFile !== null) throw new Failure('E/BAD_ARGUMENT', 'patch and patchFile exclude each other', { hint: 'Give one of them.' });
  if (patchFile !== null) return readInput(patchFile);
  return patch === null ? null : Buffer.from(patch, 'utf8');
}

function verdict(result: ProcessReward, failBelow: number | null): { exitCode?: 1 } {
  return failBelow !== null && result.r !== null && result.r < failBelow ? { exitCode: 1 } : {};
}
