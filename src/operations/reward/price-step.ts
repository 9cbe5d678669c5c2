import { setImmediate as nextTurn } from 'node:timers/promises';
import { observeSync } from '../../base/observe.js';
import { toFailure, type Failure } from '../../base/failure.js';
import type { Coverage } from '../../base/process-reward.js';
import type { StepFacts } from '../../reward/step-facts.js';
import { NO_SERVERS, type AskedServers } from '../analysis.js';
import type { UnstableFact } from '../../bundles/schema/unstable.js';
import { unstableFacts, unstableOfStep } from '../unstable-facts.js';
import type { Workbench } from '../workbench.js';
import { knownFacts, nothingMeasured, unknownFacts } from './assemble-facts.js';
import { draftStep, measuredStep, measureSides, type MeasuredStep, type StepPlan } from './measure-step.js';
import { changedSettings } from './settings-files.js';
import type { ShadowLab } from './shadow-lab.js';
import { pathsOf, touchedFiles, TreeView } from './step-files.js';
import type { Step } from './step.js';

export interface Pricing {
  readonly tier: Coverage['tier'];
  readonly verify?: boolean;
  /** See StepPlan.atHead. */
  readonly atHead?: (lab: ShadowLab) => Promise<void>;
  /** See StepPlan.besides. */
  readonly besides?: readonly string[];
  /** At most so many files that the step does not touch, and so many milliseconds after which no further one is asked about. */
  readonly maxFiles?: number | null;
  readonly maxMs?: number | null;
  /** Called with the name of each phase as it ends. */
  readonly onPhase: (phase: string) => void;
}

/** The facts of a step, whose word they are, and what kept a server from answering. */
export interface PricedStep {
  readonly facts: StepFacts;
  readonly servers: AskedServers;
  readonly failure: Failure | null;
}

/** Finds out everything that the reward of a step is computed from. A server that fails makes it unknown; it never makes it zero. */
export async function priceStep(bench: Workbench, step: Step, { tier, onPhase, verify = false, maxFiles = null, maxMs = null, atHead, besides = [] }: Pricing): Promise<PricedStep> {
  const { workspace } = bench;
  let start = Infinity;
  const { files, outside } = await touchedFiles(workspace, step);
  const before = new TreeView(step.before, workspace);
  const after = new TreeView(step.after, workspace);
  const specOf = await bench.stepSpecChooser(before);
  const plan: StepPlan = { step, files, outside, before, after, prefix: workspace.git?.prefix ?? '', specOf, tier, everyFile: tier === 'exact' || (tier === 'dependents' && changedSettings(files).length > 0), verify, besides, budget: { maxFiles: maxFiles ?? Infinity, begin: () => { start = performance.now(); }, isSpent: () => maxMs !== null && observeSync({ what: 'the time is up', key: null }, () => performance.now() - start > maxMs) }, onPhase, ...(atHead === undefined ? {} : { atHead }) };
  const { measured, failure, servers } = await measureOrExplain(bench, plan);
  if (measured === null) return { facts: unknownFacts(plan, failure), servers, failure };
  const facts = knownFacts(plan, measured);
  const unstable = await unstableFacts(workspace.stateDir, servers);
  return { facts: unstable.length === 0 ? facts : withoutUnstable(facts, unstable, plan, measured), servers, failure };
}

type Outcome = { readonly servers: AskedServers } & ({ readonly measured: MeasuredStep; readonly failure: null } | { readonly measured: null; readonly failure: Failure });

async function measureOrExplain(bench: Workbench, plan: StepPlan): Promise<Outcome> {
  const isServed = plan.files.flatMap(pathsOf).some((path) => plan.specOf(path) !== null);
  if (plan.files.length === 0 || !(isServed || plan.everyFile)) return { measured: nothingMeasured(plan.files), failure: null, servers: NO_SERVERS };
  try {
    const draft = await draftStep(bench.words, plan);
    plan.onPhase('draft');
    const { sides, servers } = await bench.inLab(async (lab) => {
      plan.onPhase('turn');
      plan.budget.begin();
      return { sides: await measureSides(lab, plan, draft), servers: await lab.analysis.asked() };
    });
    // The next step goes to the servers before this one is judged.
    await nextTurn();
    await nextTurn();
    return { measured: await measuredStep(plan, draft, sides), failure: null, servers };
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'E/INTERNAL') throw failure;
    return { measured: null, failure, servers: NO_SERVERS };
  }
}

function withoutUnstable(facts: StepFacts, known: readonly UnstableFact[], { files }: StepPlan, { referencedBefore }: MeasuredStep): StepFacts {
  const unstable = unstableOfStep(known, facts.danglingReferences, referencedBefore, (path) => files.find((file) => file.before?.path === path)?.before ?? null);
  return { ...facts, unstable, danglingReferences: facts.danglingReferences.filter((each) => !unstable.danglingReferences.includes(each)) };
}
