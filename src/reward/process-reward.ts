import type { DiagnosticWeight, PotentialTerms, ProcessReward } from '../base/process-reward.js';
import { lostFromSight } from './checker-sight.js';
import { weightAfter, weightBefore, type ChargedCounts } from './diagnostic-weight.js';
import { addedEscapeHatches } from './escape-hatches.js';
import { fireGates } from './gates.js';
import { filesThatStopParsing } from './gates/breakage.js';
import { deltaOf, matchDiagnostics, type MatchedDiagnostics } from './match-diagnostics.js';
import type { MeasuredPair, MeasuredSide } from './measured-pair.js';
import { paperReward, type PaperFacts } from './paper-reward.js';
import { setAside, type SetAside } from './set-aside.js';
import { phiDOf, phiDOfStep, phiPOf, potentialOf, stepReward, usedWeights } from './potential.js';
import { rewardOptions, type RewardOptions } from './reward-options.js';
import type { FileSide, PriorState, StepFacts } from './step-facts.js';
import { planNeutralisation, type NeutralisationPlan } from './suppressions.js';

/** Before the first step everything is safe and nothing was resolved yet. */
export const FIRST_STATE: PriorState = { phiS: 1, conf: 1, p: 0.5 };

/** The facts of a step with everything that was read out of them. */
interface ReadStep {
  readonly facts: StepFacts;
  readonly options: RewardOptions;
  readonly plan: NeutralisationPlan;
  readonly gates: ProcessReward['gates'];
  readonly counts: ChargedCounts;
}

/**
 * Returns the reward of one step, `pr-v2` and `pr-v1` with everything they were computed from. It reads nothing but its
 * arguments, does not depend on the order of files, diagnostics or references, and gives no number (`abstain`) when a file
 * that has a server could not be measured.
 */
export function processReward(facts: StepFacts, given: Partial<RewardOptions> = {}, prior: PriorState = FIRST_STATE): ProcessReward {
  const options = rewardOptions(given);
  const plan = planNeutralisation(facts.pairs);
  const escapeHatches = addedEscapeHatches(facts.pairs);
  const counts: ChargedCounts = {
    suppressions: plan.changes.added.filter((item) => !item.isStrict).length,
    escapeHatches: escapeHatches.length,
    danglingReferences: facts.danglingReferences.length,
    unparsable: filesThatStopParsing(facts.pairs).length,
  };
  const gates = fireGates({ facts, suppressions: plan.changes, escapeHatches });
  const step: ReadStep = { facts, options, plan, gates, counts };
  const reason = abstainReason(facts);
  return reason === null ? measuredReward(step, prior) : abstainingReward(step, prior, reason);
}

function measuredReward(step: ReadStep, prior: PriorState): ProcessReward {
  const { facts, options, plan, gates, counts } = step;
  const known = facts.unstable?.diagnostics ?? [];
  const asIs = matchDiagnostics(setAside(measuredPairs(facts, (side) => side.diagnostics, new Map(), new Map()), known).pairs);
  const stable = setAside(measuredPairs(facts, (side) => side.neutral, plan.before, plan.after), known);
  const neutral = matchDiagnostics(stable.pairs);
  const isNoOp = gates.some((gate) => gate.gate === 'no-op');
  const old = weightBefore(neutral, facts.scope, options);
  const W = { before: old, after: isNoOp ? old : weightAfter(neutral, facts.scope, counts, options) };
  const hasPhiD = facts.pairs.some((pair) => pair.before?.neutral != null || pair.after?.neutral != null) || W.after.total > 0;
  const learned = learnedTerms(step, prior);
  const [from, to] = [W.before.total, W.after.total];
  const phiD = facts.ofRun === true ? { before: phiDOf(from, options.tau), after: phiDOf(to, options.tau) } : phiDOfStep(from, to, options.tau);
  const before: PotentialTerms = { phiD: hasPhiD ? phiD.before : null, phiS: prior.phiS, conf: prior.conf, ...learned.before };
  const after: PotentialTerms = isNoOp ? before : { phiD: hasPhiD ? phiD.after : null, phiS: phiSOf(step), conf: facts.conf ?? prior.conf, ...learned.after };
  const weights = usedWeights(options.weights, before, after);
  const phiBefore = potentialOf(before, weights);
  const phiAfter = potentialOf(after, weights);
  const r = isNoOp && options.mode === 'progress' ? 0 : stepReward(phiBefore, phiAfter, options.gammaD, options.mode, options.isTerminal);
  const paper = paperReward({ ...plainCounts(neutral), safety: safetyOf(step), conf: facts.conf }, options.paper);
  return {
    ...commonFields(step),
    r: options.version === 'pr-v1' ? paper.r : r,
    phiBefore,
    phiAfter,
    components: { before, after },
    weights,
    W: hasPhiD ? W : { before: null, after: null },
    diagnostics: deltaOf(asIs),
    neutralDiagnostics: deltaOf(neutral),
    abstain: false,
    abstainReason: null,
    paper,
    ...unstableEvidence(stable, facts),
  };
}

