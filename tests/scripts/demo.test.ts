import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the demo is to tell: subject, sign of r, introduced, fixed, gates. */
const STORY = [
  ['Say so when a product is unknown', '+', '0', '1', ''],
  ['Print prices with their currency', '-', '2', '0', ''],
  ['Put order_total before line_total', '0', '0', '0', ''],
  ['Let the total of a cart be Money', '-', '1', '0', ''],
  ['Silence the checker in the report', '-', '0', '0', 'suppression-added'],
  ['Explain money', '0', '0', '0', 'no-op'],
  ['Repair the report and the receipt', '+', '0', '3', ''],
];

test('npm run demo tells its story and leaves nothing behind', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'assay-demo-run-'));
  try {
    const run = spawnSync(process.execPath, ['scripts/run.mjs', 'scripts/demo.ts'], { cwd: ROOT, env: { ...process.env, TMPDIR: temporary }, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const [head = '', ...rows] = run.stdout.trimEnd().split('\n');
    const at = ['subject', 'r', 'introduced', 'fixed', 'gates', 'why'].map((name) => head.search(new RegExp(`\\b${name}\\b`)));
    const cells = rows.map((row) => at.slice(0, -1).map((start, column) => row.slice(start, at[column + 1]).trim()));
    expect(cells.map(([subject, r = '', ...rest]) => [subject, r.charAt(0), ...rest])).toEqual(STORY);
    expect(run.status).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
});
