const LEXEME = /[\p{ID_Start}_$][\p{ID_Continue}$]*|\d[\w.]*|[^\s\w]/gu;

/** Returns names, numbers and single signs of any language's text, without white space. Cheap, and good enough to compare two texts by. */
export function lexemesOf(text: string): string[] {
  return text.match(LEXEME) ?? [];
}

/** Counts of single lexemes and of neighbouring pairs. */
export type LexemeBag = ReadonlyMap<string, number>;

export function bagOf(lexemes: readonly string[]): LexemeBag {
  const bag = new Map<string, number>();
  let previous = '';
  for (const lexeme of lexemes) {
    bag.set(lexeme, (bag.get(lexeme) ?? 0) + 1);
    const pair = `${previous}\u0000${lexeme}`;
    bag.set(pair, (bag.get(pair) ?? 0) + 1);
    previous = lexeme;
  }
  return bag;
}

/** Returns the share that two bags have in common, counted with multiplicity (Dice): 1 for equal bags, 0 for disjoint ones. */
export function likeness(a: LexemeBag, b: LexemeBag): number {
  let common = 0;
  let total = 0;
  for (const [key, count] of a) {
    total += count;
    common += Math.min(count, b.get(key) ?? 0);
  }
  for (const count of b.values()) total += count;
  return total === 0 ? 1 : (2 * common) / total;
}
