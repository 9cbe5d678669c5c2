const NAME = /[A-Za-z_$][A-Za-z0-9_$]*/g;
const SUBWORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g;

/** Keywords, the names that all code has, and the commonest words of prose: none of them says what a patch is about. */
export const COMMON: ReadonlySet<string> = new Set(
  `if elif else switch case for while do try except catch finally raise throw throws return yield def function fn func lambda
  class interface struct enum import from require include None null undefined NULL nil True False true false isinstance issubclass
  typeof instanceof type hasattr getattr callable not and or print console log warn warnings logger self this cls super assert is
  in del pop append remove update copy setdefault continue break pass async await the a an to of it that with on be as are when you
  i we can have has was will by at but use using should would which s t`.split(/\s+/),
);

/** Returns the ASCII names in a text, in order. */
export function namesIn(text: string): string[] {
  return text.match(NAME) ?? [];
}

/** Returns the names among tokens that are not common. */
export function namesOf(tokens: Iterable<string>): Set<string> {
  return new Set([...tokens].filter((token) => /^[A-Za-z_$]/.test(token) && !COMMON.has(token)));
}

/** Returns the lower-case parts, three characters or longer, of a name in camel case or with underscores. */
export function subwords(name: string): string[] {
  return (name.match(SUBWORD) ?? []).filter((part) => part.length > 2).map((part) => part.toLowerCase());
}
