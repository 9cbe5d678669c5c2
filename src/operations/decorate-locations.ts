import type { Awaitable } from '../base/awaitable.js';
import { checkRequest } from '../base/request-scope.js';
import type { Diagnostic, Location } from '../base/location.js';
import { pathFromUri } from '../base/relative-uri.js';
import type { BundleDiagnostic } from '../bundles/schema/diagnostic.js';
import type { BundleLocation } from '../bundles/schema/location.js';
import type { Snapshot } from '../workspace/snapshot.js';
import { addressOf, usageAddress, type Address } from './address-of.js';
import type { Workbench } from './workbench.js';

/** Gives each location the selector to come back to it: the name of a declaration where it is one, else the place in this version of the file. */
export async function decorateLocations<T extends Location>(bench: Workbench, snapshot: Snapshot, locations: readonly T[]): Promise<(T & BundleLocation)[]> {
  const decorated: (T & BundleLocation)[] = [];
  for (const location of locations) {
    checkRequest();
    const address = addressAt(bench, snapshot, location);
    decorated.push({ ...location, ...(address instanceof Promise ? await address : address) });
  }
  return decorated;
}

/** Gives each diagnostic the address of its place in this version of the file: a diagnostic is not a declaration, also where it stands on one. */
export async function decorateDiagnostics(bench: Workbench, snapshot: Snapshot, diagnostics: readonly Diagnostic[]): Promise<BundleDiagnostic[]> {
  const decorated: BundleDiagnostic[] = [];
  for (const diagnostic of diagnostics) {
    checkRequest();
    const selector = usageAddress(bench, snapshot, pathFromUri(diagnostic.uri), diagnostic.range);
    decorated.push({ ...diagnostic, selector: typeof selector === 'string' ? selector : await selector });
  }
  return decorated;
}

function addressAt(bench: Workbench, snapshot: Snapshot, { uri, range }: Location): Awaitable<Address> {
  // Outside the snapshot (a dependency, a stub of the server) a place has no history to be followed through.
  if (uri.startsWith('ext:') || !snapshot.files.has(pathFromUri(uri))) return { selector: `${uri}@L${String(range[0] + 1)}:C${String(range[1] + 1)}` };
  return addressOf(bench, snapshot, pathFromUri(uri), range);
}
