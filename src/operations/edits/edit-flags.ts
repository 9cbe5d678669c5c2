import * as z from 'zod';
import type { JsonObject } from '../../bundles/json-shape.js';

/** The arguments that every command which edits files takes beside its own. */
export const editFlags = {
  /** Writes; else the answer is a preview. */
  apply: z.boolean().default(false),
  /** The `bundleId` of a preview with the same arguments: nothing else is written than what it showed. */
  expect: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a bundleId is sha256: and 64 hex digits').nullable().default(null),
  /** Globs, relative to the workspace: when there are any, each touched file must match one. */
  allow: z.array(z.string()).default([]),
  /** Globs that no touched file may match. */
  deny: z.array(z.string()).default([]),
  /** Writes files, too, that hold changes which Git has not. */
  allowDirty: z.boolean().default(false),
  /** Makes a commit of the touched files, and of nothing else. */
  commit: z.string().nullable().default(null),
};

export type EditFlags = z.infer<z.ZodObject<typeof editFlags>>;

/** The part of these arguments that changes what a preview says. */
export function previewArgs({ allow, deny, allowDirty }: EditFlags): JsonObject {
  return { allow, deny, allowDirty };
}
