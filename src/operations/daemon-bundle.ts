import { buildBundle } from '../bundles/build-bundle.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import type { JsonObject } from '../bundles/json-shape.js';
import { bareEnvironment } from './environment.js';

/** Returns the answer of a command about daemons: what they say of themselves is of the moment, so it stands in `meta`, outside of the hash. */
export function daemonBundle(action: string, daemons: readonly JsonObject[], said: string): Bundle {
  const draft = { request: { cmd: 'daemon', args: { action } }, environment: bareEnvironment(), capabilities: {} };
  return buildBundle(draft, { exitCode: 0, durationMs: 0, cache: 'none', node: process.version, daemons, said });
}
