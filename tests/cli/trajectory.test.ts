import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder, TemporaryRepository } from '../workspace/temporary-repository.js';
import { assay, assayBundle } from './assay.js';

const MONEY = 'def total(prices: list[int]) -> int:\n    return sum(prices)\n';
const FILES = { 'pkg/__init__.py': '', 'pkg/money.py': MONEY, 'pkg/report.py': 'from pkg.money import total\n\n\ndef line() -> str:\n    return str(total([1]))\n' };
const BROKEN = MONEY.replace('prices: list[int]', 'prices: list[int], currency: str');

const write = (path: string, content: string): unknown => ({ files: [{ path, content }] });
const jsonl = (steps: readonly unknown[]): string => steps.map((step) => `${JSON.stringify(step)}\n`).join('');

test('prices every step, says which was the first bad one and where to go back to, and repeats its bundle', async () => {
  const repository = new TemporaryRepository(FILES);
  const input = jsonl([{ action: 'ls', observation: 'pkg' }, write('pkg/money.py', BROKEN), { action: "sed -i 's/a/a/' pkg/money.py", observation: '' }]);
  const bundle = await assayBundle(['trajectory', '-'], { cwd: repository.top, input });
  const run = bundle.facts.trajectory;
  expect(run?.steps.map(({ kind, files }) => [kind, files])).toEqual([['read', []], ['edit', ['pkg/money.py']], ['unknown', []]]);
  expect(run?.steps[0]?.r).toBe(0);
  expect(run?.steps[1]?.r).toBeLessThan(0);
  expect(run?.steps[1]?.introduced).toBe(1);
  expect(run?.steps[2]).toMatchObject({ r: null, phi: null, reason: 'runs sed' });
  expect(run).toMatchObject({ firstBadStep: 1, backtrackTo: 1 });
  const trace = join(temporaryFolder(), 'trace.jsonl');
  const again = await assay(['trajectory', '-', '--trace-file', trace], { cwd: repository.top, input });
  const otherwise = await assay(['trace', 'replay', trace, '--weights', 'phiD=2'], { cwd: temporaryFolder() });
  const [, was, would] = /^#1 progress (-?[\d.]+) → (-?[\d.]+)\n$/.exec(otherwise.stdout) ?? [];
  expect([otherwise.code, Number(was)]).toEqual([0, run?.progress]);
  expect(Number(would)).toBeLessThan(Number(was));
  expect(again.stdout).toContain('first bad step: 1');
  expect(again.stdout).toContain('backtrack to the state after step 0');
  expect((await assayBundle(['trajectory', '-'], { cwd: repository.top, input })).bundleId).toBe(bundle.bundleId);
});

test('a cycle pays nothing, and what was handed in tells that a program wrote nothing', async () => {
  const repository = new TemporaryRepository(FILES);
  const patch = `--- a/pkg/money.py\n+++ b/pkg/money.py\n@@ -1,2 +1,2 @@\n def total(prices: list[int]) -> int:\n-    return sum(prices)\n+    return sum(list(prices))\n`;
  const edit = { action: 'edit 2:2\n    return sum(list(prices))\nend_of_edit', observation: `[File: /repo/pkg/money.py (2 lines total)]\n1:def total(prices: list[int]) -> int:\n2:    return sum(list(prices))\n` };
  const steps = [{ action: 'open pkg/money.py', observation: `[File: /repo/pkg/money.py (2 lines total)]\n1:def total(prices: list[int]) -> int:\n2:    return sum(prices)\n` }, { action: 'python -c "print(1)"', observation: '1' }, edit];
  const confirmed = await assayBundle(['trajectory', '-'], { cwd: repository.top, input: JSON.stringify({ trajectory: steps, info: { submission: patch } }) });
  expect(confirmed.facts.trajectory?.steps.map(({ kind }) => kind)).toEqual(['read', 'read', 'edit']);
  const unconfirmed = await assayBundle(['trajectory', '-'], { cwd: repository.top, input: JSON.stringify({ trajectory: steps, info: {} }) });
  expect(unconfirmed.facts.trajectory?.steps.map(({ r }) => r)).toEqual([0, null, null]);
  const cycle = await assayBundle(['trajectory', '-'], { cwd: repository.top, input: jsonl([write('pkg/money.py', BROKEN), write('pkg/money.py', MONEY)]) });
  const rewards = cycle.facts.trajectory?.steps.map(({ r }) => r ?? 0) ?? [];
  expect(rewards[0]).toBeLessThan(0);
  expect((rewards[0] ?? 0) + (rewards[1] ?? 0)).toBeCloseTo(0, 3);
  expect(cycle.facts.trajectory?.progress).toBe(0);
});

test('with a problem, says for every known state how likely the run is to end well; that is part of no reward', async () => {
  const repository = new TemporaryRepository(FILES);
  const problem = join(temporaryFolder(), 'problem.md');
  writeFileSync(problem, '`total` in pkg/money.py must take a currency');
  const input = jsonl([{ action: 'ls', observation: 'pkg' }, write('pkg/money.py', BROKEN), { action: "sed -i 's/a/a/' pkg/money.py", observation: '' }]);
  const bundle = await assayBundle(['trajectory', '-', '--problem', problem], { cwd: repository.top, input });
  const ps = bundle.facts.trajectory?.steps.map(({ p }) => p) ?? [];
  expect(ps).toEqual([expect.any(Number), expect.any(Number), null]);
  expect(ps[0]).not.toBe(ps[1]);
  const { stdout } = await assay(['trajectory', '-', '--problem', problem], { cwd: repository.top, input });
  expect(stdout).toMatch(/^step {2}kind .* p +files$/m);
  // Looking around moves it, and nothing that is paid.
  const busy = await assayBundle(['trajectory', '-', '--problem', problem], { cwd: repository.top, input: jsonl([{ action: 'ls', observation: 'pkg' }, ...Array.from({ length: 9 }, () => ({ action: 'search_dir total', observation: '' })), write('pkg/money.py', BROKEN)]) });
  expect(busy.facts.trajectory?.steps.at(-1)?.phi).toBe(bundle.facts.trajectory?.steps[1]?.phi);
  expect(busy.facts.trajectory?.progress).toBe(bundle.facts.trajectory?.progress);
}, 240_000);

test('what is no run is a bad argument', async () => {
  const repository = new TemporaryRepository(FILES);
  expect((await assay(['trajectory', '-'], { cwd: repository.top, input: 'nothing' })).code).toBe(2);
});
