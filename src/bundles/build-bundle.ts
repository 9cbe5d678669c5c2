import { LoneSurrogate, wellFormed, type Json } from '../base/canonical-json.js';
import type { ProcessReward } from '../base/process-reward.js';
import { bundleIdOf } from './bundle-id.js';
import type { JsonObject } from './json-shape.js';
import { orderLocations, SORTING_KEYS } from './order-locations.js';
import { firstPage, pageFacts, type Page } from './page-locations.js';
import { roundNumbers } from './round-numbers.js';
import { BUNDLE_VERSION, HASHING, type Bundle, type BundleError } from './schema/bundle.js';
import type { BundleEdits } from './schema/edits.js';
import type { BundleEnvironment } from './schema/environment.js';
import type { BundleFacts } from './schema/facts.js';
import type { BundleRequest } from './schema/request.js';
import type { BundleResolution } from './schema/resolution.js';

/** What an operation knows, in any order and at full precision. What is left out is null, and `facts` is empty. */
export interface BundleDraft {
  readonly request: BundleRequest;
  readonly resolution?: BundleResolution | null;
  readonly facts?: BundleFacts;
  readonly edits?: BundleEdits | null;
  readonly processReward?: ProcessReward | null;
  readonly environment: BundleEnvironment;
  readonly capabilities: JsonObject;
  readonly error?: BundleError;
}

/** How the answer came about: measured by the caller, never hashed. More keys may be added. */
export interface MetaDraft {
  readonly exitCode: number;
  readonly durationMs: number;
  readonly cache: Bundle['meta']['cache'];
  readonly node: string;
  readonly timings?: Readonly<Record<string, number>>;
  readonly commit?: string;
  readonly recovery?: string;
  readonly [key: string]: unknown;
}

/**
 * Returns the bundle of `draft`: numbers rounded, location lists ordered and paged, hashed. The same draft gives the same
 * bytes, whatever the order of its keys and of its location lists. Half a character is written as U+FFFD. Throws when the draft holds what JSON cannot carry.
 */
export function buildBundle(draft: BundleDraft, meta: MetaDraft, page: Page = firstPage(draft.environment.snapshot)): Bundle {
  try {
    return bundleOf(draft, meta, page);
  } catch (error) {
    if (!(error instanceof LoneSurrogate)) throw error;
    return bundleOf(wellFormed(draft as unknown as Json) as unknown as BundleDraft, meta, page);
  }
}

function bundleOf(draft: BundleDraft, meta: MetaDraft, page: Page): Bundle {
  const { facts = {}, ...others } = draft;
  const rounded = roundNumbers(others as unknown as JsonObject) as unknown as typeof others;
  const hashed = {
    request: rounded.request,
    resolution: rounded.resolution ?? null,
    facts: canonicalFacts(facts, page),
    edits: orderLocations(rounded.edits ?? null) as BundleEdits | null,
    processReward: orderLocations((rounded.processReward ?? null) as unknown as Json) as unknown as ProcessReward | null,
    environment: rounded.environment,
    capabilities: rounded.capabilities,
    ...(rounded.error === undefined ? {} : { error: rounded.error }),
  };
  return {
    version: BUNDLE_VERSION,
    bundleId: bundleIdOf(hashed),
    status: hashed.error === undefined ? 'ok' : 'error',
    ...hashed,
    meta: { ...(roundNumbers(meta as JsonObject) as unknown as MetaDraft), hashing: HASHING, sortingKeys: SORTING_KEYS },
  };
}

/** Facts as a bundle holds them: numbers rounded, location lists ordered, without exact repetitions, and paged. Two answers are the same when these are. */
export function canonicalFacts(facts: BundleFacts, page: Page): BundleFacts {
  return pageFacts(orderLocations(roundNumbers(facts)) as JsonObject, page);
}