function unstableEvidence({ before, after }: SetAside, { unstable }: StepFacts): Pick<ProcessReward, 'unstable'> {
  const danglingReferences = (unstable?.danglingReferences ?? []).map(({ uri, range }) => ({ uri, range }));
  return before.length + after.length + danglingReferences.length === 0 ? {} : { unstable: { before, after, danglingReferences } };
}

/** φ_P of both sides; a model that is absent, or abstains with nothing to count for it, drops the term. */
function learnedTerms({ facts, gates }: ReadStep, prior: PriorState): { before: Pick<PotentialTerms, 'phiP'>; after: Pick<PotentialTerms, 'phiP'> } {
  const p = facts.learned?.abstain === false ? facts.learned.p : (facts.unsureP ?? null);
  if (p === null) return { before: { phiP: null }, after: { phiP: null } };
  return { before: { phiP: phiPOf(prior.p, false) }, after: { phiP: phiPOf(p, gates.length > 0) } };
}

/** No number and no half-known delta; what does not depend on the missing measurement stays. */
function abstainingReward(step: ReadStep, prior: PriorState, reason: string): ProcessReward {
  const before: PotentialTerms = { phiD: null, phiS: prior.phiS, conf: prior.conf, phiP: null };
  const after: PotentialTerms = { phiD: null, phiS: phiSOf(step), conf: step.facts.conf ?? prior.conf, phiP: null };
  const nothing: { readonly before: DiagnosticWeight | null; readonly after: DiagnosticWeight | null } = { before: null, after: null };
  return {
    ...commonFields(step),
    r: null,
    phiBefore: null,
    phiAfter: null,
    components: { before, after },
    weights: usedWeights(step.options.weights, before, after),
    W: nothing,
    diagnostics: null,
    neutralDiagnostics: null,
    abstain: true,
    abstainReason: reason,
    paper: paperReward({ diagnosticsBefore: null, diagnosticsAfter: null, safety: safetyOf(step), conf: step.facts.conf }, step.options.paper),
  };
}

function commonFields({ facts, options, plan, gates }: ReadStep): Pick<ProcessReward, 'version' | 'mode' | 'gammaD' | 'coverage' | 'neutralised' | 'gates' | 'model'> {
  return {
    version: options.version,
    mode: options.mode,
    gammaD: options.gammaD,
    coverage: facts.coverage,
    neutralised: [...plan.neutralised, ...facts.neutralisedSettings],
    gates,
    model: facts.learned,
  };
}

/** Unknown is never zero: a side without a measurement is either one that the coverage explains, or a reason to abstain. */
function abstainReason({ pairs, coverage }: StepFacts): string | null {
  const reasons = coverage.failed.map((file) => `${file.path}: ${file.reason}`);
  const explained = new Set([...coverage.unmeasured, ...coverage.failed].map((file) => file.path).concat(coverage.excluded));
  for (const pair of pairs) {
    const sides = [pair.before, pair.after].filter((side) => side !== null);
    if (sides.some((side) => explained.has(side.path))) continue;
    for (const side of sides) {
      if (side.diagnostics === null || side.neutral === null) reasons.push(`${side.path}: it was not measured`);
    }
  }
  return reasons.length === 0 ? null : [...new Set(reasons)].sort().join('; ');
}

function measuredPairs(
  { pairs, coverage }: StepFacts,
  read: (side: FileSide) => FileSide['diagnostics'],
  textsBefore: ReadonlyMap<string, string>,
  textsAfter: ReadonlyMap<string, string>,
): MeasuredPair[] {
  const measured = (side: FileSide | null, texts: ReadonlyMap<string, string>): MeasuredSide | null => {
    const diagnostics = side === null ? null : read(side);
    if (side === null || diagnostics === null) return null;
    return { path: side.path, text: texts.get(side.path) ?? side.text, structure: side.structure, tokens: side.tokens, diagnostics };
  };
  return pairs
    .map((pair) => ({
      before: measured(pair.before, textsBefore),
      after: measured(pair.after, textsAfter),
      keepsDebt: lostFromSight(pair, coverage) !== null,
    }))
    .filter((pair) => pair.before !== null || pair.after !== null);
}

function plainCounts(matched: MatchedDiagnostics): Pick<PaperFacts, 'diagnosticsBefore' | 'diagnosticsAfter'> {
  const kept = matched.persisting.length + matched.updated.length;
  return { diagnosticsBefore: kept + matched.fixed.length + matched.removed.length, diagnosticsAfter: kept + matched.introduced.length };
}

function safetyOf({ facts, counts }: ReadStep): PaperFacts['safety'] {
  if (!facts.safety.applies || !facts.safety.jailed || counts.unparsable > 0) return 'failed';
  return facts.pairs.some((pair) => pair.touched) ? 'passed' : 'nothing-to-check';
}

/** All three checks are critical, so that their share is 1 or 0; a critical gate takes it to 0 as well. */
function phiSOf(step: ReadStep): number {
  return safetyOf(step) === 'failed' || step.gates.some((gate) => gate.critical) ? 0 : 1;
}
