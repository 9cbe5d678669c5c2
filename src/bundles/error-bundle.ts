import type { Json } from '../base/canonical-json.js';
import type { Failure } from '../base/failure.js';
import { buildBundle, type BundleDraft, type MetaDraft } from './build-bundle.js';
import type { Bundle, BundleError } from './schema/bundle.js';
import type { BundleRequest } from './schema/request.js';

/** What was known when the request failed: the environment at least, and what had been found out by then. */
export type KnownBeforeFailure = Omit<BundleDraft, 'request' | 'error'>;

/** Returns the bundle that answers `request` with `failure`. Its exit code is the failure's. */
export function errorBundle(request: BundleRequest, failure: Failure, known: KnownBeforeFailure, meta: Omit<MetaDraft, 'exitCode'>): Bundle {
  const draft = { ...known, request, error: errorOf(failure) };
  return buildBundle(draft, { ...(meta as MetaDraft), exitCode: failure.exitCode });
}

function errorOf(failure: Failure): BundleError {
  const { code, message, hint, retryable, details } = failure;
  return { code, message, hint, retryable, ...(details === undefined ? {} : { details: details as Json }) };
}
