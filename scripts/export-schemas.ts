import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemaText, ledgerEntry, problemWith, SCHEMA_NAMES, type Ledger } from '../src/operations/published-schemas.js';

/**
 * Writes docs/schemas/*.schema.json, one file per published schema: `npm run schemas`. A schema that differs from the one that was published
 * under its version is refused, and nothing is written. With `-- --publish`, which belongs to a release, the ledger
 * docs/schemas/published.json records what is published from now on.
 */
const folder = join(process.cwd(), 'docs', 'schemas');
const ledgerPath = join(folder, 'published.json');
const ledger = JSON.parse(readFileSync(ledgerPath, 'utf8')) as Ledger;
const problems = SCHEMA_NAMES.map((name) => problemWith(name, ledgerEntry(name), ledger)).filter((problem) => problem !== null);
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\nNothing was written.\n`);
  process.exitCode = 1;
} else {
  mkdirSync(folder, { recursive: true });
  for (const name of SCHEMA_NAMES) writeFileSync(join(folder, `${name}.schema.json`), jsonSchemaText(name));
  if (process.argv.includes('--publish')) writeFileSync(ledgerPath, `${JSON.stringify({ ...ledger, ...Object.fromEntries(SCHEMA_NAMES.map((name) => [name, ledgerEntry(name)])) }, null, 2)}\n`);
}
