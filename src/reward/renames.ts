import { alignUnits } from './declaration-alignment.js';
import { unitsOf } from './declaration-units.js';
import type { MeasuredPair } from './measured-pair.js';

/** The words that a step renamed. */
export interface Renames {
  /** Returns the new name of a word that the step renamed, else the word itself. */
  readonly word: (word: string) => string;
}

/** Collects the renamed declarations of a step. A name that became two different ones is left out. */
export function renamesOf(pairs: readonly MeasuredPair[]): Renames {
  const names = new Map<string, string | null>();
  for (const { before, after } of pairs) {
    if (before === null || after === null || before.text === after.text) continue;
    const beforeUnits = unitsOf(before.structure, before.tokens);
    const afterUnits = unitsOf(after.structure, after.tokens);
    for (const [beforeIndex, afterIndex] of alignUnits(beforeUnits, afterUnits).toAfter) {
      const from = beforeUnits[beforeIndex]?.declaration?.name;
      const to = afterUnits[afterIndex]?.declaration?.name;
      if (from === undefined || to === undefined || from === to) continue;
      names.set(from, names.has(from) && names.get(from) !== to ? null : to);
    }
  }
  return { word: (word) => names.get(word) ?? word };
}
