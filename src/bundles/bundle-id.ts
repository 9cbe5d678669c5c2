import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import type { Bundle } from './schema/bundle.js';
import { withoutMessages } from './without-messages.js';

/** The parts of a bundle that its id speaks for. */
export type HashedParts = Pick<
  Bundle,
  'request' | 'resolution' | 'facts' | 'edits' | 'processReward' | 'environment' | 'capabilities' | 'error'
>;

/**
 * Returns the id of a bundle whose numbers are rounded and whose lists are ordered, such as one read back from a printed
 * line. The hash domain is written down at `bundleSchema`.
 */
export function bundleIdOf(bundle: HashedParts): string {
  const { request, resolution, facts, edits, processReward, environment, capabilities, error } = bundle;
  const hashed = {
    request,
    resolution,
    facts: withoutMessages(facts),
    edits: withoutMessages(edits),
    processReward: withoutMessages(processReward),
    environment,
    capabilities,
    ...(error === undefined ? {} : { error }),
  };
  return sha256(canonicalJson(hashed));
}
