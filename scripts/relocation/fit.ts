import { THRESHOLDS, type Thresholds } from '../../src/selectors/relocation-verdict.js';
import type { Outcome } from './figures.js';

type Weights = readonly [number, number];

/** Every candidate whose rightness a case decides: not those that the oracle itself calls ambiguous. */
function decided(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(({ item, hasCandidate }) => hasCandidate && item.distance > 0 && !item.category.startsWith('ambiguous'));
}

function marginOf({ form }: Outcome): number {
  return form === 'context' ? THRESHOLDS.unpinned.margin : THRESHOLDS.pinned.margin;
}

function inputOf({ score }: Outcome): Weights {
  return [1, score];
}

/** Newton's method for a logistic regression with a little ridge. */
function fitLogistic(outcomes: readonly Outcome[]): Weights {
  let weights: number[] = [0, 0];
  for (let round = 0; round < 50; round += 1) {
    const gradient = weights.map((weight) => -1e-2 * weight);
    const hessian = weights.map((_, row) => weights.map((_other, column): number => (row === column ? 1e-2 : 0)));
    for (const outcome of outcomes) {
      const input = inputOf(outcome);
      const p = probability(weights, input);
      input.forEach((value, row) => {
        gradient[row] = (gradient[row] ?? 0) + ((outcome.isBestRight ? 1 : 0) - p) * value;
        input.forEach((other, column) => {
          const line = hessian[row];
          if (line !== undefined) line[column] = (line[column] ?? 0) + p * (1 - p) * value * other;
        });
      });
    }
    const step = solve(hessian, gradient);
    weights = weights.map((weight, index) => weight + (step[index] ?? 0));
    if (step.every((value) => Math.abs(value) < 1e-9)) break;
  }
  return [weights[0] ?? 0, weights[1] ?? 0];
}

function probability(weights: readonly number[], input: Weights): number {
  return 1 / (1 + Math.exp(-input.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0)));
}

/** Gaussian elimination with pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  for (let column = 0; column < rows.length; column += 1) {
    rows.sort((a, b) => (a === b ? 0 : rows.indexOf(a) < column || rows.indexOf(b) < column ? rows.indexOf(a) - rows.indexOf(b) : Math.abs(b[column] ?? 0) - Math.abs(a[column] ?? 0)));
    const pivot = rows[column] ?? [];
    for (const [index, row] of rows.entries()) {
      if (index === column) continue;
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1);
      for (let place = column; place < row.length; place += 1) row[place] = (row[place] ?? 0) - factor * (pivot[place] ?? 0);
    }
  }
  return rows.map((row, index) => (row.at(-1) ?? 0) / (row[index] ?? 1));
}

/** Prints the fits on all cases, and the reliability of fits that never saw the repository they are judged on. */
export function printCalibration(outcomes: readonly Outcome[]): void {
  const all = decided(outcomes);
  const held: Belief[] = [];
  for (const [name, group] of [['pinned', all.filter(({ form }) => form !== 'context')], ['unpinned', all.filter(({ form }) => form === 'context')]] as const) {
    const ahead = group.filter((outcome) => outcome.lead >= marginOf(outcome));
    console.log(`\ncalibration ${name}: intercept, per score = ${fitLogistic(ahead).map((weight) => weight.toFixed(2)).join(', ')} (${String(ahead.length)} candidates, ${String(ahead.filter((outcome) => outcome.isBestRight).length)} right)`);
    for (const repository of new Set(group.map(({ item }) => item.repo))) {
      const weights = fitLogistic(ahead.filter(({ item }) => item.repo !== repository));
      held.push(...ahead.filter(({ item }) => item.repo === repository).map((outcome) => ({ p: probability(weights, inputOf(outcome)), right: outcome.isBestRight, isAnswer: isAnswer(outcome) })));
    }
  }
  const used = all.map((outcome) => ({ p: outcome.alphaConf, right: outcome.isBestRight, isAnswer: isAnswer(outcome) }));
  printReliability('reliability, each repository held out, candidates that are ahead', held);
  printReliability('reliability, each repository held out, answers', held.filter((belief) => belief.isAnswer));
  printReliability('reliability of the alphaConf in use, all candidates', used);
  printReliability('reliability of the alphaConf in use, answers', used.filter((belief) => belief.isAnswer));
}

interface Belief {
  readonly p: number;
  readonly right: boolean;
  readonly isAnswer: boolean;
}

function isAnswer({ judgement }: Outcome): boolean {
  return judgement === 'right' || judgement === 'wrong';
}

function printReliability(title: string, held: readonly Belief[]): void {
  const bounds = [0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 1.0000001];
  console.log(`\n${title}\n  alphaConf       n   mean   right`);
  let error = 0;
  for (let index = 1; index < bounds.length; index += 1) {
    const low = bounds[index - 1] ?? 0;
    const high = bounds[index] ?? 1;
    const bin = held.filter(({ p }) => p >= low && p < high);
    if (bin.length === 0) continue;
    const mean = bin.reduce((sum, { p }) => sum + p, 0) / bin.length;
    const right = bin.filter((entry) => entry.right).length / bin.length;
    error += (bin.length / held.length) * Math.abs(mean - right);
    console.log(`  ${low.toFixed(2)}-${Math.min(1, high).toFixed(2)} ${String(bin.length).padStart(7)} ${mean.toFixed(3).padStart(6)} ${right.toFixed(3).padStart(7)}`);
  }
  console.log(`  expected calibration error ${error.toFixed(4)}`);
}

const TAUS = [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9];
const MARGINS = [0.01, 0.02, 0.03, 0.05, 0.1];

/** For each repository: the thresholds that the others would choose (most right answers at no more than `wrongMax` wrong), judged on it. */
export function printThresholdChoice(title: string, outcomes: readonly Outcome[], inUse: Thresholds, wrongMax: number): void {
  const all = decided(outcomes);
  console.log(`\n${title}: in use tau ${String(inUse.tau)}, margin ${String(inUse.margin)}; chosen at most ${String(100 * wrongMax)} % wrong`);
  const judgeAt = (group: readonly Outcome[], { tau, margin }: Thresholds): { right: number; wrong: number } => {
    const answered = group.filter((outcome) => outcome.score >= tau && outcome.lead >= margin);
    const right = answered.filter((outcome) => outcome.isBestRight).length;
    return { right: right / group.length, wrong: (answered.length - right) / group.length };
  };
  for (const repository of new Set(all.map(({ item }) => item.repo))) {
    const others = all.filter(({ item }) => item.repo !== repository);
    const choices = TAUS.flatMap((tau) => MARGINS.map((margin) => ({ tau, margin, ...judgeAt(others, { tau, margin }) })));
    const allowed = choices.filter((choice) => choice.wrong <= wrongMax);
    const best = (allowed.length > 0 ? allowed : choices).reduce((a, b) => (b.right > a.right || (b.right === a.right && b.tau > a.tau) ? b : a));
    const held = judgeAt(all.filter(({ item }) => item.repo === repository), best);
    console.log(`  without ${repository.padEnd(18)} tau ${String(best.tau)}, margin ${String(best.margin)} -> on it: right ${(100 * held.right).toFixed(2)} % of candidates, wrong ${(100 * held.wrong).toFixed(2)} %`);
  }
}

