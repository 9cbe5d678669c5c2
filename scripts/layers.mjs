// Checks who imports whom: node scripts/layers.mjs [ROOT]. Fails on a violation of .dependency-cruiser.cjs, and when nothing
// was cruised, because a check that saw no module has checked nothing.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(process.argv[2] ?? '.');
const cruiser = fileURLToPath(new URL('../node_modules/dependency-cruiser/bin/dependency-cruise.mjs', import.meta.url));
const args = [cruiser, 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json', '--no-progress'];
const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 512 * 1024 * 1024 });

if (run.error !== undefined || !run.stdout.startsWith('{')) {
  process.stderr.write(`layers: dependency-cruiser did not answer\n${run.error?.message ?? run.stderr}${run.stdout}\n`);
  process.exitCode = 1;
} else {
  report(JSON.parse(run.stdout).summary);
}

function report({ totalCruised, violations, ruleSetUsed }) {
  const commentOf = (name) => ruleSetUsed.forbidden.find((rule) => rule.name === name)?.comment ?? '';
  for (const { rule, from, to } of violations) process.stderr.write(`${from} → ${to}: ${rule.name}. ${commentOf(rule.name)}\n`);
  if (totalCruised === 0) process.stderr.write('layers: no module was cruised\n');
  if (violations.length > 0 || totalCruised === 0) process.exitCode = 1;
  process.stdout.write(`layers: ${totalCruised} modules, ${violations.length} violations\n`);
}
