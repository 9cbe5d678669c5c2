/** What a directive speaks about: its own line, the next line of code, the file; `auto` is its own line where that has code, else the next. */
export type DirectiveReach = 'line' | 'next' | 'file' | 'auto';

/** One way to tell a checker to look away. */
export interface DirectiveSyntax {
  /** The name that gates and neutralisations show. */
  readonly kind: string;
  readonly reach: DirectiveReach;
  /** Matches the directive inside a comment (or, for `inCode`, in the code). Its first group holds the rules it names, if it can name any. */
  readonly pattern: RegExp;
  /** True when the directive makes the checker stricter: it is neutralised like the others, and never charged. */
  readonly isStrict?: (match: string) => boolean;
}

const hash = (kind: string, reach: DirectiveReach, body: string, isStrict?: (match: string) => boolean): DirectiveSyntax => ({
  kind,
  reach,
  pattern: new RegExp(`#[ \\t]*${body}`, kind.endsWith('noqa') ? 'giu' : 'gu'),
  ...(isStrict === undefined ? {} : { isStrict }),
});
const slash = (kind: string, reach: DirectiveReach, body: string, isStrict?: (match: string) => boolean): DirectiveSyntax => ({
  kind,
  reach,
  pattern: new RegExp(`(?<=^[/*!\\s]*|[\\n][*\\s]*|//[ \\t]*)${body}`, 'gu'),
  ...(isStrict === undefined ? {} : { isStrict }),
});

const RULES = '(?:\\[([^\\]#\\n]*)\\])?';

/** Directives in comments that start with `#`. */
export const HASH_DIRECTIVES: readonly DirectiveSyntax[] = [
  hash('type: ignore', 'line', `type:[ \\t]*ignore(?![\\w-])${RULES}`),
  hash('pyright: ignore', 'line', `pyright:[ \\t]*ignore(?![\\w-])${RULES}`),
  hash('pyright:', 'file', 'pyright:(?![ \\t]*ignore(?![\\w-]))[ \\t]*([^#\\n]*)', (match) => match.replace(/^[^:]*:/u, '').split(',').every((item) => /^\s*(strict|\w+\s*=\s*(true|"?error"?))\s*$/u.test(item))),
  hash('noqa', 'line', 'noqa(?![\\w-])(?:[ \\t]*:[ \\t]*([A-Z]+[0-9]+(?:[ \\t]*,?[ \\t]*[A-Z]+[0-9]+)*))?'),
  hash('file noqa', 'file', '(?:ruff|flake8)[ \\t]*:[ \\t]*noqa(?:[ \\t]*:[ \\t]*([A-Z0-9, \\t]*))?'),
  hash('mypy:', 'file', 'mypy:[ \\t]*([^#\\n]*)', (match) => match.replace(/^[^:]*:/u, '').split(',').every((item) => /^\s*(strict|disallow|check|warn|enable|no-implicit)[\w-]*\s*(=\s*true)?\s*$/iu.test(item))),
  hash('pylint: disable', 'auto', 'pylint:[ \\t]*disable(?:-next|-msg)?[ \\t]*=[ \\t]*([\\w, \\t-]*)'),
  hash('pylint: skip-file', 'file', 'pylint:[ \\t]*skip-file'),
  hash('pyre-ignore', 'auto', `pyre-(?:ignore|fixme)(?![\\w-])${RULES}`),
  hash('pyre-ignore-all-errors', 'file', `pyre-ignore-all-errors${RULES}`),
  hash('ty: ignore', 'line', `ty:[ \\t]*ignore(?![\\w-])${RULES}`),
  hash('pyrefly: ignore', 'line', `pyrefly:[ \\t]*ignore(?![\\w-])${RULES}`),
  hash('nosec', 'line', 'nosec(?![\\w-])(?:[ \\t]*:?[ \\t]*(B[0-9]+(?:[ \\t]*,[ \\t]*B[0-9]+)*))?'),
  hash('NOSONAR', 'line', 'NOSONAR(?![\\w-])'),
  hash('rubocop:disable', 'line', 'rubocop:(?:disable|todo)[ \\t]+([\\w/, \\t]*)'),
];

