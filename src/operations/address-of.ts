import { whenThere, type Awaitable } from '../base/awaitable.js';
import type { Declaration, FileStructure } from '../base/declaration.js';
import type { Role } from '../base/position-spec.js';
import type { Range } from '../base/range.js';
import { rangeOfRole } from '../selectors/resolve-structural.js';
import { selectorForDeclaration, selectorForUsage } from '../selectors/selector-for.js';
import { symbolIdOf } from '../selectors/symbol-id.js';
import type { Snapshot } from '../workspace/snapshot.js';
import type { SourceFile } from './source-files.js';
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
export function addressOf(bench: Workbench, snapshot: Snapshot, path: string, range: Range, role: Role = 'def'): Awaitable<Address> {
  return whenThere(bench.sources.read(snapshot, path), (file) => addressIn(bench, snapshot, file, range, role));
}

function addressIn(bench: Workbench, snapshot: Snapshot, file: SourceFile, range: Range, role: Role): Address {
  const paths = bench.sources.pathsOf(snapshot);
  const addresses = addressesIn(file, paths);
  const place = `${role} ${range.join()}`;
  const known = addresses.get(place);
  if (known !== undefined) return known;
  const address = declaredAddress(bench, file, paths, range, role) ?? { selector: keptAddress(bench, file, range) };
  addresses.set(place, address);
  return address;
}

/** Null where no declaration is. */
function declaredAddress(bench: Workbench, file: SourceFile, paths: ReadonlySet<string>, range: Range, role: Role): Address | null {
  const { structure } = file;
  const declaration = structure === null ? undefined : declarationsByRange(structure, role).get(range.join());
  if (structure === null || declaration === undefined) return null;
  const selector = selectorForDeclaration(file.path, declaration, structure, paths, { role, digest: file.digest });
  // A unique name needs no version to be found again; only a count among namesakes comes with one.
  if (selector.includes('?')) bench.sources.keep(file);
  return { selector, symbolId: symbolIdOf(declaration, structure) };
}

/** The addresses in one content of a file that were given away, which depend on what other files there are. */
const given = new WeakMap<SourceFile, { readonly paths: ReadonlySet<string>; readonly addresses: Map<string, Address> }>();

function addressesIn(file: SourceFile, paths: ReadonlySet<string>): Map<string, Address> {
  const known = given.get(file);
  if (known?.paths === paths) return known.addresses;
  const addresses = new Map<string, Address>();
  given.set(file, { paths, addresses });
  return addresses;
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
export function usageAddress(bench: Workbench, snapshot: Snapshot, path: string, range: Range): Awaitable<string> {
  return whenThere(bench.sources.read(snapshot, path), (file) => keptAddress(bench, file, range));
}

function keptAddress(bench: Workbench, file: SourceFile, range: Range): string {
  bench.sources.keep(file);
  return selectorForUsage(file.path, range, file.document, file.digest);
}
