import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { jsonSchemaOf, jsonSchemaText, SCHEMA_NAMES } from '../../src/bundles/json-schema.js';

const FOLDER = fileURLToPath(new URL('../../docs/schemas/', import.meta.url));

test.each(SCHEMA_NAMES)('docs/schemas/%s.schema.json is what the source says', (name) => {
  const published = readFileSync(`${FOLDER}${name}.schema.json`, 'utf8');
  expect(jsonSchemaText(name), 'run npm run schemas; if an older reader could trip over the change, raise SCHEMA_VERSION').toBe(published);
});

test('nothing else is published', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(SCHEMA_NAMES.map((name) => `${name}.schema.json`).sort());
});

test('a schema names its draft, itself and its version', () => {
  expect(jsonSchemaOf('bundle')).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:assay:schema:bundle:1' });
});

test('ranges are flat, and the hash domain is closed while meta is open', () => {
  const { additionalProperties, $defs } = jsonSchemaOf('bundle') as { additionalProperties: unknown; $defs: Record<string, Record<string, unknown>> };
  expect(additionalProperties).toBe(false);
  expect($defs['Range']).toMatchObject({ minItems: 4, maxItems: 4 });
  expect($defs['Facts']).toMatchObject({ additionalProperties: false });
  expect($defs['Meta']?.['additionalProperties']).toEqual({});
});
