import type { Declaration, FileStructure } from '../base/declaration.js';
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
  const declaration = structure === null ? undefined : declarationsByRange(structure, role).get(range.join());
  if (structure === null || declaration === undefined) return { selector: await usageAddress(bench, snapshot, path, range) };
  const selector = selectorForDeclaration(path, declaration, structure, bench.sources.pathsOf(snapshot), { role, digest: file.digest });
  // A unique name needs no version to be found again; only a count among namesakes comes with one.
  if (selector.includes('?')) bench.sources.keep(file);
  return { selector, symbolId: symbolIdOf(declaration, structure) };
}

type ByRange = ReadonlyMap<string, Declaration>;

const indexes = new WeakMap<FileStructure, Map<Role, ByRange>>();

/** The named declarations of a file by the range of one of their parts; the first where two share it. Made once, because a file may hold a hundred thousand places. */
function declarationsByRange(structure: FileStructure, role: Role): ByRange {
  const byRole = indexes.get(structure) ?? new Map<Role, ByRange>();
  indexes.set(structure, byRole);
  const known = byRole.get(role);
  if (known !== undefined) return known;
  const byRange = new Map<string, Declaration>();
  for (const item of structure.declarations) {
    const range = item.qualname.length > 0 ? rangeOfRole(item, role) : null;
    if (range !== null && !byRange.has(range.join())) byRange.set(range.join(), item);
  }
  byRole.set(role, byRange);
  return byRange;
}

/** Returns the address of a place in this version of the file, whatever stands there. */
export async function usageAddress(bench: Workbench, snapshot: Snapshot, path: string, range: Range): Promise<string> {
  const file = await bench.sources.read(snapshot, path);
  bench.sources.keep(file);
  return selectorForUsage(path, range, file.document, file.digest);
}
