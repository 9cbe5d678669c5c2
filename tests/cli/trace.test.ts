import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleSchema, type Bundle } from '../../src/bundles/schema/bundle.js';
import { checkReplay } from '../../src/operations/replay.js';
import { traceOf } from '../trace/sample-trace.js';
import { temporaryFolder, TemporaryRepository } from '../workspace/temporary-repository.js';
import { assay, type Outcome } from './assay.js';

const FILES = { 'a.py': 'def f(x: int) -> int:\n    return x\n', 'b.py': 'from a import f\n\nf(1)\n' };

/** A trace of a definition, of something that is not found, and of a reward, and the workspace that it is of. */
let text: string;
let recorded: Bundle[];

beforeAll(async () => {
  const { top, trace } = workspace();
  const input = [
    { id: 'first', cmd: 'def', args: { selector: 'b.py@L3:C1' } },
    { id: 2, cmd: 'locate', args: { selector: 'py://a#nope' } },
    { id: 3, cmd: 'reward', args: { patch: '--- a/b.py\n+++ b/b.py\n@@ -3,1 +3,1 @@\n-f(1)\n+f("")\n' } },
  ];
  const { stdout } = await assay(['batch', '--trace-file', trace], { cwd: top, input: input.map((line) => JSON.stringify(line)).join('\n') });
  recorded = stdout.trimEnd().split('\n').map((line) => bundleSchema.parse((JSON.parse(line) as { bundle: unknown }).bundle));
  text = readFileSync(trace, 'utf8');
});

function workspace(): { top: string; trace: string } {
  return { top: new TemporaryRepository(FILES).top, trace: join(temporaryFolder(), 'trace.jsonl') };
}

function trace(args: readonly string[], content = text): Promise<Outcome> {
  return assay(['trace', ...args, '-'], { cwd: temporaryFolder(), input: content });
}

