import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { raceSymlinks, swapAtEveryCall } from '../tests/apply/symlink-race.js';

/**
 * `npm run check:race [-- TRIES]`: edits of a file whose folder is swapped for a symlink to the outside, by another process as fast as it
 * can, and right before each call of the disk for so many calls. Fails at an escape, and when hardly any edit was made, which would prove little.
 */
const tries = Number(process.argv[2] ?? 10_000);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'assay-race-')));
try {
  const { written, refused, escapes } = raceSymlinks(folder, tries);
  process.stdout.write(`${String(tries)} tries: ${String(written)} written, ${String(refused)} refused, ${String(escapes)} escapes\n`);
  let isSound = escapes === 0 && written > tries / 20;
  for (const calls of [1, 2, 3, 5, 8, 13, 21, 1_000_000]) {
    const tally = swapAtEveryCall(folder, calls);
    process.stdout.write(`a symlink for ${String(calls)} calls, from each call on: ${JSON.stringify(tally)}\n`);
    isSound &&= Object.keys(tally).every((key) => /^(?:written|refused),/.test(key));
  }
  process.exitCode = isSound ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
