import * as z from 'zod';
import { Failure, toFailure } from '../base/failure.js';
import type { Coverage, ProcessReward } from '../base/process-reward.js';
import { sha256 } from '../base/digest.js';
import { uriFromPath } from '../base/relative-uri.js';
import { editedSymbols } from '../reward/changed-declarations.js';
import { processReward } from '../reward/process-reward.js';
import type { FilePair, ScopeSymbol, StepFacts } from '../reward/step-facts.js';
import { symbolAt } from '../reward/symbol-at.js';
import { readInput } from '../workspace/read-input.js';
import { identityOfTree } from '../workspace/tree-identity.js';
import { NO_SERVERS, type AskedServers } from './analysis.js';
import type { Workbench } from './workbench.js';
import { defineOperation, type Answer } from './operation.js';
import { fileSide } from './reward/file-sides.js';
import { measureStep, type MeasuredStep, type StepPlan } from './reward/measure-step.js';
import { nameOf, touchedFiles, TreeView, type TouchedFile } from './reward/step-files.js';
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
  const step = await readStep(workspace, { base: args.base, head: args.head, patch });
  const { files, outside } = await touchedFiles(workspace, step);
  onPhase('read');
  const before = new TreeView(step.before, workspace);
  const after = new TreeView(step.after, workspace);
  const specOf = await specChooser(before, workspace, bench.options);
  const tier: Coverage['tier'] = args.exact ? 'exact' : 'dependents';
  const plan: StepPlan = { step, files, before, after, prefix: workspace.git?.prefix ?? '', specOf, tier, onPhase };
  const unmeasured = unmeasuredFiles(files, outside, specOf);
  const outcome = await measureOrExplain(bench, plan);
  const facts = outcome.measured === null ? unknownFacts(plan, unmeasured, outcome.failure) : knownFacts(plan, unmeasured, outcome.measured);
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
  const served = plan.tier === 'exact' || plan.files.some((file) => plan.specOf(nameOf(file)) !== null || (file.before !== null && plan.specOf(file.before.path) !== null));
  if (!served || plan.files.length === 0) return { measured: nothingToMeasure(plan.files), failure: null, servers: NO_SERVERS };
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

function nothingToMeasure(files: readonly TouchedFile[]): MeasuredStep {
  const pairs = files.map((file): FilePair => ({ before: fileSide(file.before), after: fileSide(file.after), touched: true }));
  return { pairs, dependents: [], measured: [], excluded: [], referencedBefore: [], referencedAfter: [], danglingReferences: [], neutralisedSettings: [] };
}

/** Every path of a touched file that no server knows, before the step or after it. */
function unmeasuredFiles(files: readonly TouchedFile[], outside: readonly string[], specOf: StepPlan['specOf']): Coverage['unmeasured'] {
  const paths = new Set(files.flatMap((file) => [file.before?.path, file.after?.path]).filter((path): path is string => path !== undefined));
  return [
    ...[...paths].filter((path) => specOf(path) === null).map((path) => ({ path, reason: 'no language server knows this kind of file' })),
    ...outside.map((path) => ({ path, reason: 'outside the workspace' })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function knownFacts(plan: StepPlan, unmeasured: Coverage['unmeasured'], measured: MeasuredStep): StepFacts {
  return {
    pairs: measured.pairs,
    coverage: { tier: plan.tier, touched: plan.files.map(nameOf), dependents: measured.dependents, measured: measured.measured, unmeasured, excluded: measured.excluded, failed: [] },
    safety: { applies: true, jailed: true },
    scope: scopeOf(measured),
    danglingReferences: measured.danglingReferences,
    scopeEscapes: [],
    neutralisedSettings: measured.neutralisedSettings,
    conf: null,
  };
}

function unknownFacts(plan: StepPlan, unmeasured: Coverage['unmeasured'], failure: Failure): StepFacts {
  const failed = plan.files.map(nameOf).filter((path) => plan.specOf(path) !== null);
  return {
    ...knownFacts(plan, unmeasured, nothingToMeasure(plan.files)),
    coverage: { tier: plan.tier, touched: plan.files.map(nameOf), dependents: [], measured: [], unmeasured, excluded: [], failed: failed.map((path) => ({ path, reason: failure.message })) },
  };
}

/** The symbols that the step edits and those that refer to them. */
function scopeOf(measured: MeasuredStep): ScopeSymbol[] {
  const scope = new Map(editedSymbols(measured.pairs).map((symbol) => [`${symbol.path}\0${symbol.symbol}`, symbol]));
  const note = (references: MeasuredStep['referencedBefore'], sideOf: (pair: FilePair) => FilePair['before']): void => {
    for (const location of references.flatMap((item) => item.references)) {
      const side = measured.pairs.map(sideOf).find((candidate) => candidate !== null && candidate.path === decodeURIComponent(location.uri));
      if (side === undefined || side === null) continue;
      const symbol = { path: side.path, symbol: symbolAt(side.structure, location.range) };
      scope.set(`${symbol.path}\0${symbol.symbol}`, symbol);
    }
  };
  note(measured.referencedBefore, (pair) => pair.before);
  note(measured.referencedAfter, (pair) => pair.after);
  return [...scope.values()].sort((a, b) => (a.path < b.path || (a.path === b.path && a.symbol < b.symbol) ? -1 : 1));
}

