import * as z from 'zod';
import { configurationSchema } from '../base/configuration.js';
import { bundleSchema } from './schema/bundle.js';
import { batchAnswerSchema, batchRequestSchema, rankRecordSchema, scoreRecordSchema, scoreRequestSchema } from './schema/lines.js';

/** Counts up with every change of a published schema that an older reader could trip over. */
const SCHEMA_VERSION = 1;

const PUBLISHED = {
  configuration: { schema: configurationSchema, title: 'assay.json: which servers a workspace is analysed with' },
  bundle: { schema: bundleSchema, title: 'The output document of every operation' },
  'batch-request': { schema: batchRequestSchema, title: 'One line of the input of assay batch' },
  'batch-answer': { schema: batchAnswerSchema, title: 'One line of the output of assay batch' },
  'score-request': { schema: scoreRequestSchema, title: 'One line of the input of assay score and assay rank' },
  'score-record': { schema: scoreRecordSchema, title: 'One line of the output of assay score' },
  'rank-record': { schema: rankRecordSchema, title: 'One line of the output of assay rank' },
} as const;

export type SchemaName = keyof typeof PUBLISHED;

export const SCHEMA_NAMES = Object.keys(PUBLISHED) as SchemaName[];

/** Returns the JSON Schema (draft 2020-12) of `name`, made from the same source as its type. */
export function jsonSchemaOf(name: SchemaName): Record<string, unknown> {
  const { schema, title } = PUBLISHED[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'output' });
  return { $schema, $id: `urn:assay:schema:${name}:${String(SCHEMA_VERSION)}`, title, ...rest };
}

/** Returns the text of the published file of `name`. */
export function jsonSchemaText(name: SchemaName): string {
  return `${JSON.stringify(jsonSchemaOf(name), null, 2)}\n`;
}
