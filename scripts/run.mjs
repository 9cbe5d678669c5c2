// Runs a TypeScript script: node scripts/run.mjs SCRIPT.ts [args…]. It is bundled with esbuild, packages stay outside, and
// its exit code is ours.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  process.stderr.write('usage: node scripts/run.mjs SCRIPT.ts [args…]\n');
  process.exitCode = 2;
} else {
  const cache = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules', '.cache', 'assay');
  const outfile = join(cache, `${basename(script).replace(/\.[cm]?ts$/, '')}-${process.pid}.mjs`);
  mkdirSync(cache, { recursive: true });
  await build({ entryPoints: [resolve(script)], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20', packages: 'external', sourcemap: 'inline', logLevel: 'error' });
  try {
    const run = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...args], { stdio: 'inherit' });
    process.exitCode = run.status ?? 1;
  } finally {
    rmSync(outfile, { force: true });
  }
}
