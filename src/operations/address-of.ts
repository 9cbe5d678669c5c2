import type { Role } from '../base/position-spec.js';
import type { Range } from '../base/range.js';
import { rangeOfRole } from '../selectors/resolve-structural.js';
import { selectorForDeclaration, selectorForUsage } from '../selectors/selector-for.js';
import { symbolIdOf } from '../selectors/symbol-id.js';
import type { Snapshot } from '../workspace/snapshot.js';
import type { Workbench } from './workbench.js';

/** How to come back to a place. */
export interface Address {
  readonly selector: string;
  /** Set where the place is a declaration. */
  readonly symbolId?: string;
}

/**
 * Returns the name of a declaration where `range` is that part of it which `role` says, else the place in this version of the file,
 * whose content is kept for when it has changed.
 */
export async function addressOf(bench: Workbench, snapshot: Snapshot, path: string, range: Range, role: Role = 'def'): Promise<Address> {
  const file = await bench.sources.read(snapshot, path);
  const { structure } = file;
  const declaration = structure?.declarations.find((item) => item.qualname.length > 0 && rangeOfRole(item, role)?.join() === range.join());
  if (structure === null || declaration === undefined) return { selector: await usageAddress(bench, snapshot, path, range) };
  const selector = selectorForDeclaration(path, declaration, structure, bench.sources.pathsOf(snapshot), { role, digest: file.digest });
  // A unique name needs no version to be found again; only a count among namesakes comes with one.
  if (selector.includes('?')) bench.sources.keep(file);
  return { selector, symbolId: symbolIdOf(declaration, structure) };
}

/** Returns the address of a place in this version of the file, whatever stands there. */
export async function usageAddress(bench: Workbench, snapshot: Snapshot, path: string, range: Range): Promise<string> {
  const file = await bench.sources.read(snapshot, path);
  bench.sources.keep(file);
  return selectorForUsage(path, range, file.document, file.digest);
}
