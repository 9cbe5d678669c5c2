const IDENTIFIER = /[\p{L}\p{Nl}_$][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}$]*/gu;

/** Every word of a text that could be a name, in comments and strings too. */
export function identifiersIn(text: string): ReadonlySet<string> {
  return new Set(text.match(IDENTIFIER));
}
