const WORD = /[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu;

/** Returns the words and signs of a piece of code, white space left out. */
export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** Returns Dice's coefficient of two multisets in [0,1]; two empty ones are equal. */
export function dice(a: readonly string[], b: readonly string[]): number {
  if (a.length + b.length === 0) return 1;
  const counts = new Map<string, number>();
  for (const word of a) counts.set(word, (counts.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of b) {
    const left = counts.get(word) ?? 0;
    if (left > 0) {
      counts.set(word, left - 1);
      common += 1;
    }
  }
  return (2 * common) / (a.length + b.length);
}
