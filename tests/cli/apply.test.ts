import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryRepository } from '../workspace/temporary-repository.js';
import { assay, assayBundle } from './assay.js';

const PATCH = '--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-x = 1\n+x = 2\n';

test('a patch is previewed, applied, undone and refused from a command line', async () => {
  const repository = new TemporaryRepository({ 'a.txt': 'x = 1\n' });
  const { top } = repository;
  const content = (): string => readFileSync(join(top, 'a.txt'), 'utf8');
  const preview = await assay(['apply', '-'], { cwd: top, input: PATCH });
  expect([preview.code, preview.stdout]).toEqual([0, `# safe: 1 file, 2 lines in code, nothing was written\n# diagnostics unknown: no language server knows the files that it touches\n# checks passed: inside-workspace, no-overlap, own-repository, clean-in-git, links, symlinks, encoding, portable-names; not applicable: allowed-paths\ndiff --git a/a.txt b/a.txt\n${PATCH}`]);
  expect(content()).toBe('x = 1\n');
  const applied = await assayBundle(['apply', '-', '--apply', '--allow', '*.txt'], { cwd: top, input: PATCH });
  expect(applied.edits?.transaction).toMatch(/^txn-/);
  expect(content()).toBe('x = 2\n');
  repository.write({ 'a.txt': 'x = 3\n' });
  const refused = await assay(['undo'], { cwd: top });
  expect(refused.code).toBe(74);
  expect(refused.stderr).toContain('-x = 2\n+x = 3\n');
  repository.write({ 'a.txt': 'x = 2\n' });
  expect((await assay(['undo'], { cwd: top })).code).toBe(0);
  expect(content()).toBe('x = 1\n');
  expect((await assay(['recover'], { cwd: top })).stdout).toBe('no edit was cut short\n');
});
