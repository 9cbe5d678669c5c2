import { Failure } from '../base/failure.js';
import type { ProcessReward } from '../base/process-reward.js';
import { groupBy } from '../base/group-by.js';
import type { NormalisedPatch } from './normalise-patch.js';
import { dice } from './similarity.js';
import { compareText } from './text-order.js';

/** One of several patches for the same task. */
export interface RankCandidate {
  readonly id: string | number;
  /** Who wrote it; null when that is not known. Only ever used to count votes. */
  readonly system: string | null;
  readonly patch: NormalisedPatch;
  /** Null when it was not measured. */
  readonly reward: ProcessReward | null;
  /** Why it is no patch for this task, for example that it does not apply; null when it is one. */
  readonly refusal?: string | null;
  /** The learned probability that it is right; null without a model. */
  readonly p: number | null;
}

/** What the log-odds of a candidate are made of. All are 0 or more, so that a better fact never lowers a score. */
export interface RankWeights {
  readonly p: number;
  readonly facts: number;
  readonly safety: number;
  readonly consensus: number;
}

export interface RankedCandidate {
  readonly id: string | number;
  /** 1 is best; candidates with equal scores share a rank. */
  readonly rank: number;
  readonly score: number;
  readonly reasons: readonly string[];
}

/** Chosen by hand: `calibrate` replaces them. */
export const DEFAULT_RANK_WEIGHTS: RankWeights = { p: 1, facts: 4, safety: 2, consensus: 1 };

/** Agreement below this counts as this, so that a single loner is not ruled out by being alone. */
const AGREEMENT_MIN = 0.05;
const LOGIT_MAX = 4;

/**
 * Ranks candidates: those that a critical gate caught, that change nothing or do not apply score 0; all others score
 * σ(k_p·logit p + k_f·(φ_D after − before) + k_s·(φ_S − 1) + k_c·ln agreement). A candidate without facts counts as the worst
 * that has some. The order of the input has no part in it: equal candidates share score and rank, and are listed by id.
 */
export function rankCandidates(candidates: readonly RankCandidate[], weights: RankWeights = DEFAULT_RANK_WEIGHTS): RankedCandidate[] {
  if (Object.values(weights).some((weight: number) => !Number.isFinite(weight) || weight < 0)) {
    throw new Failure('E/BAD_ARGUMENT', 'the weights of a ranking are finite numbers, 0 or more', { hint: 'Refit them with assay calibrate.' });
  }
  const isAnyMeasured = candidates.some(({ reward }) => reward !== null);
  const terms = termsOf(candidates);
  const scored = candidates.map((candidate, index) => {
    const odds = oddsOf(terms[index] ?? NO_TERMS, weights);
    const vetoes = vetoesOf(candidate);
    // Rounded, so that scores that differ by rounding alone share a rank.
    const score = isRuledOut(candidate) ? 0 : Number((1 / (1 + Math.exp(-odds))).toFixed(9));
    return { id: candidate.id, key: candidate.patch.key, score, reasons: reasonsOf(candidate, agreementOf(candidate, candidates), vetoes, isAnyMeasured) };
  });
  return scored
    .sort((a, b) => b.score - a.score || compareText(String(a.id), String(b.id)) || compareText(a.key, b.key))
    .map(({ id, score, reasons }) => ({ id, score, rank: 1 + scored.filter((other) => other.score > score).length, reasons: [...reasons, ...tieReason(scored.filter((other) => other.score === score).length - 1)] }));
}

/** What each weight of a ranking is multiplied with. */
export type RankTerms = RankWeights;

const NO_TERMS: RankTerms = { p: 0, facts: 0, safety: 0, consensus: 0 };

/** Returns the terms of each of several candidates. One without facts counts as the worst that has some. */
export function termsOf(candidates: readonly RankCandidate[]): RankTerms[] {
  const gains = candidates.map(factGain);
  const worst = Math.min(0, ...gains.filter((gain) => gain !== null));
  return candidates.map((candidate, index) => ({
    p: logit(countedP(candidate)),
    facts: gains[index] ?? worst,
    safety: (candidate.reward?.components.after.phiS ?? 1) - 1,
    consensus: Math.log(Math.max(AGREEMENT_MIN, agreementOf(candidate, candidates) ?? 1)),
  }));
}

