import { readFileSync } from 'node:fs';
import { bundleToLine } from '../src/bundles/bundle-line.js';
import { Failure } from '../src/base/failure.js';
import { checkReplay } from '../src/operations/replay.js';
import { readTrace, type Trace } from '../src/trace/read.js';
import { mutateLine } from '../tests/trace/mutate-line.js';

/**
 * Cuts a real trace at random bytes and damages its lines at random, and replays what is left: `npm run check:traces -- TRACE [CUTS]
 * [MUTATIONS] [SEED]`. Every bundle that comes out must be one that was recorded, in its order, and damage must be noticed.
 */
const [path = '', cuts = '200', mutations = '10000', seed = '1'] = process.argv.slice(2);
const text = readFileSync(path);
const lines = text.toString('utf8').trimEnd().split('\n');
const whole = await replay(await traceOf(text.toString('utf8')));
let state = Number(seed);
const problems: string[] = [];
const outcomes = { wholePrefix: 0, damageNamed: 0, refused: 0, unchanged: 0 };

for (let count = 0; count < Number(cuts); count += 1) {
  const length = random(text.length);
  await judge(`cut at byte ${String(length)}`, text.subarray(0, length).toString('utf8'), true);
}
const afterCuts = { ...outcomes };
for (let count = 0; count < Number(mutations); count += 1) {
  const [index, kind] = [random(lines.length), random(2 ** 31)];
  const mutated = mutateLine(lines, index, kind);
  if (mutated.every((line, at) => line === lines[at]) && mutated.length === lines.length) outcomes.unchanged += 1;
  else await judge(`line ${String(index + 1)} mutated with ${String(kind)}`, `${mutated.join('\n')}\n`, false);
}
console.log(JSON.stringify({ lines: lines.length, operations: whole.length, cuts: { runs: Number(cuts), ...afterCuts }, all: outcomes, problems: problems.length }));
for (const problem of problems.slice(0, 20)) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

async function judge(what: string, damaged: string, isCut: boolean): Promise<void> {
  const trace = await traceOf(damaged);
  // A finished operation before the damage gives the same bytes as in the whole trace; those were compared at the beginning.
  const finished = trace.operations.filter(({ bundle }) => bundle !== null).map(({ bundle }) => JSON.stringify(bundle));
  if (finished.some((line, index) => line !== whole[index])) problems.push(`${what}: another bundle is believed`);
  if (isCut && trace.damage !== null) problems.push(`${what}: a cut is taken for damage`);
  // Lines that are gone from the end are a cut.
  const isPrefix = text.toString('utf8').startsWith(damaged.trimEnd());
  if (!isCut && !isPrefix && trace.damage === null && !trace.isCut && finished.length === whole.length && trace.sessions.length > 0) problems.push(`${what}: not noticed`);
  if (trace.damage !== null) outcomes.damageNamed += 1;
  else outcomes.wholePrefix += 1;
  // Replaying is what takes time: every hundredth prefix is replayed in full.
  if ((outcomes.damageNamed + outcomes.wholePrefix) % 100 === 0) await replay(trace).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    outcomes.refused += 1;
  });
}

/** Replays every finished operation and returns their recorded lines. Throws where one is not the same. */
async function replay(trace: Trace): Promise<string[]> {
  const lines: string[] = [];
  await checkReplay(trace, new Set(trace.operations), {}, ({ bundle, operation }) => {
    bundleToLine(bundle);
    lines.push(JSON.stringify(operation.bundle));
    return Promise.resolve();
  });
  return lines;
}

async function traceOf(content: string): Promise<Trace> {
  async function* each(): AsyncGenerator<string> {
    await Promise.resolve();
    const all = content.split('\n');
    if (all.at(-1) === '') all.pop();
    yield* all;
  }
  return readTrace(each());
}

/** A small generator with a fixed sequence, so that a run can be repeated. */
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}
