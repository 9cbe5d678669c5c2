import type { FileStructure } from '../base/declaration.js';
import { startOf, type Range } from '../base/range.js';
import { MODULE_SYMBOL, scopeUnitAt, unitsOf } from './declaration-units.js';

/** Returns a function that says which symbol a diagnostic at a range of this file would belong to: a dotted name, or `<module>`. */
export function symbolFinder(structure: FileStructure | null): (range: Range) => string {
  const units = unitsOf(structure, null);
  return (range) => units[scopeUnitAt(units, startOf(range))]?.symbol ?? MODULE_SYMBOL;
}
