import { startOf, type Range } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import { scopeUnitAt, unitsOf } from './declaration-units.js';
import type { FileSide } from './step-facts.js';

/** A language in which a checker reads some comments as code, or as settings of the file by which it works out types. */
interface ReadingLanguage {
  readonly path: RegExp;
  /** Such a comment; in a group of its own what of it is read. */
  readonly comment: RegExp;
  /** The line that has what the comment is about, from its own. */
  readonly about: 0 | 1;
}

/** Comments that hide a diagnostic are not among them: those concern no other line. In scripts comments declare types; `/// <reference …>` brings files in. */
const LANGUAGES: readonly ReadingLanguage[] = [
  { path: /\.pyi?$/u, comment: /^#\s*((?:type|pyright):(?!\s*ignore(?:[\s[]|$))[^]*)/u, about: 0 },
  { path: /\.[cm]?jsx?$/u, comment: /^\/\*\*[^]*?(@\w[^]*)|^\/\/\/\s*(<[^]*)/u, about: 1 },
  { path: /\.[cm]?tsx?$/u, comment: /^\/\/\/\s*(<[^]*)/u, about: 1 },
];

interface CommentRead {
  readonly range: Range;
  /** What of it is read. */
  readonly said: string;
  /** The code that it is about, up to a value or parameters, and the dotted name of what that lies in. */
  readonly about: string;
  readonly symbol: string;
}

/** Returns the comments of a file that say something of types, in source order. */
export function commentsRead({ path, text, structure, tokens }: Pick<FileSide, 'path' | 'text' | 'structure' | 'tokens'>): readonly CommentRead[] {
  const language = LANGUAGES.find((each) => each.path.test(path));
  if (language === undefined || tokens === null) return [];
  const document = new TextDocument(text);
  return tokens.comments.flatMap(({ text: comment, range }): CommentRead[] => {
    const said = language.comment.exec(comment)?.slice(1).join('');
    if (said === undefined) return [];
    const units = unitsOf(structure, tokens);
    const line = language.about === 0 ? document.lineText(range[0]).slice(0, range[1]) : document.lineText(range[2] + 1);
    return [{ range, said, about: /^[^=(]*/u.exec(line.trim())?.[0] ?? '', symbol: units[scopeUnitAt(units, startOf(range))]?.symbol ?? '' }];
  });
}

/** True when the comments of two versions of a file say the same of the same code: their tokens do not show whether they do. */
export function commentsSayTheSame(before: FileSide, after: FileSide): boolean {
  const [old, now] = [before, after].map((side) => commentsRead(side).map(({ said, about, symbol }) => JSON.stringify([symbol, about, said])).sort().join('\n'));
  return old === now;
}

/** What a comment of Python at the end of a line says of the type of what is assigned there; empty where none does. */
export function typeBehind(document: TextDocument, line: number): string {
  return /#\s*type:(?!\s*ignore\b)(.*)/u.exec(document.lineText(line))?.[1] ?? '';
}
