import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-scripts-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function node(script: string, ...args: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const run = spawnSync(process.execPath, [join(ROOT, 'scripts', script), ...args], { cwd: ROOT, encoding: 'utf8' });
  return { status: run.status, stdout: run.stdout };
}

test('run.mjs hands over arguments, output and exit code', () => {
  const script = join(folder, 'some.ts');
  writeFileSync(script, 'const words: string[] = process.argv.slice(2);\nprocess.stdout.write(words.join("+"));\nprocess.exitCode = words.length;\n');
  expect(node('run.mjs', script, 'a', '--b', 'c')).toEqual({ status: 3, stdout: 'a+--b+c' });
});

test('run.mjs fails on a script that throws, and without a script', () => {
  const script = join(folder, 'throws.ts');
  writeFileSync(script, 'throw new Error("no");\n');
  expect(node('run.mjs', script).status).toBe(1);
  expect(node('run.mjs').status).toBe(2);
});

const REPORT = { success: true, numPassedTests: 7, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };

test.each<[string, object, string, number]>([
  ['all passed', REPORT, '7 passed, 0 failed\n', 0],
  ['some skipped', { ...REPORT, numPendingTests: 2, numTodoTests: 1 }, '7 passed, 0 failed, 3 skipped\n', 0],
  ['some failed', { ...REPORT, success: false, numFailedTests: 2 }, '7 passed, 2 failed\n', 1],
  ['a file that did not load', { ...REPORT, success: false }, '7 passed, 1 failed\n', 1],
])('count-tests.mjs: %s', (name, report, expected, status) => {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(report));
  expect(node('count-tests.mjs', file)).toEqual({ status, stdout: expected });
});

test('count-tests.mjs: a run that never reported has failed', () => {
  expect(node('count-tests.mjs', join(folder, 'none.json'))).toEqual({ status: 1, stdout: '0 passed, 1 failed\n' });
});
