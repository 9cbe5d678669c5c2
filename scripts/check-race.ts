import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { raceSymlinks } from '../tests/apply/symlink-race.js';

/** `npm run check:race [-- TRIES]`: edits of a file whose folder another process swaps for a symlink to the outside. Fails at an escape. */
const tries = Number(process.argv[2] ?? 10_000);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'assay-race-')));
try {
  const { written, refused, escapes } = raceSymlinks(folder, tries);
  process.stdout.write(`${String(tries)} tries: ${String(written)} written, ${String(refused)} refused, ${String(escapes)} escapes\n`);
  process.exitCode = escapes === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
