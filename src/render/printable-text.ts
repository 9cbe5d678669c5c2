const TABULATOR = '\t';

/** Returns `text` with its control characters shown as U+FFFD, so that code under analysis cannot steer a terminal. Tabs stay. */
export function printableText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => (character === TABULATOR ? character : '\uFFFD'));
}
