import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'assay-schemas-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('npm run schemas refuses a schema that is another one than was published under its version, and writes nothing', () => {
  cpSync(join(ROOT, 'docs', 'schemas'), join(folder, 'docs', 'schemas'), { recursive: true });
  const at = (name: string): string => join(folder, 'docs', 'schemas', name);
  const run = (...args: string[]): { status: number | null; stderr: string } => spawnSync(process.execPath, [join(ROOT, 'scripts', 'run.mjs'), join(ROOT, 'scripts', 'export-schemas.ts'), ...args], { cwd: folder, encoding: 'utf8' });
  expect(run().status).toBe(0);
  expect(readFileSync(at('bundle.schema.json'), 'utf8')).toBe(readFileSync(join(ROOT, 'docs', 'schemas', 'bundle.schema.json'), 'utf8'));

  // As if the source had changed since: what was published was another text.
  const ledger = JSON.parse(readFileSync(at('published.json'), 'utf8')) as Record<string, { version: number; digest: string }>;
  const tampered = JSON.stringify({ ...ledger, bundle: { version: ledger['bundle']?.version, digest: 'sha256:0' } });
  writeFileSync(at('published.json'), tampered);
  writeFileSync(at('bundle.schema.json'), 'as it was\n');
  for (const args of [[], ['--publish']]) {
    const { status, stderr } = run(...args);
    expect([status, stderr]).toEqual([1, expect.stringContaining('bundle is not what was published as its version 1: raise its version')]);
  }
  expect([readFileSync(at('bundle.schema.json'), 'utf8'), readFileSync(at('published.json'), 'utf8')]).toEqual(['as it was\n', tampered]);
});
