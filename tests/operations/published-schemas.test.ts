import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonSchemaOf, jsonSchemaText, ledgerEntry, parserOf, problemWith, SCHEMA_NAMES, type Ledger } from '../../src/operations/published-schemas.js';
import { printSelector } from '../../src/selectors/grammar.js';
import { positionSpec } from '../selectors/position-spec-arbitrary.js';

const FOLDER = fileURLToPath(new URL('../../docs/schemas/', import.meta.url));
const LEDGER = JSON.parse(readFileSync(`${FOLDER}published.json`, 'utf8')) as Ledger;

test.each(SCHEMA_NAMES)('docs/schemas/%s.schema.json is what the source says', (name) => {
  expect(jsonSchemaText(name), 'run npm run schemas').toBe(readFileSync(`${FOLDER}${name}.schema.json`, 'utf8'));
});

test('nothing that was published has changed without a version, and nothing has gone', () => {
  expect(SCHEMA_NAMES.map((name) => problemWith(name, ledgerEntry(name), LEDGER)).filter((problem) => problem !== null)).toEqual([]);
  expect(Object.keys(LEDGER)).toContain('bundle');
  expect(Object.keys(LEDGER).filter((name) => !(SCHEMA_NAMES as string[]).includes(name))).toEqual([]);
});

test.each([
  ['the very same', { version: 2, digest: 'sha256:a' }, null],
  ['another one under its version', { version: 2, digest: 'sha256:b' }, /raise its version.* to 3/],
  ['another one under a later version', { version: 3, digest: 'sha256:b' }, null],
  ['an earlier version', { version: 1, digest: 'sha256:a' }, /raise its version/],
])('a change of a published schema: %s', (_what, now, problem) => {
  const found = problemWith('bundle', now, { bundle: { version: 2, digest: 'sha256:a' } });
  if (problem === null) expect(found).toBeNull();
  else expect(found).toMatch(problem);
  expect(problemWith('new', now, {})).toBeNull();
});

test('nothing else is published', () => {
  expect(readdirSync(FOLDER).sort()).toEqual([...SCHEMA_NAMES.map((name) => `${name}.schema.json`), 'published.json'].sort());
});

test('a schema names its draft, itself and its version', () => {
  expect(jsonSchemaOf('bundle')).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: expect.stringMatching(/^urn:assay:schema:bundle:\d+$/) as unknown });
});

test('ranges are flat, and the hash domain is closed while meta is open', () => {
  const { additionalProperties, $defs } = jsonSchemaOf('bundle') as { additionalProperties: unknown; $defs: Record<string, Record<string, unknown>> };
  expect(additionalProperties).toBe(false);
  expect($defs['Range']).toMatchObject({ minItems: 4, maxItems: 4 });
  expect($defs['Facts']).toMatchObject({ additionalProperties: false });
  expect($defs['Meta']?.['additionalProperties']).toEqual({});
});

test('every selector is one to the published schema, as text and parsed, and what is none is none', () => {
  const selector = parserOf('selector');
  const pattern = new RegExp((jsonSchemaOf('selector')['$defs'] as { SelectorText: { pattern: string } }).SelectorText.pattern);
  fc.assert(
    fc.property(positionSpec, (spec) => {
      const text = printSelector(spec);
      return pattern.test(text) && selector.safeParse(text).success && selector.safeParse(spec).success && parserOf('position-spec').safeParse(spec).success;
    }),
  );
  for (const none of ['', 'a.py', 'a.py@L1', 'ast://', 'a.py@L0:C1', 'py://a#b?x=1', 7, { kind: 'cursor' }]) expect(selector.safeParse(none).success).toBe(false);
});
