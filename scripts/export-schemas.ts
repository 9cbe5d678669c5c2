import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemaText, SCHEMA_NAMES } from '../src/bundles/json-schema.js';

/** Writes docs/schemas/*.json, one file per published schema: `npm run schemas`. */
const folder = join(process.cwd(), 'docs', 'schemas');
mkdirSync(folder, { recursive: true });
for (const name of SCHEMA_NAMES) writeFileSync(join(folder, `${name}.schema.json`), jsonSchemaText(name));