/** Directives in comments that start with `//` or `/*`. */
export const SLASH_DIRECTIVES: readonly DirectiveSyntax[] = [
  slash('@ts-ignore', 'next', '@ts-ignore(?![\\w-])'),
  slash('@ts-expect-error', 'next', '@ts-expect-error(?![\\w-])'),
  slash('@ts-nocheck', 'file', '@ts-nocheck(?![\\w-])'),
  slash('@ts-check', 'file', '@ts-check(?![\\w-])', () => true),
  slash('eslint-disable-next-line', 'next', 'eslint-disable-next-line(?![\\w-])([^\\n]*?)(?=\\*/|--|$|\\n)'),
  slash('eslint-disable-line', 'line', 'eslint-disable-line(?![\\w-])([^\\n]*?)(?=\\*/|--|$|\\n)'),
  slash('eslint-disable', 'file', 'eslint-disable(?![\\w-])([^\\n]*?)(?=\\*/|--|$|\\n)'),
  slash('eslint off', 'file', 'eslint[ \\t]+([\\w/@-]+[ \\t]*:[ \\t]*(?:0|["\']?off["\']?)[^\\n]*?)(?=\\*/|$|\\n)'),
  slash('oxlint-disable', 'auto', 'oxlint-disable(?:-next-line|-line)?(?![\\w-])([^\\n]*?)(?=\\*/|--|$|\\n)'),
  slash('tslint:disable', 'auto', 'tslint:disable(?:-next-line|-line)?(?![\\w-])(?::[ \\t]*([\\w \\t-]*))?'),
  slash('biome-ignore', 'next', 'biome-ignore(?![\\w-])[ \\t]*([\\w/]*)'),
  slash('biome-ignore-all', 'file', 'biome-ignore-(?:all|start)[ \\t]*([\\w/]*)'),
  slash('deno-lint-ignore', 'next', 'deno-lint-ignore(?![\\w-])([\\w/ \\t,-]*)'),
  slash('deno-lint-ignore-file', 'file', 'deno-lint-ignore-file([\\w/ \\t,-]*)'),
  slash('$FlowFixMe', 'next', '\\$Flow(?:FixMe|Issue|IgnoreError)(?:\\[([\\w-]*)\\])?'),
  slash('nolint', 'auto', 'nolint(?![\\w-])(?::[ \\t]*([\\w,-]*))?'),
  slash('lint:ignore', 'next', 'lint:ignore[ \\t]+([\\w,]*)'),
  slash('lint:file-ignore', 'file', 'lint:file-ignore[ \\t]+([\\w,]*)'),
  slash('#nosec', 'auto', '#nosec(?![\\w-])[ \\t]*((?:G[0-9]+[ \\t,]*)*)'),
  slash('NOLINT', 'line', 'NOLINT(?![\\w-])(?:\\(([^)\\n]*)\\))?'),
  slash('NOLINTNEXTLINE', 'next', 'NOLINT(?:NEXTLINE|BEGIN)(?![\\w-])(?:\\(([^)\\n]*)\\))?'),
  slash('NOSONAR', 'line', 'NOSONAR(?![\\w-])'),
  slash('noinspection', 'next', 'noinspection[ \\t]+([\\w, \\t]*)'),
];

const inCode = (kind: string, reach: DirectiveReach, pattern: RegExp): DirectiveSyntax => ({ kind, reach, pattern });
const forExtensions = (extensions: readonly string[], ...directives: DirectiveSyntax[]): [string, readonly DirectiveSyntax[]][] => extensions.map((name) => [name, directives]);

/** Directives that are code, by file extension. */
export const CODE_DIRECTIVES: ReadonlyMap<string, readonly DirectiveSyntax[]> = new Map([
  ...forExtensions(
    ['rs'],
    inCode('#![allow]', 'file', /#!\[\s*(?:allow|expect)\s*\(([^)\]]*)\)\s*\]/gu),
    inCode('#[allow]', 'auto', /#\[\s*(?:allow|expect)\s*\(([^)\]]*)\)\s*\]/gu),
  ),
  ...forExtensions(['java'], inCode('@SuppressWarnings', 'auto', /@(?:java\.lang\.)?SuppressWarnings\b\s*(?:\(((?:[^()"]|"[^"\n]*")*)\))?/gu)),
  ...forExtensions(['kt', 'kts'], inCode('@Suppress', 'auto', /@(?:file:)?Suppress\b\s*(?:\(((?:[^()"]|"[^"\n]*")*)\))?/gu)),
  ...forExtensions(['cs'], inCode('#pragma warning disable', 'file', /#pragma\s+warning\s+disable([^\n]*)/gu)),
  ...forExtensions(['c', 'h', 'cc', 'cpp', 'cxx', 'hpp'], inCode('#pragma diagnostic ignored', 'file', /#pragma\s+(?:GCC|clang)\s+diagnostic\s+ignored([^\n]*)/gu)),
]);

/** True when a line that had a directive of kind `before` looks away from no more when it has one of kind `after` instead. */
export function kindCovers(before: string, after: string): boolean {
  return before === after || NARROWER.get(before) === after;
}

const NARROWER: ReadonlyMap<string, string> = new Map([
  ['type: ignore', 'pyright: ignore'],
  ['@ts-ignore', '@ts-expect-error'],
]);