describe('assay trace', () => {
  test('list filters by command, selector, exit code and status', async () => {
    const numbers = async (...flags: string[]): Promise<string[]> => ((await trace(['list', ...flags])).stdout.match(/^#\d/gm) ?? []);
    expect(await numbers()).toEqual(['#1', '#2', '#3']);
    expect(await numbers('--cmd', 'reward')).toEqual(['#3']);
    expect(await numbers('--selector', 'nope')).toEqual(['#2']);
    expect(await numbers('--exit-code', '0', '--status', 'ok')).toEqual(['#1', '#3']);
    const { stdout } = await trace(['list', '--json', '--op', '2']);
    expect(JSON.parse(stdout)).toMatchObject({ number: 2, cmd: 'locate', code: 'E/NOT_FOUND', exitCode: 3, id: 2, bundleId: recorded[1]?.bundleId });
  });

  test('lines that are no requests are operations, too, and are refused again with the same words', async () => {
    const { top, trace: file } = workspace();
    const patches = { batch: 'not json\n{"id": 7}\n', score: 'not json\n{"id": 7, "patch": 1}\n' };
    const bundles: string[] = [];
    for (const [cmd, input] of Object.entries(patches)) {
      const { code, stdout } = await assay([cmd, '-', '--trace-file', file], { cwd: top, input });
      expect(code).toBe(2);
      bundles.push(...stdout.trimEnd().split('\n').map((line) => (JSON.parse(line) as { bundle: Bundle }).bundle.bundleId));
    }
    const content = readFileSync(file, 'utf8');
    const { code, stdout } = await trace(['replay', '--json'], content);
    expect([code, stdout.trimEnd().split('\n').map((line) => (JSON.parse(line) as Bundle).bundleId)]).toEqual([0, bundles]);
    const again = await assay(['trace', 'replay', file, '--against-workspace'], { cwd: top });
    expect([again.code, again.stdout.match(/sha256:/g)?.length]).toEqual([0, 4]);
  });

  test('show says which files were read, with their digests, and what servers were asked', async () => {
    const { stdout } = await trace(['show', '--op', '1']);
    expect(stdout).toMatch(/ {2}read a\.py sha256:[0-9a-f]{64}\n/);
    expect(stdout).toContain('  pyright navigation 1: textDocument/definition\n');
    const { stdout: lines } = await trace(['show', '--op', '1', '--lines']);
    expect(lines).toContain('"jsonrpc":"2.0","method":"textDocument/definition"');
  });

  test('replay under other weights says what a reward would have been, from the recorded facts', async () => {
    const { code, stdout, stderr } = await trace(['replay', '--json', '--op', '3', '--weights', 'phiD=1,phiS=0,conf=1,phiP=0']);
    expect(stderr).toBe('');
    const reward = bundleSchema.parse(JSON.parse(stdout)).processReward;
    const was = recorded[2]?.processReward;
    expect([code, reward?.weights]).toEqual([0, { phiD: 0.5, phiS: 0, conf: 0.5, phiP: 0 }]);
    expect(was?.r).toBeLessThan(0);
    expect(reward?.r).toBeCloseTo(0.5 * ((reward?.components.after.phiD ?? 0) - (reward?.components.before.phiD ?? 0)), 4);
    expect(reward?.neutralDiagnostics).toEqual(was?.neutralDiagnostics);
    for (const none of ['phiX=1', 'phiS=0,conf=0']) expect((await trace(['replay', '--weights', none])).code).toBe(2);
  });

  test('where assay itself lies does not matter', async () => {
    const trace = await traceOf(text);
    const ids: string[] = [];
    // These are the sources, not dist.
    await checkReplay(trace, new Set(trace.operations), {}, ({ bundle }) => {
      ids.push(bundle.bundleId);
      return Promise.resolve();
    });
    expect(ids).toEqual(recorded.map(({ bundleId }) => bundleId));
  });

  test('a changed line is exit code 2 with its number; what came before it is still answered', async () => {
    const lines = text.split('\n');
    const last = lines.findLastIndex((line) => line.includes('"kind":"frame"'));
    lines[last] = (lines[last] ?? '').replace(/"op":3/, '"op":2');
    const { code, stderr, stdout } = await trace(['replay'], lines.join('\n'));
    expect([code, stdout.match(/same/g)?.length]).toEqual([2, 2]);
    expect(stderr).toContain(`line ${String(last + 1)} of - is damaged`);
  });

  test('a trace cut short replays what was over, and says so', async () => {
    const end = text.indexOf('"kind":"bundle"', text.indexOf('"kind":"bundle"') + 1);
    const { code, stderr, stdout } = await trace(['replay'], text.slice(0, end));
    expect([code, stdout.match(/same/g)?.length]).toEqual([0, 1]);
    expect(stderr).toContain('cut short');
    const nothing = await trace(['replay'], 'no trace');
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('is no trace')]);
  });

  test('a redacted trace can be listed and not replayed', async () => {
    const redacted = (await trace(['redact'])).stdout;
    expect(redacted).not.toMatch(/a\.py|return x|nope/);
    expect((await trace(['list'], redacted)).stdout).toContain(recorded[2]?.bundleId ?? 'nothing');
    const { code, stderr } = await trace(['replay'], redacted);
    expect([code, stderr]).toEqual([76, expect.stringContaining('redacted')]);
  });

  test('against the workspace: the same where it is as it was, E/REPLAY_MISMATCH with the files where it is not', async () => {
    const { top } = workspace();
    const against = (): Promise<Outcome> => assay(['trace', 'replay', '-', '--against-workspace', '--workspace', top, '--op', '1'], { cwd: temporaryFolder(), input: text });
    expect((await against()).code).toBe(0);
    writeFileSync(join(top, 'a.py'), `\n${FILES['a.py']}`);
    const { code, stderr } = await against();
    expect([code, stderr]).toEqual([76, expect.stringMatching(/E\/REPLAY_MISMATCH.*operation 1 \(def\) differs/s)]);
    expect(stderr).toContain('a.py changed since then');
  });
});

test('a trace inside the workspace is no part of it', async () => {
  const { top } = workspace();
  const plain = await assay(['locate', 'py://a#f', '--json'], { cwd: top });
  const traced = await assay(['locate', 'py://a#f', '--json', '--trace-file', 'trace.jsonl'], { cwd: top });
  const idOf = ({ stdout }: Outcome): string => (JSON.parse(stdout) as Bundle).bundleId;
  expect(idOf(traced)).toBe(idOf(plain));
  const refused = await assay(['locate', 'py://a#f', '--json', '--trace-file', 'no/such/folder/t.jsonl'], { cwd: top });
  expect([refused.code, JSON.parse(refused.stdout)]).toEqual([71, expect.objectContaining({ status: 'error' })]);
});

test.each([['schema', 'export', 'bundle'], ['trace', 'list', '-'], ['daemon', 'status']])('a command that asks nothing of a workspace leaves a trace without operations: %s %s', async (...args) => {
  const { top, trace: path } = workspace();
  expect((await assay([...args, '--trace-file', path], { cwd: top, input: text })).code).toBe(0);
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toEqual([expect.stringContaining('"kind":"trace"')]);
  const replayed = await assay(['trace', 'replay', path], { cwd: top });
  expect([replayed.code, replayed.stdout]).toEqual([0, '']);
});
