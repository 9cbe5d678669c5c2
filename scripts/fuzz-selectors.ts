// Resolves random selectors in random sources: node scripts/run.mjs scripts/fuzz-selectors.ts [COUNT] [FIRST-SEED].
// Fails at the first crash, hang (over a second) or range outside its file, and names the seed.
import { fuzzOnce } from '../tests/selectors/fuzz.js';

const count = Number(process.argv[2] ?? 100_000);
const first = Number(process.argv[3] ?? 1);
const outcomes = { answered: 0, refused: 0, rejected: 0 };
let slowest = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const started = performance.now();
  outcomes[await fuzzOnce(seed)] += 1;
  const ms = performance.now() - started;
  if (ms > 1000 && seed > first + 100) throw new Error(`seed ${String(seed)} took ${ms.toFixed(0)} ms`);
  if (seed > first + 100) slowest = Math.max(slowest, ms);
}
console.log(`${String(count)} seeds from ${String(first)}: ${String(outcomes.answered)} answered, ${String(outcomes.refused)} refused, ${String(outcomes.rejected)} rejected; slowest ${slowest.toFixed(1)} ms`);
