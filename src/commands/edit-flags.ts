import { Flags } from '@oclif/core';
import type { JsonObject } from '../bundles/json-shape.js';

/** The flags of every command that edits files. */
export const editFlags = {
  apply: Flags.boolean({ description: 'write it (default: a preview)', default: false }),
  expect: Flags.string({ description: 'write only what the preview with this bundleId showed', helpValue: 'BUNDLEID' }),
  allow: Flags.string({ description: 'touch only files that match (may be repeated)', multiple: true, default: [], helpValue: 'GLOB' }),
  deny: Flags.string({ description: 'touch no file that matches (may be repeated)', multiple: true, default: [], helpValue: 'GLOB' }),
  'allow-dirty': Flags.boolean({ description: 'touch files that hold changes which Git does not have', default: false }),
  commit: Flags.string({ description: 'commit the touched files, and nothing else', helpValue: 'MESSAGE' }),
};

interface ParsedEditFlags {
  readonly apply: boolean;
  readonly expect: string | undefined;
  readonly allow: string[];
  readonly deny: string[];
  readonly 'allow-dirty': boolean;
  readonly commit: string | undefined;
}

/** These flags as arguments of an operation. */
export function editArgs(flags: ParsedEditFlags): JsonObject {
  const { apply, allow, deny, expect, commit } = flags;
  return { apply, allow, deny, allowDirty: flags['allow-dirty'], ...(expect === undefined ? {} : { expect }), ...(commit === undefined ? {} : { commit }) };
}
