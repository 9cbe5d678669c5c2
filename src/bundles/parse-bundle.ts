import * as z from 'zod';
import { Failure } from '../base/failure.js';
import { bundleIdOf } from './bundle-id.js';
import { bundleSchema, type Bundle } from './schema/bundle.js';

/**
 * Returns the bundle that `text` holds. Throws E/BAD_ARGUMENT when it is not JSON, not a bundle, or not the one its id names.
 * Of a key that is repeated the last value counts, as everywhere in ECMAScript; the id is checked over what was read.
 */
export function parseBundle(text: string): Bundle {
  const parsed = bundleSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new Failure('E/BAD_ARGUMENT', `not a bundle: ${z.prettifyError(parsed.error)}`);
  const bundle: Bundle = parsed.data;
  const recomputed = bundleIdOf(bundle);
  if (recomputed !== bundle.bundleId) {
    throw new Failure('E/BAD_ARGUMENT', `the content of this bundle hashes to ${recomputed}, but its bundleId is ${bundle.bundleId}`, {
      hint: 'The bundle was changed after it was made: ask for it again.',
    });
  }
  return bundle;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('E/BAD_ARGUMENT', `not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