/** Returns the log-odds that a ranking gives. */
export function oddsOf(terms: RankTerms, weights: RankWeights): number {
  return weights.p * terms.p + weights.facts * terms.facts + weights.safety * terms.safety + weights.consensus * terms.consensus;
}

/** Says whether a candidate scores 0 whatever the weights. */
export function isRuledOut(candidate: RankCandidate): boolean {
  return candidate.refusal != null || vetoesOf(candidate).length > 0;
}

function vetoesOf({ reward }: RankCandidate): string[] {
  return (reward?.gates ?? []).filter((gate) => gate.critical || gate.gate === 'no-op').map((gate) => gate.gate);
}

type Voter = Pick<RankCandidate, 'system' | 'patch' | 'refusal'>;

/**
 * How much the others agree with a candidate, in [0,1]: per system the mean likeness of its different patches, then the mean
 * over systems. Copies count once, a system has one vote however many patches it hands in, and what is no patch has none. Null when there is no other.
 */
function agreementOf(candidate: Voter, candidates: readonly Voter[]): number | null {
  const voters = candidates.filter((other) => other.refusal == null);
  const bySystem = groupBy(voters, (other) => other.system ?? '');
  const votes: number[] = [];
  for (const [system, own] of bySystem) {
    const different = [...groupBy(own, (other) => other.patch.key).entries()].filter(([key]) => system !== (candidate.system ?? '') || key !== candidate.patch.key);
    const likenesses = different.map(([key, [other]]) => (key === candidate.patch.key ? 1 : dice(candidate.patch.words, other?.patch.words ?? []))).sort((a, b) => a - b);
    if (likenesses.length > 0) votes.push(mean(likenesses));
  }
  return votes.length === 0 ? null : mean(votes.sort((a, b) => a - b));
}

/** What the step did to φ_D; null when that is not known. */
function factGain({ reward }: RankCandidate): number | null {
  if (reward === null || reward.abstain) return null;
  const { before, after } = reward.components;
  return before.phiD === null || after.phiD === null ? null : after.phiD - before.phiD;
}

function tieReason(others: number): string[] {
  return others === 0 ? [] : [`tied with ${String(others)} other${others === 1 ? '' : 's'}`];
}

function reasonsOf({ reward, refusal, p }: RankCandidate, agreement: number | null, vetoes: readonly string[], isAnyMeasured: boolean): string[] {
  const reasons = vetoes.map((gate) => `ruled out by the gate ${gate}`);
  if (refusal != null) reasons.push(refusal);
  else if (isAnyMeasured && (reward === null || reward.abstain)) reasons.push('not measured: counts as the worst that was');
  const introduced = reward?.neutralDiagnostics?.introduced.length ?? 0;
  const fixed = reward?.neutralDiagnostics?.fixed.length ?? 0;
  if (introduced + fixed > 0) reasons.push(`${String(introduced)} introduced, ${String(fixed)} fixed`);
  for (const gate of reward?.gates ?? []) {
    if (!vetoes.includes(gate.gate)) reasons.push(`gate ${gate.gate}`);
  }
  if (p !== null) reasons.push(`p ${p.toFixed(2)}`);
  if (agreement !== null) reasons.push(`agreement ${agreement.toFixed(2)}`);
  return reasons;
}

/** A gate that fires takes away what a model gives beyond one half. */
function countedP({ p, reward }: RankCandidate): number | null {
  return p !== null && (reward?.gates.length ?? 0) > 0 ? Math.min(p, 0.5) : p;
}

function logit(p: number | null): number {
  if (p === null) return 0;
  return Math.max(-LOGIT_MAX, Math.min(LOGIT_MAX, Math.log(p) - Math.log1p(-p)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
