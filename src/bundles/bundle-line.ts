import { canonicalJson } from '../base/canonical-json.js';
import type { Bundle } from './schema/bundle.js';

/** Returns the bundle as one line of canonical JSON, without the line feed. */
export function bundleToLine(bundle: Bundle): string {
  return canonicalJson(bundle);
}
