import type { FileStructure } from '../base/declaration.js';
import { startOf, type Range } from '../base/range.js';
import { MODULE_SYMBOL, scopeUnitAt, unitsOf } from './declaration-units.js';

/** Returns the symbol that a diagnostic at `range` would belong to: a dotted name, or `<module>`. */
export function symbolAt(structure: FileStructure | null, range: Range): string {
  const units = unitsOf(structure, null);
  return units[scopeUnitAt(units, startOf(range))]?.symbol ?? MODULE_SYMBOL;
}
