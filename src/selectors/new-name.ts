import type { Token } from '../base/declaration.js';

/** Python's keywords: no name at all. */
const PYTHON_KEYWORDS = words(`False None True and as assert async await break class continue def del elif else except finally for from global if import in is
  lambda nonlocal not or pass raise return try while with yield`);
/** Names that Python reads as keywords in some places. */
const PYTHON_SOFT_KEYWORDS = words('match case type _');

/** No name of a variable in a module; a property may have one. */
const SCRIPT_KEYWORDS = words(`await break case catch class const continue debugger default delete do else enum export extends false finally for function if
  implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while
  with yield arguments eval`);
/** Names that TypeScript keeps for its own types. */
const SCRIPT_TYPES = words('any unknown never void null undefined string number boolean symbol bigint object');
const SCRIPT_SOFT_KEYWORDS = words('as async from get of set type undefined NaN Infinity');

/** What is known of the thing that gets a new name. */
export interface NamedThing {
  /** The id of its language, as a FileStructure has it; null for a language without a grammar. */
  readonly language: string | null;
  /** The tokens that are to get the new name. */
  readonly tokens: readonly Token[];
}

/** `fatal`: no such name there can be; `doubtful`: it can be, and is easily misread. */
export interface NameProblem {
  readonly kind: 'fatal' | 'doubtful';
  readonly reason: string;
}

/** Returns why `name` should not be the new name of a thing, or null. */
export function newNameProblem(name: string, thing: NamedThing): NameProblem | null {
  if (name === '') return fatal('it is empty');
  if (thing.tokens.length > 0 && thing.tokens.every(isString)) return stringProblem(name);
  switch (thing.language) {
    case 'python':
      return pythonProblem(name);
    case 'typescript':
    case 'tsx':
    case 'javascript':
      return scriptProblem(name, thing);
    default:
      return /^[\p{XIDS}_$][\p{XIDC}$]*$/u.test(name) ? null : fatal('it is not an identifier');
  }
}

function pythonProblem(name: string): NameProblem | null {
  const normal = name.normalize('NFKC');
  if (!/^[\p{XIDS}_]\p{XIDC}*$/u.test(normal)) return fatal('it is not an identifier of Python');
  if (PYTHON_KEYWORDS.has(normal)) return fatal('it is a keyword of Python');
  if (normal !== name) return fatal(`Python reads it as ${normal}; give that name`);
  return PYTHON_SOFT_KEYWORDS.has(name) ? doubtful('it is a soft keyword of Python') : null;
}

function scriptProblem(name: string, { tokens }: NamedThing): NameProblem | null {
  const isPrivate = tokens.some((token) => token.text.startsWith('#'));
  if (!isPrivate && name.startsWith('#')) return fatal('only a private member has a name that begins with #');
  const bare = name.replace(/^#/, '');
  if (!/^[\p{ID_Start}_$][\p{ID_Continue}$\u200c\u200d]*$/u.test(bare)) return fatal('it is not an identifier of JavaScript');
  if (isPrivate && bare === 'constructor') return fatal('no private member is called #constructor');
  const isMemberOnly = tokens.length > 0 && tokens.every((token) => isString(token) || /^(private_)?property_identifier$/.test(token.type));
  if (!isMemberOnly && SCRIPT_KEYWORDS.has(bare)) return fatal('it is a keyword of JavaScript');
  if (!isMemberOnly && SCRIPT_TYPES.has(bare) && tokens.some((token) => token.type === 'type_identifier')) return fatal('it is the name of a type that TypeScript has built in');
  if (isMemberOnly && (bare === 'constructor' || bare === '__proto__')) return fatal('this name has a meaning of its own for members');
  if (isPrivate && !name.startsWith('#')) return doubtful('without a # the member is no longer private');
  return !isMemberOnly && SCRIPT_SOFT_KEYWORDS.has(bare) ? doubtful('it is a word that JavaScript uses itself') : null;
}

function stringProblem(name: string): NameProblem | null {
  // What needs an escape in a string is different at each place, so that no one text fits them all.
  return /["'`\\$\p{Cc}\u2028\u2029]/u.test(name) ? fatal('it needs an escape in a string') : null;
}

/** True for the inside of a string literal. */
export function isString(token: Token): boolean {
  return /string/.test(token.type) || /string/.test(token.parentType);
}

function fatal(reason: string): NameProblem {
  return { kind: 'fatal', reason };
}

function doubtful(reason: string): NameProblem {
  return { kind: 'doubtful', reason };
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/));
}
