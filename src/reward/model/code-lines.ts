/** One line of a hunk: `tokens` are its code without comments, each string as one token that says nothing of its content. */
export interface CodeLine {
  readonly tag: ' ' | '-' | '+';
  readonly tokens: readonly string[];
  /** How many blanks and tabs it starts with. */
  readonly indent: number;
}

/** What stands for a string, whatever it says. */
export const STRING = '\u0001';

const TOKEN = /[A-Za-z_$][A-Za-z0-9_$]*|[0-9][A-Za-z0-9_.]*|[=!<>]=+|[-+*/%&|^]=|&&|\|\||=>|->|\*\*|\/\/|<<|>>|\?\?|\?\.|[!-/:-@[-^`{-~\u0001]/g;
const SILENT: ReadonlySet<string> = new Set([STRING, 'pass', '.', ';']);

/**
 * Returns the lines of a hunk as code: removed lines as the old side reads, context and added ones as the new side does.
 * Only ASCII makes tokens. The twin of `_tokenize` in training/diff_reader.py.
 */
export function codeLines(raw: readonly { readonly tag: CodeLine['tag']; readonly text: string }[], isHash: boolean): CodeLine[] {
  const before = raw.filter(({ tag }) => tag !== '+').map(({ text }) => text);
  const after = raw.filter(({ tag }) => tag !== '-').map(({ text }) => text);
  const opens = isHash ? openStringMark(before) : openComment(before);
  const scan = isHash ? blankHash : blankSlash;
  const [old, now] = [scan(before, opens), scan(after, opens)];
  let [o, n] = [0, 0];
  return raw.map(({ tag, text }) => {
    const clean = (tag === '-' ? old[o] : now[n]) ?? '';
    if (tag !== '+') o += 1;
    if (tag !== '-') n += 1;
    const tokens = clean.match(TOKEN) ?? [];
    // A line of nothing but strings, `pass`, `...` or semicolons does nothing.
    return { tag, tokens: tokens.every((token) => SILENT.has(token)) ? [] : tokens, indent: indentOf(text) };
  });
}

function indentOf(text: string): number {
  let indent = 0;
  while (text[indent] === ' ' || text[indent] === '\t') indent += 1;
  return indent;
}

/** The mark of the string that a hunk starts inside of, judged by its old side alone, so that what is added cannot change it. */
function openStringMark(before: readonly string[]): string | null {
  for (const mark of ['"""', "'''"]) {
    const holders = before.filter((line) => line.includes(mark));
    const count = holders.reduce((sum, line) => sum + line.split(mark).length - 1, 0);
    if (count % 2 === 0) continue;
    const first = (holders[0] ?? '').replace(/^[ \t]+|[ \t]+$/g, '');
    if (first === mark || (first.endsWith(mark) && !first.startsWith(mark))) return mark;
  }
  return null;
}

function openComment(before: readonly string[]): string | null {
  for (const line of before) {
    const close = line.indexOf('*/');
    const open = line.indexOf('/*');
    if (close >= 0) return open < 0 || open > close ? '*/' : null;
    if (open >= 0) return null;
  }
  return null;
}

function blankHash(lines: readonly string[], opens: string | null): string[] {
  let inside = opens;
  return lines.map((line) => {
    let kept = '';
    let i = 0;
    while (i < line.length) {
      if (inside !== null) {
        const end = line.indexOf(inside, i);
        if (end < 0) break;
        i = end + 3;
        inside = null;
        kept += STRING;
        continue;
      }
      const char = line.charAt(i);
      if (char === '#') break;
      if (line.startsWith('"""', i) || line.startsWith("'''", i)) {
        inside = line.slice(i, i + 3);
        i += 3;
      } else if (char === '"' || char === "'") {
        i = endOfString(line, i, char);
        kept += STRING;
      } else {
        kept += char;
        i += 1;
      }
    }
    return kept;
  });
}

function blankSlash(lines: readonly string[], opens: string | null): string[] {
  let inside = opens;
  return lines.map((line) => {
    let kept = '';
    let i = 0;
    while (i < line.length) {
      if (inside !== null) {
        const end = line.indexOf(inside, i);
        if (end < 0) break;
        i = end + inside.length;
        if (inside === '`') kept += STRING;
        inside = null;
        continue;
      }
      const char = line.charAt(i);
      if (line.startsWith('//', i)) break;
      if (line.startsWith('/*', i)) {
        inside = '*/';
        i += 2;
      } else if (char === '`') {
        inside = '`';
        i += 1;
      } else if (char === '"' || char === "'") {
        i = endOfString(line, i, char);
        kept += STRING;
      } else {
        kept += char;
        i += 1;
      }
    }
    return kept;
  });
}

/** A string in single marks ends at its line's end at the latest. */
function endOfString(line: string, start: number, quote: string): number {
  for (let i = start + 1; i < line.length; i += 1) {
    if (line[i] === '\\') i += 1;
    else if (line[i] === quote) return i + 1;
  }
  return line.length;
}
