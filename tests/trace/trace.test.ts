import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import { redactTrace } from '../../src/trace/redact.js';
import { TraceRecorder } from '../../src/trace/record.js';
import { mutateLine } from './mutate-line.js';
import { answerFrom, recordStories, replayStories, short, traceOf } from './sample-trace.js';

test('a replay sees what was seen and hears what was said, failures too, and touches nothing', async () => {
  const { path, bundles } = await recordStories();
  const trace = await traceOf(readFileSync(path, 'utf8'));
  expect(trace).toMatchObject({ damage: null, isCut: false });
  expect(await replayStories(trace)).toEqual(bundles);
});

test('cut anywhere, it gives the operations that were over by then', async () => {
  const { path, bundles } = await recordStories();
  const bytes = readFileSync(path);
  for (let length = 0; length < bytes.length; length += 37) {
    const trace = await traceOf(bytes.subarray(0, length).toString('utf8'));
    expect(trace.damage).toBeNull();
    const replayed = await replayStories(trace);
    expect(replayed).toEqual(bundles.slice(0, replayed.length));
  }
});

test('a changed line is damage, and nothing after it is believed', async () => {
  const { path, bundles } = await recordStories();
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  let numberOfSeed = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: lines.length - 1 }), fc.integer(), async (index, seed) => {
      const mutated = mutateLine(lines, index, seed);
      if (mutated.join('\n') === lines.join('\n')) return;
      numberOfSeed += 1;
      const trace = await traceOf(`${mutated.join('\n')}\n`);
      const replayed = await replayStories(trace).catch((error: unknown) => (error instanceof Failure ? [] : Promise.reject(error as Error)));
      expect(replayed).toEqual(bundles.slice(0, replayed.length));
      if (replayed.length === bundles.length) expect([trace.damage !== null, trace.isCut]).toContain(true);
    }),
    { numRuns: 300 },
  );
  expect(numberOfSeed).toBeGreaterThan(200);
});

test('one file takes several runs, one after another torn off by a kill', async () => {
  const { path, bundles } = await recordStories();
  const whole = readFileSync(path);
  truncateSync(path, whole.length - 20);
  const recorder = TraceRecorder.open(path);
  const world = { look: (key: string) => Promise.resolve(key), serve: () => Promise.resolve(null) };
  const later = short(await recorder.operation({ cmd: 'def', args: { questions: ['?z'] }, options: {}, id: null }, () => answerFrom(world, ['?z'])));
  recorder.close();
  const trace = await traceOf(readFileSync(path, 'utf8'));
  expect(trace.damage).toBeNull();
  expect(await replayStories(trace)).toEqual([...bundles.slice(0, 2), later]);
  appendFileSync(path, 'not a line\nneither\n');
  expect((await traceOf(readFileSync(path, 'utf8'))).damage?.reason).toBe('it is no line of a trace');
});

test('what the trace does not hold is a mismatch, also where an operation hides it', async () => {
  const { path } = await recordStories();
  const trace = await traceOf(readFileSync(path, 'utf8'));
  const [first] = trace.operations;
  (first?.request.args as { questions: string[] }).questions.push('?never');
  await expect(replayStories(trace)).rejects.toMatchObject({ code: 'E/REPLAY_MISMATCH', message: 'the trace does not hold what world says of "never"' });
});

test('a redacted trace holds nothing of what was seen, is sound, and says that it cannot be replayed', async () => {
  const { path } = await recordStories();
  const text = [...redactTrace(await traceOf(readFileSync(path, 'utf8')))].join('\n');
  expect(text).not.toContain('xxx');
  expect(text).not.toContain('questions');
  const trace = await traceOf(`${text}\n`);
  expect([trace.damage, trace.operations.length]).toEqual([null, 3]);
  for (const operation of trace.operations) (operation.request.args as { questions: string[] }).questions = ['?a'];
  await expect(replayStories(trace)).rejects.toMatchObject({ code: 'E/REPLAY_MISMATCH', hint: 'The trace was redacted: it can be listed and shown, not replayed.' });
});

test('a file that cannot be written is said before anything is asked', () => {
  expect(() => TraceRecorder.open('/nonexistent/trace.jsonl')).toThrow(Failure);
});
