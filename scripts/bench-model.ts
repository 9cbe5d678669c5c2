// npm run bench:model FILE.jsonl: what the model costs: loading it, a patch, and memory, in one process.
import { readFileSync } from 'node:fs';
import { openModel } from '../src/reward/model/reward-model.js';

async function main(file: string): Promise<void> {
  const lines = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { patch: string; problem_statement?: string });
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const model = await openModel(null, 'cpu');
  const [first] = lines;
  if (first !== undefined) await model.scorePatch({ patch: first.patch, problem: first.problem_statement ?? '' });
  console.log(`to the first score: ${(performance.now() - start).toFixed(0)} ms`);
  const times: number[] = [];
  for (const { patch, problem_statement: problem = '' } of lines) {
    const from = performance.now();
    await model.scorePatch({ patch, problem });
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? NaN).toFixed(2);
  console.log(`${String(times.length)} patches: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms`);
  console.log(`memory: ${String(Math.round((process.memoryUsage.rss() - before) / 1024 / 1024))} MiB more than before`);
}

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: npm run bench:model FILE.jsonl');
  process.exitCode = 2;
} else {
  await main(file);
}
