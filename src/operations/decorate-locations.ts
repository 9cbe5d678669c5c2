import type { Diagnostic, Location } from '../base/location.js';
import { pathFromUri } from '../base/relative-uri.js';
import type { BundleDiagnostic } from '../bundles/schema/diagnostic.js';
import type { BundleLocation } from '../bundles/schema/location.js';
import { selectorForDeclaration, selectorForUsage } from '../selectors/selector-for.js';
import { symbolIdOf } from '../selectors/symbol-id.js';
import type { Snapshot } from '../workspace/snapshot.js';
import type { Workbench } from './workbench.js';

/** Gives each location the selector to come back to it: the name of a declaration where it is one, else the place in this version of the file. */
export async function decorateLocations<T extends Location>(bench: Workbench, snapshot: Snapshot, locations: readonly T[]): Promise<(T & BundleLocation)[]> {
  const paths = new Set(snapshot.files.keys());
  const decorated: (T & BundleLocation)[] = [];
  for (const location of locations) decorated.push({ ...location, ...(await addressOf(bench, snapshot, paths, location)) });
  return decorated;
}

/** Gives each diagnostic the address of its place in this version of the file: a diagnostic is not a declaration, also where it stands on one. */
export async function decorateDiagnostics(bench: Workbench, snapshot: Snapshot, diagnostics: readonly Diagnostic[]): Promise<BundleDiagnostic[]> {
  const decorated: BundleDiagnostic[] = [];
  for (const diagnostic of diagnostics) {
    const file = await bench.sources.read(snapshot, pathFromUri(diagnostic.uri));
    decorated.push({ ...diagnostic, selector: selectorForUsage(file.path, diagnostic.range, file.document, file.digest) });
  }
  return decorated;
}

async function addressOf(bench: Workbench, snapshot: Snapshot, paths: ReadonlySet<string>, { uri, range }: Location): Promise<{ selector: string; symbolId?: string }> {
  // Outside the snapshot (a dependency, a stub of the server) a place has no history to be followed through.
  if (uri.startsWith('ext:') || !paths.has(pathFromUri(uri))) return { selector: `${uri}@L${String(range[0] + 1)}:C${String(range[1] + 1)}` };
  const file = await bench.sources.read(snapshot, pathFromUri(uri));
  const declaration = file.structure?.declarations.find((item) => item.qualname.length > 0 && item.nameRange.join() === range.join());
  if (file.structure === null || declaration === undefined) return { selector: selectorForUsage(file.path, range, file.document, file.digest) };
  return { selector: selectorForDeclaration(file.path, declaration, file.structure, paths), symbolId: symbolIdOf(declaration, file.structure) };
}
