import type * as z from 'zod';
import { parseJson } from '../base/parse-json.js';
import { buildBundle } from '../bundles/build-bundle.js';
import { bundleIdOf } from '../bundles/bundle-id.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import type { Validation } from '../bundles/schema/validation.js';
import { readTrace } from '../trace/read.js';
import { bareEnvironment } from './environment.js';
import { parserOf, type SchemaName } from './published-schemas.js';

/** A file with documents: JSON, or JSON Lines when its name or its content says so. */
export interface DocumentFile {
  /** As answers name it. */
  readonly name: string;
  readonly text: string;
}

type Invalid = Validation['invalid'][number];

/**
 * Checks every document of some files against a published schema: the one that is `wanted`, else the one that the document claims to
 * be of. Of bundles the id is computed anew, and of traces the chain of their lines.
 */
export async function validateDocuments(files: AsyncIterable<DocumentFile>, wanted: SchemaName | null): Promise<Validation> {
  const invalid: Invalid[] = [];
  const schemas: Record<string, number> = {};
  let [count, documents] = [0, 0];
  for await (const file of files) {
    count += 1;
    const found = documentsOf(file);
    let isTrace = found.length > 0;
    for (const { line, text } of found) {
      documents += 1;
      const { schema, problem } = verdictOn(file.name, text, wanted);
      if (schema !== null) schemas[schema] = (schemas[schema] ?? 0) + 1;
      if (problem !== null) invalid.push({ file: file.name, line, schema, ...problem });
      isTrace &&= schema === 'trace-line' && problem === null;
    }
    const damage = isTrace ? (await readTrace(lines(file.text))).damage : null;
    if (damage !== null) invalid.push({ file: file.name, line: damage.line, schema: 'trace-line', at: '', says: damage.reason });
  }
  return { files: count, documents, valid: documents - new Set(invalid.map(({ file, line }) => `${file}\0${String(line)}`)).size, schemas, invalid };
}

/** One document for a file that is JSON as a whole, else one for each of its lines. `line` is 1-based. */
function documentsOf({ name, text }: DocumentFile): { readonly line: number; readonly text: string }[] {
  if (!/\.(jsonl|ndjson)$/.test(name) && parseJson(text) !== undefined) return [{ line: 1, text }];
  const isLines = /\.(jsonl|ndjson)$/.test(name) || text.split('\n').some((line, number) => number > 0 && parseJson(line) !== undefined);
  if (!isLines) return [{ line: 1, text }];
  return text.split('\n').map((line, index) => ({ line: index + 1, text: line })).filter((each) => each.text.trim() !== '');
}

function verdictOn(file: string, text: string, wanted: SchemaName | null): { readonly schema: SchemaName | null; readonly problem: Pick<Invalid, 'at' | 'says'> | null } {
  const value = parseJson(text);
  if (value === undefined) return { schema: wanted, problem: { at: '', says: 'is no JSON' } };
  const schema = wanted ?? schemaClaimedBy(file, value);
  if (schema === null) return { schema, problem: { at: '', says: 'claims to be none of the published documents; --schema NAME says which it should be' } };
  const parsed = parserOf(schema).safeParse(value);
  return { schema, problem: parsed.success ? wrongId(schema, value) : problemOf(parsed.error) };
}

/** Which schema a document means, by the keys that only its kind has. */
function schemaClaimedBy(file: string, value: unknown): SchemaName | null {
  if (/(^|\/)assay\.json$/.test(file)) return 'configuration';
  if (typeof value === 'string') return 'selector';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const has = (...keys: string[]): boolean => keys.every((key) => Object.hasOwn(value, key));
  if (has('bundleId', 'version', 'request')) return 'bundle';
  if (has('check', 's', 'n')) return 'trace-line';
  if (has('cmd', 'args')) return 'batch-request';
  if (has('instance_id', 'order')) return 'rank-record';
  if (has('id', 'r', 'gates')) return 'score-record';
  if (has('id', 'bundle')) return 'batch-answer';
  if (has('patch')) return 'score-request';
  if (has('kind', 'query')) return 'position-spec';
  return has('servers') ? 'configuration' : null;
}

/** A bundle that was changed after it was made is not the one that its id names. */
function wrongId(schema: SchemaName, value: unknown): Pick<Invalid, 'at' | 'says'> | null {
  const bundles: readonly [string, unknown][] = schema === 'bundle' ? [['bundleId', value]] : [['bundle.bundleId', (value as { bundle?: unknown }).bundle]];
  for (const [at, bundle] of bundles) {
    if (!isWholeBundle(bundle)) continue;
    const computed = bundleIdOf(bundle);
    if (computed !== bundle.bundleId) return { at, says: `the content hashes to ${computed}` };
  }
  return null;
}

function isWholeBundle(value: unknown): value is Bundle {
  return typeof value === 'object' && value !== null && ['bundleId', 'request', 'environment', 'meta', 'facts'].every((key) => Object.hasOwn(value, key));
}

function problemOf(error: z.ZodError): Pick<Invalid, 'at' | 'says'> {
  const issue = deepest(error.issues[0]);
  const path = issue?.path ?? [];
  const at = path.map((key, index) => (typeof key === 'number' ? `[${String(key)}]` : `${index === 0 ? '' : '.'}${String(key)}`)).join('');
  return { at, says: issue?.message ?? 'does not fit' };
}

/** Of a document that may have one of several forms, what is wrong with the one that it follows furthest. */
function deepest(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const firsts = issue.errors.flatMap(([first]) => deepest(first) ?? []);
  return firsts.reduce((best, each) => (each.path.length > best.path.length ? each : best), firsts[0] ?? issue);
}

async function* lines(text: string): AsyncGenerator<string> {
  await Promise.resolve();
  yield* text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined);
}

/** Returns the answer of `schema validate` and `validate-batch`: exit code 1 when a document is not valid. */
export function validationBundle(cmd: string, schema: SchemaName | null, validation: Validation): Bundle {
  const exitCode = validation.invalid.length > 0 ? 1 : 0;
  return buildBundle({ request: { cmd, args: { schema } }, facts: { validation }, environment: bareEnvironment(), capabilities: {} }, { exitCode, durationMs: 0, cache: 'none', node: process.version });
}
