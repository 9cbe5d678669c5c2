// npm run check:gpu [FILE.jsonl]: CPU against GPU in one run: the largest difference of p, and patches per second. Exits with 3
// and says so when no GPU provider can be had: then nothing is known of GPUs.
import { readFileSync } from 'node:fs';
import { Failure } from '../src/base/failure.js';
import { openModel, type RewardModel } from '../src/reward/model/reward-model.js';
import type { PatchInput } from '../src/reward/model/scorer.js';

const DIFFERENCE_MAX = 1e-3;
const NO_GPU = 3;

async function main(inputs: readonly PatchInput[]): Promise<void> {
  const gpu = await openGpu();
  if (gpu === null) return;
  const cpu = await openModel(null, 'cpu');
  const [slow, fast] = [await timed(cpu, inputs), await timed(gpu, inputs)];
  const difference = Math.max(...slow.scores.map((p, index) => Math.abs(p - (fast.scores[index] ?? NaN))));
  console.log(`${String(inputs.length)} patches: cpu ${slow.perSecond.toFixed(0)} /s, ${gpu.identity.provider} ${fast.perSecond.toFixed(0)} /s, largest |Δp| ${difference.toExponential(2)}`);
  if (!(difference <= DIFFERENCE_MAX)) process.exitCode = 1;
}

async function openGpu(): Promise<RewardModel | null> {
  for (const provider of ['cuda', 'webgpu'] as const) {
    try {
      return await openModel(null, provider);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'E/UNSUPPORTED_CAP') throw error;
      console.log(error.message);
    }
  }
  console.log('no GPU provider: nothing was compared');
  process.exitCode = NO_GPU;
  return null;
}

async function timed(model: RewardModel, inputs: readonly PatchInput[]): Promise<{ readonly scores: number[]; readonly perSecond: number }> {
  for (const input of inputs.slice(0, 3)) await model.scorePatch(input);
  const start = performance.now();
  const scores: number[] = [];
  for (const input of inputs) scores.push((await model.scorePatch(input)).p);
  return { scores, perSecond: (1000 * inputs.length) / (performance.now() - start) };
}

/** Patches of the user, else the made-up ones that the features are tested with. */
function readInputs(file: string | undefined): PatchInput[] {
  if (file !== undefined) {
    const lines = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { patch: string; problem_statement?: string });
    return lines.map(({ patch, problem_statement: problem = '' }) => ({ patch, problem }));
  }
  const { tasks } = JSON.parse(readFileSync('fixtures/model/vectors.json', 'utf8')) as { tasks: { issue: string; candidates: { patch: string }[] }[] };
  return tasks.flatMap(({ issue, candidates }) => candidates.map(({ patch }) => ({ patch, problem: issue })));
}

await main(readInputs(process.argv[2]));
