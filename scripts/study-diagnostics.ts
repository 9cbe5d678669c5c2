/**
 * Measures how well what a step does to diagnostics predicts whether its patch resolves the task that it was written for.
 *
 *   npm run study:diagnostics -- price DATA --repositories DIR --out FACTS [--only OWNER/NAME,…] [--per-instance N] [--limit N]
 *   npm run study:diagnostics -- report FACTS
 *
 * DATA holds `instances.*.jsonl.gz` (instance_id, repo, base_commit) and `patches.*.jsonl.gz` (patch_id, instance_id, system,
 * patch, resolved); DIR a clone of each repository as `OWNER+NAME/repo`. `price` appends one line of facts per patch to FACTS
 * and goes on where it was cut short. `report` prints the tables of docs/study-diagnostics.md.
 */
import { parseArgs } from 'node:util';
import { pricePatches } from './study/price.js';
import { report } from './study/report.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repositories: { type: 'string' },
    out: { type: 'string' },
    only: { type: 'string' },
    'per-instance': { type: 'string', default: '8' },
    limit: { type: 'string', default: '100000' },
  },
});
const [mode, path] = positionals;
if (mode === 'report' && path !== undefined) console.log(report(path));
else if (mode === 'price' && path !== undefined && values.repositories !== undefined && values.out !== undefined) {
  await pricePatches({
    data: path,
    repositories: values.repositories,
    out: values.out,
    only: values.only?.split(',') ?? null,
    perInstance: Number(values['per-instance']),
    limit: Number(values.limit),
  });
} else throw new Error('usage: npm run study:diagnostics -- price DATA --repositories DIR --out FACTS | report FACTS');
