import type { ServerSymbol } from '../base/location.js';
import type { BundleSymbol } from '../bundles/schema/location.js';
import type { Snapshot } from '../workspace/snapshot.js';
import { decorateLocations } from './decorate-locations.js';
import type { Workbench } from './workbench.js';

/** Gives each symbol the address of its name. */
export async function decorateSymbols(bench: Workbench, snapshot: Snapshot, symbols: readonly ServerSymbol[]): Promise<BundleSymbol[]> {
  const named = await decorateLocations(bench, snapshot, symbols.map((symbol) => ({ ...symbol, range: symbol.selectionRange })));
  return named.map((symbol, index) => ({ ...symbol, range: symbols[index]?.range ?? symbol.range }));
}
