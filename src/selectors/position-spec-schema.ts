import { z } from 'zod';
import type { PositionSpec } from '../base/position-spec.js';

const count = z.int().min(0).max(0x7fffffff);
const ordinal = z.int().min(1).max(0x7fffffff);

const version = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('git'), rev: z.string().min(1) }).readonly(),
  z.strictObject({ kind: z.literal('sha256'), digest: z.string().regex(/^[0-9a-f]{64}$/) }).readonly(),
]);

const query = z
  .strictObject({
    overload: count.exactOptional(),
    nth: count.exactOptional(),
    ctx: count.exactOptional(),
    pre: z.string().exactOptional(),
    suf: z.string().exactOptional(),
    hash: z.string().min(1).exactOptional(),
    enc: z.enum(['codepoint', 'utf-16', 'utf-8']).exactOptional(),
    v: version.exactOptional(),
  })
  .readonly();

const path = z.string().min(1);

/** A parsed selector as JSON: what batch requests may pass instead of text. Publicly documented: add, do not change. */
export const positionSpecSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cursor'), path, line: ordinal, column: ordinal, query }).readonly(),
  z.strictObject({ kind: z.literal('range'), path, startLine: ordinal, startColumn: ordinal, endLine: ordinal, endColumn: ordinal, query }).readonly(),
  z
    .strictObject({
      kind: z.literal('symbolic'),
      scheme: z.enum(['py', 'sym']),
      language: z.string().exactOptional(),
      module: z.string().min(1),
      qualname: z.array(z.string().min(1)).readonly(),
      role: z.enum(['def', 'sig', 'body', 'doc']),
      query,
    })
    .readonly(),
  z
    .strictObject({
      kind: z.literal('ast'),
      root: z.strictObject({ kind: z.enum(['module', 'file']), name: z.string().min(1) }).readonly(),
      segments: z.array(z.strictObject({ kind: z.string().min(1), name: z.string().min(1), index: count.exactOptional() }).readonly()).readonly(),
      nameOnly: z.boolean(),
      query,
    })
    .readonly(),
  z.strictObject({ kind: z.literal('anchor'), path, snippet: z.string().min(1), query }).readonly(),
]);

type Parsed = z.infer<typeof positionSpecSchema>;
/** Compiles only while the schema and the type describe the same values. */
type Same = [Parsed, PositionSpec] extends [PositionSpec, Parsed] ? true : never;
true satisfies Same;
