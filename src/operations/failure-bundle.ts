import type { Failure } from '../base/failure.js';
import { errorBundle } from '../bundles/error-bundle.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { bareEnvironment } from './environment.js';
import type { OperationRequest } from './operation.js';

/** Returns the bundle of a request that failed before there was a workspace to ask. */
export function failureBundle(request: OperationRequest, failure: Failure): Bundle {
  return errorBundle(request, failure, { environment: bareEnvironment(), capabilities: {} }, { durationMs: 0, cache: 'none', node: process.version });
}
