import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TemporaryRepository, temporaryFolder, withoutTouchingGit } from '../workspace/temporary-repository.js';
import { assay, assayBundle } from './assay.js';

const PYTHON = {
  'pkg/__init__.py': '',
  'pkg/money.py': 'def total(prices: list[int]) -> int:\n    return sum(prices)\n',
  'pkg/report.py': 'from pkg.money import total\n\n\ndef line() -> str:\n    return "sum " + str(total([1, 2]))\n',
  'README.md': 'x\n',
};

/** total now needs a currency; its caller in another file does not give one. */
const BREAKING = { 'pkg/money.py': 'def total(prices: list[int], currency: str) -> str:\n    return str(sum(prices)) + currency\n' };

describe('assay reward', () => {
  test('finds the caller that a commit breaks in another file', async () => {
    const repository = new TemporaryRepository(PYTHON);
    repository.commit(BREAKING);
    const bundle = await assayBundle(['reward', '--base', 'HEAD~1', '--head', 'HEAD'], { cwd: repository.top });
    const reward = bundle.processReward;
    expect(reward?.diagnostics?.introduced).toMatchObject([{ uri: 'pkg/report.py', code: 'reportCallIssue', symbol: 'line' }]);
    expect(reward?.r).toBeLessThan(0);
    expect(reward?.paper.r).toBeCloseTo(-0.5 + 0.4, 4);
    expect(reward?.coverage).toMatchObject({ touched: ['pkg/money.py'], dependents: ['pkg/report.py'], measured: ['pkg/money.py', 'pkg/report.py'], failed: [] });
    expect(bundle.environment.servers).toMatchObject([{ name: 'pyright' }]);
    expect(bundle.environment.interpreter?.implementation).toBeTruthy();
  });

  test('is the same bundle from a cold server, a running one, and another path; the same step as patch or worktree pays the same', async () => {
    const repository = new TemporaryRepository(PYTHON);
    repository.commit(BREAKING);
    const clone = join(temporaryFolder(), 'elsewhere', 'clone');
    execFileSync('git', ['clone', '-q', repository.top, clone]);
    const args = { base: 'HEAD~1', head: 'HEAD' };
    const request = (id: string, workspace: string): string => `${JSON.stringify({ id, cmd: 'reward', args: { ...args, workspace } })}\n`;
    const cold = await assayBundle(['reward', '--base', 'HEAD~1', '--head', 'HEAD'], { cwd: repository.top });
    const batch = await assay(['batch', '--concurrency', '1'], { cwd: temporaryFolder(), input: request('a', repository.top) + request('b', repository.top) + request('c', clone) });
    expect(batch.code).toBe(0);
    const answers = batch.stdout.trim().split('\n').map((line) => JSON.parse(line) as { id: string; bundle: { bundleId: string; meta: { cache: string } } });
    expect(answers.map((answer) => [answer.id, answer.bundle.meta.cache, answer.bundle.bundleId])).toEqual([
      ['a', 'cold', cold.bundleId],
      ['b', 'warm', cold.bundleId],
      ['c', 'cold', cold.bundleId],
    ]);
    const patch = repository.git('diff', 'HEAD~1', 'HEAD');
    const asPatch = await assayBundle(['reward', '-', '--base', 'HEAD~1'], { cwd: repository.top, input: patch });
    repository.git('reset', '-q', '--hard', 'HEAD~1');
    repository.write(BREAKING);
    const asWorktree = await assayBundle(['reward'], { cwd: repository.top });
    for (const other of [asPatch, asWorktree]) {
      expect(other.processReward).toEqual(cold.processReward);
      expect(other.environment.snapshot).toBe(cold.environment.snapshot);
    }
  }, 180_000);

  test('leaves the repository as it was, to the last time stamp', async () => {
    const repository = new TemporaryRepository(PYTHON);
    repository.commit(BREAKING);
    repository.write({ 'pkg/new.py': 'x: int = ""\n' });
    await withoutTouchingGit(repository, () => assay(['reward'], { cwd: repository.top }));
    expect(repository.git('status', '--porcelain')).toBe('?? pkg/new.py\n');
  });

  test('says in text what a person needs: the number, why, and the code', async () => {
    const repository = new TemporaryRepository(PYTHON);
    repository.commit(BREAKING);
    const { stdout, code } = await assay(['reward', '--base', 'HEAD~1', '--head', 'HEAD'], { cwd: repository.top });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^r = -0\.\d+ {2}introduces 1 error\n/);
    expect(stdout).toContain('pkg/report.py:5:');
    expect(stdout).toContain('return "sum " + str(total([1, 2]))');
  });

  test.each([
    ['0', 1],
    ['-1', 0],
  ])('--fail-below %s exits %i on a breaking step', async (threshold, code) => {
    const repository = new TemporaryRepository(PYTHON);
    repository.write(BREAKING);
    expect((await assay(['reward', '--fail-below', threshold], { cwd: repository.top })).code).toBe(code);
  });

  test('does not let a suppression hide what the step breaks', async () => {
    const repository = new TemporaryRepository(PYTHON);
    repository.write(BREAKING);
    const open = await assayBundle(['reward'], { cwd: repository.top });
    repository.write({ 'pkg/report.py': PYTHON['pkg/report.py'].replace('total([1, 2]))', 'total([1, 2]))  # type: ignore') });
    const hidden = await assayBundle(['reward'], { cwd: repository.top });
    expect(hidden.processReward?.diagnostics?.introduced).toEqual([]);
    expect(hidden.processReward?.neutralDiagnostics?.introduced).toMatchObject([{ uri: 'pkg/report.py' }]);
    expect(hidden.processReward?.gates.map((gate) => gate.gate)).toContain('suppression-added');
    expect(hidden.processReward?.r).toBeLessThan(open.processReward?.r ?? 0);
  });

  test('does not let weaker settings hide what the step breaks', async () => {
    const repository = new TemporaryRepository({ ...PYTHON, 'pyrightconfig.json': '{"typeCheckingMode": "standard"}\n' });
    repository.write(BREAKING);
    const open = await assayBundle(['reward'], { cwd: repository.top });
    repository.write({ 'pyrightconfig.json': '{"typeCheckingMode": "off"}\n' });
    const weakened = await assayBundle(['reward'], { cwd: repository.top });
    expect(weakened.processReward?.diagnostics?.introduced).toEqual([]);
    expect(weakened.processReward?.neutralDiagnostics?.introduced).toHaveLength(1);
    expect(weakened.processReward?.r).toBeLessThanOrEqual(open.processReward?.r ?? 0);
  });

  test('moving code is neither a fix nor a break, and a comment is no step', async () => {
    const repository = new TemporaryRepository({ ...PYTHON, 'pkg/old.py': 'bad: int = ""\n\n\ndef f() -> None: ...\n' });
    repository.write({ 'pkg/old.py': 'def f() -> None: ...\n\n\nbad: int = ""\n' });
    const moved = await assayBundle(['reward'], { cwd: repository.top });
    expect(moved.processReward?.diagnostics).toMatchObject({ introduced: [], fixed: [], removed: [] });
    repository.git('checkout', '-q', '.');
    repository.write({ 'pkg/old.py': '# a comment\nbad: int = ""\n\n\ndef f() -> None: ...\n' });
    const comment = await assayBundle(['reward'], { cwd: repository.top });
    expect(comment.processReward).toMatchObject({ r: 0, gates: [{ gate: 'no-op' }] });
  });

  test('--exact measures every file of the workspace', async () => {
    const repository = new TemporaryRepository({ ...PYTHON, 'apart.py': 'x: int = ""\n' });
    repository.write(BREAKING);
    const bundle = await assayBundle(['reward', '--exact'], { cwd: repository.top });
    expect(bundle.processReward?.coverage).toMatchObject({ tier: 'exact', measured: ['apart.py', 'pkg/__init__.py', 'pkg/money.py', 'pkg/report.py'] });
    expect(bundle.processReward?.diagnostics?.persisting).toMatchObject([{ uri: 'apart.py' }]);
  });

  test('measures Python and TypeScript in one step, dependencies and created files included', async () => {
    const repository = new TemporaryRepository({
      ...PYTHON,
      '.gitignore': 'node_modules/\n',
      'tsconfig.json': '{"compilerOptions": {"strict": true, "module": "nodenext", "noEmit": true}, "include": ["src"]}\n',
      'src/price.ts': 'import { round } from "rounding";\nexport function price(cents: number): number {\n  return round(cents);\n}\n',
      'src/shop.ts': 'import { price } from "./price.js";\nexport const bill: number = price(5);\n',
    });
    repository.write({ 'node_modules/rounding/package.json': '{"name": "rounding", "version": "1.0.0", "types": "index.d.ts"}', 'node_modules/rounding/index.d.ts': 'export declare function round(x: number): number;\n' });
    repository.write({ ...BREAKING, 'src/price.ts': 'import { round } from "rounding";\nexport function price(cents: number): string {\n  return String(round(cents));\n}\n', 'src/new.ts': 'export const n: number = "";\n' });
    const bundle = await assayBundle(['reward'], { cwd: repository.top });
    expect(bundle.processReward?.diagnostics?.introduced.map((item) => [item.uri, item.code])).toEqual([
      ['pkg/report.py', 'reportCallIssue'],
      ['src/new.ts', 2322],
      ['src/shop.ts', 2322],
    ]);
    expect(bundle.environment.servers.map((server) => server.name)).toEqual(['pyright', 'typescript']);
  });

  test('charges the references that a deleted declaration leaves behind, and gives nothing for what vanished with it', async () => {
    const repository = new TemporaryRepository({ ...PYTHON, 'pkg/money.py': `${PYTHON['pkg/money.py']}\n\ndef wrong() -> int:\n    return ""\n` });
    repository.write({ 'pkg/money.py': 'rate = 1\n' });
    const { processReward } = await assayBundle(['reward'], { cwd: repository.top });
    expect(processReward?.diagnostics?.removed).toMatchObject([{ symbol: 'wrong', code: 'reportReturnType' }]);
    expect(processReward?.diagnostics?.fixed).toEqual([]);
    expect(processReward?.W.after?.danglingReferences).toBe(2);
    expect(processReward?.gates.map((gate) => gate.gate)).toContain('dangling-reference');
    expect(processReward?.r).toBeLessThan(0);
  });

  test.each([
    ['deletes a module', { 'pkg/money.py': null }],
    ['moves a module', { 'pkg/money.py': null, 'pkg/cash.py': PYTHON['pkg/money.py'] }],
  ])('finds the importers of a step that %s', async (_name, files) => {
    const repository = new TemporaryRepository(PYTHON);
    repository.write(files);
    const { processReward } = await assayBundle(['reward'], { cwd: repository.top });
    expect(processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'pkg/report.py', code: 'reportMissingImports' }]);
  });

  test('finds what a new module mends in a file that the step does not touch', async () => {
    const repository = new TemporaryRepository({ ...PYTHON, 'pkg/money.py': null });
    repository.write({ 'pkg/money.py': PYTHON['pkg/money.py'] });
    const { processReward } = await assayBundle(['reward'], { cwd: repository.top });
    expect(processReward?.diagnostics?.fixed).toMatchObject([{ uri: 'pkg/report.py', code: 'reportMissingImports' }]);
    expect(processReward?.r).toBeGreaterThan(0);
  });

  test('works on a workspace that is a folder of its repository, and says what lies outside', async () => {
    const inside = Object.fromEntries(Object.entries(PYTHON).map(([path, text]) => [`app/${path}`, text]));
    const repository = new TemporaryRepository({ ...inside, 'tool.py': 'x = 1\n' });
    repository.write({ 'app/pkg/money.py': BREAKING['pkg/money.py'], 'tool.py': 'x = 2\n' });
    const { processReward } = await assayBundle(['reward', '--workspace', 'app'], { cwd: repository.top });
    expect(processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'pkg/report.py', code: 'reportCallIssue' }]);
    expect(processReward?.coverage).toMatchObject({ touched: ['pkg/money.py'], unmeasured: [{ path: 'tool.py', reason: 'outside the workspace' }] });
  });

  test('sees a virtual environment that Git ignores, without running anything in it', async () => {
    const repository = new TemporaryRepository({ ...PYTHON, '.gitignore': '.venv/\n', 'use.py': 'import dep\n\nn: int = dep.number()\n' });
    repository.write({
      '.venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.11.2\n',
      '.venv/bin/python': { exec: '#!/bin/sh\ntouch "$(dirname "$0")/ran"\nexit 1\n' },
      '.venv/lib/python3.11/site-packages/dep/__init__.py': 'def number() -> int:\n    return 1\n',
      '.venv/lib/python3.11/site-packages/dep/py.typed': '',
      'use.py': 'import dep\n\nn: str = dep.number()\n',
    });
    const bundle = await assayBundle(['reward'], { cwd: repository.top });
    expect(bundle.processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'use.py', code: 'reportAssignmentType' }]);
    expect(bundle.environment.interpreter).toEqual({ implementation: 'CPython', version: '3.11.2' });
    expect(repository.git('status', '--porcelain', '--ignored')).not.toContain('ran');
  });

  test('measures with TypeScript 6 where the workspace itself asks for TypeScript up to 6', async () => {
    const repository = new TemporaryRepository({
      'package.json': '{"devDependencies": {"typescript": "^5.4.0"}}\n',
      'tsconfig.json': '{"compilerOptions": {"strict": true, "module": "nodenext", "moduleResolution": "nodenext", "noEmit": true, "types": []}, "include": ["src"]}\n',
      'src/price.ts': 'export function price(cents: number): number {\n  return cents;\n}\n',
      'src/shop.ts': 'import { price } from "./price.js";\nexport const bill: number = price(5);\n',
    });
    repository.write({ 'src/price.ts': 'export function price(cents: number): string {\n  return String(cents);\n}\n' });
    const bundle = await assayBundle(['reward'], { cwd: repository.top });
    expect(bundle.processReward?.diagnostics?.introduced).toMatchObject([{ uri: 'src/shop.ts', code: 2322 }]);
    expect(bundle.environment.servers).toMatchObject([{ name: 'typescript-language-server', version: expect.stringContaining('+typescript.6.') as string }]);
  });
});
