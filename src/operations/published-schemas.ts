import * as z from 'zod';
import { configurationSchema } from '../base/configuration.js';
import { sha256 } from '../base/digest.js';
import { bundleSchema } from '../bundles/schema/bundle.js';
import { batchAnswerSchema, batchRequestSchema, rankRecordSchema, scoreRecordSchema, scoreRequestSchema } from '../bundles/schema/lines.js';
import { positionSpecSchema } from '../selectors/position-spec-schema.js';
import { selectorSchema } from '../selectors/selector-schema.js';
import { traceLineSchema } from '../trace/trace-line.js';

interface Published {
  readonly schema: z.ZodType;
  readonly title: string;
  /** Counts up with the first change after a release: see `problemWith`. */
  readonly version: number;
}

const PUBLISHED = {
  configuration: { version: 1, schema: configurationSchema, title: 'assay.json: which servers a workspace is analysed with' },
  selector: { version: 1, schema: selectorSchema, title: 'A selector as requests take it: text, or a PositionSpec' },
  'position-spec': { version: 1, schema: positionSpecSchema, title: 'A parsed selector' },
  bundle: { version: 1, schema: bundleSchema, title: 'The output document of every operation' },
  'batch-request': { version: 1, schema: batchRequestSchema, title: 'One line of the input of assay batch' },
  'batch-answer': { version: 1, schema: batchAnswerSchema, title: 'One line of the output of assay batch' },
  'score-request': { version: 1, schema: scoreRequestSchema, title: 'One line of the input of assay score and assay rank' },
  'score-record': { version: 1, schema: scoreRecordSchema, title: 'One line of the output of assay score' },
  'rank-record': { version: 1, schema: rankRecordSchema, title: 'One line of the output of assay rank' },
  'trace-line': { version: 1, schema: traceLineSchema, title: 'One line of a trace' },
} satisfies Record<string, Published>;

export type SchemaName = keyof typeof PUBLISHED;

export const SCHEMA_NAMES = Object.keys(PUBLISHED) as SchemaName[];

/** What values of `name` are parsed with. */
export function parserOf(name: SchemaName): z.ZodType {
  return PUBLISHED[name].schema;
}

/** Returns the JSON Schema (draft 2020-12) of `name`, made from the same source as its type. */
export function jsonSchemaOf(name: SchemaName): Record<string, unknown> {
  const { schema, title, version } = PUBLISHED[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'output' });
  return { $schema, $id: `urn:assay:schema:${name}:${String(version)}`, title, ...rest };
}

/** Returns the text of the published file of `name`. */
export function jsonSchemaText(name: SchemaName): string {
  return `${JSON.stringify(jsonSchemaOf(name), null, 2)}\n`;
}

/** The schemas as they were last published, by name: docs/schemas/published.json. */
export type Ledger = Readonly<Record<string, { readonly version: number; readonly digest: string }>>;

/** What is to be written into the ledger when a schema is published. */
export function ledgerEntry(name: SchemaName): Ledger[string] {
  return { version: PUBLISHED[name].version, digest: sha256(jsonSchemaText(name)) };
}

/**
 * Says why a schema may not be as it is: one that was published under a version is another one under the same version, or its version went
 * back. Null when all is well: it is what was published, or its version is a later one.
 */
export function problemWith(name: string, now: Ledger[string], ledger: Ledger): string | null {
  const published = ledger[name];
  if (published === undefined || now.version > published.version) return null;
  if (now.version === published.version && now.digest === published.digest) return null;
  return `${name} is not what was published as its version ${String(published.version)}: raise its version in src/operations/published-schemas.ts to ${String(published.version + 1)}`;
}
