const IDENTIFIER = /[\p{L}\p{Nl}_$][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}$]*/gu;
const WHOLE = new RegExp(`^${IDENTIFIER.source}$`, 'u');

/** Every word of a text that could be a name, in comments and strings too. */
export function identifiersIn(text: string): ReadonlySet<string> {
  return new Set(text.match(IDENTIFIER));
}

export function isIdentifier(text: string): boolean {
  return WHOLE.test(text);
}

/** How often each of them is in a text. */
export function identifierCounts(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.match(IDENTIFIER) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
