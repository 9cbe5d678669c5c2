import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stateDirFor } from '../../src/workspace/state-dir.js';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { assay, assayBundle } from './assay.js';

const SOURCE = '𝒶 = 1; value = 𝒶\n\n\ndef double(number: int) -> int:\n    """Twice."""\n    return 2 * number\n';

test('a selector of one process is followed by the next one, through an edit of what was never committed', async () => {
  const repository = new TemporaryRepository({ 'a.py': 'pass\n' });
  repository.write({ 'a.py': SOURCE });
  const stored = (await assayBundle(['locate', 'a.py@L6:C16'], { cwd: repository.top })).resolution?.candidates[0]?.selector ?? '';
  expect(stored).toMatch(/^a\.py@L6:C16\?v=sha256:/);
  repository.write({ 'a.py': `# A comment.\n${SOURCE.replace('"""Twice."""', '"""Twice the number."""')}` });
  const bundle = await assayBundle(['locate', stored], { cwd: repository.top });
  expect(bundle.resolution).toMatchObject({ resolved: { uri: 'a.py', range: [6, 15, 6, 21] }, candidates: [{ how: 'mapped', score: 1 }] });
  repository.write({ 'a.py': 'pass\n' });
  expect((await assayBundle(['locate', stored], { cwd: repository.top })).meta.exitCode).toBe(3);
});

test('--preview shows the code, --index-io counts columns, and the exit code is the same with and without --json', async () => {
  const repository = new TemporaryRepository({ 'a.py': SOURCE });
  const run = { cwd: repository.top };
  expect(await assay(['locate', 'py://a#double', '--preview'], run)).toEqual({ code: 0, stderr: '', stdout: 'a.py:4:5-4:11 (structural, confidence 1)\n    4 | def double(number: int) -> int:\n' });
  expect((await assay(['locate', 'py://a#double:body?v=git:HEAD', '--preview'], run)).stdout).toMatch(/\n {4}5 \| {5}"""Twice."""\n {4}6 \| {5}return 2 \* number\n$/);
  for (const [unit, column, end] of [['codepoint', 8, 13], ['utf-16', 9, 14], ['utf-8', 11, 16]] as const) {
    const { stdout } = await assay(['locate', `a.py@L1:C${String(column)}`, '--index-io', unit], run);
    expect(stdout).toBe(`a.py:1:${String(column)}-1:${String(end)} (exact, confidence 1)\n`);
  }
  for (const [selector, code] of [['a.py@L1:C2', 75], ['py://a#gone', 3], ['py://a#double?v=git:nowhere', 3], ['a.py@L', 2], ['../a.py@L1:C1', 71]] as const) {
    const unit = ['--index-io', 'utf-16'];
    const { code: plain, stdout, stderr } = await assay(['locate', selector, ...unit], run);
    expect([plain, stdout, stderr.startsWith('error E/')]).toEqual([code, '', true]);
    expect((await assayBundle(['locate', selector, ...unit], run)).meta.exitCode).toBe(code);
  }
}, 180_000);

test('a state directory that cannot be used fails nothing, and is spoken of with --verbose only', async () => {
  const repository = new TemporaryRepository({ 'a.py': SOURCE });
  const home = join(repository.top, '.git', 'state-home');
  writeFileSync(home, '');
  const env = { ...process.env, XDG_STATE_HOME: home };
  const quiet = await assay(['locate', 'a.py@L6:C16'], { cwd: repository.top, env });
  expect([quiet.code, quiet.stderr]).toEqual([0, '']);
  const verbose = await assay(['locate', 'a.py@L6:C16', '--verbose'], { cwd: repository.top, env });
  expect([verbose.code, verbose.stderr]).toEqual([0, expect.stringContaining('versions of files cannot be kept')]);
  expect(verbose.stderr).not.toContain(stateDirFor(repository.top, env));
  expect(verbose.stdout).toContain('The selector names this text.');
});
