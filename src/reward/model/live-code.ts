import { STRING, type CodeLine } from './code-lines.js';
import { isHashLanguage, type DiffFile } from './read-diff.js';

export type TokenCounts = ReadonlyMap<string, number>;

const NEVER = ['if False :', 'if 0 :', 'while False :', 'while 0 :'];
const NEVER_BRACED = ['if(false)', 'if(0)', 'while(false)', 'while(0)'];
const LEAVES: ReadonlySet<string> = new Set(['return', 'raise', 'throw', 'break', 'continue']);
const GOES_ON: ReadonlySet<string> = new Set([',', '\\', '+', 'and', 'or', '&&', '||', '=']);
const REACHED_ANYWAY: ReadonlySet<string> = new Set(['}', 'case', 'default', 'else', 'elif', 'except', 'finally']);
const DECLARES: ReadonlySet<string> = new Set(['const', 'let', 'var', 'int', 'final', 'auto']);
const DEFINES: ReadonlySet<string> = new Set(['def', 'function', 'class', 'func', 'fn']);
const PURE: ReadonlySet<string> = new Set('str int float bool len list dict tuple set repr abs id type String Number Boolean Object Array Symbol'.split(' '));
const FRAME: ReadonlySet<string> = new Set('{ } ( ) [ ] ; , : try catch finally else do'.split(' '));
const BARE_VALUES: ReadonlySet<string> = new Set([STRING, 'None', 'True', 'False', 'null', 'undefined', 'true', 'false']);

/**
 * Returns the lines of every hunk of a file with the tokens of what does nothing emptied: dead added code, and edits that change
 * no token. So padding a patch does not move its score. The twin of training/live_code.py.
 */
export function liveLines(file: DiffFile, counts: TokenCounts): CodeLine[][] {
  const isHash = isHashLanguage(file.path);
  return file.hunks.map((hunk) => withoutMootRuns(withoutFrames(withoutDead(hunk.lines, counts, isHash), isHash)));
}

/** Returns how often a token occurs in the code of a whole patch. */
export function tokenCounts(files: readonly DiffFile[]): TokenCounts {
  const counts = new Map<string, number>();
  for (const file of files) {
    for (const hunk of file.hunks) {
      for (const { tokens } of hunk.lines) for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    }
  }
  return counts;
}

interface DeadState {
  /** The indentation of a dead block's head; its added lines that lie deeper are dead, too. */
  block: number | null;
  /** Braces that a dead block has open, for languages that have them. */
  depth: number;
  /** The indentation of an added line that leaves its block: added lines behind it at that depth are never reached. */
  left: number | null;
}

function withoutDead(lines: readonly CodeLine[], counts: TokenCounts, isHash: boolean): CodeLine[] {
  const state: DeadState = { block: null, depth: 0, left: null };
  return lines.map((line) => {
    if (line.tag !== '+') {
      if (line.tag === ' ' && line.tokens.length > 0) Object.assign(state, { block: null, depth: 0, left: null });
      return line;
    }
    return line.tokens.length > 0 && isDead(line, state, counts, isHash) ? emptied(line) : line;
  });
}

/** Says whether an added line is dead, and keeps in `state` what that means for the lines below it. */
function isDead({ tokens, indent }: CodeLine, state: DeadState, counts: TokenCounts, isHash: boolean): boolean {
  if (state.depth > 0) {
    state.depth += braces(tokens);
    return true;
  }
  if (state.block !== null) {
    if (indent > state.block) return true;
    state.block = null;
  }
  if (state.left !== null) {
    if (indent >= state.left && !REACHED_ANYWAY.has(tokens[0] ?? '')) return true;
    state.left = null;
  }
  if (opensDeadBlock(tokens, counts)) {
    if (isHash) state.block = indent;
    else state.depth = Math.max(0, braces(tokens));
    return true;
  }
  if (isMoot(tokens, counts)) return true;
  if (LEAVES.has(tokens[0] ?? '') && isBalanced(tokens) && !GOES_ON.has(tokens.at(-1) ?? '')) state.left = indent;
  return false;
}

function opensDeadBlock(tokens: readonly string[], counts: TokenCounts): boolean {
  if (NEVER.includes(tokens.slice(0, 3).join(' '))) return true;
  const start = tokens.slice(0, 4).join('');
  if (NEVER_BRACED.some((never) => start.startsWith(never))) return true;
  const at = tokens[0] === 'async' ? 1 : 0;
  const name = tokens[at + 1];
  if (name === undefined || !DEFINES.has(tokens[at] ?? '') || !isUnused(name, counts)) return false;
  // A public method or class may be called from anywhere; a function that this patch adds is used by this patch.
  return name.startsWith('_') || (tokens[at] !== 'class' && !tokens.includes('self') && !tokens.includes('cls'));
}

/** An assignment of a thing to itself, of a pure value to a name that nothing reads, an import that nothing uses, or a bare value. */
function isMoot(tokens: readonly string[], counts: TokenCounts): boolean {
  const body = tokens.at(-1) === ';' ? tokens.slice(0, -1) : tokens;
  if (body.length >= 3 && body.length % 2 === 1) {
    const middle = (body.length - 1) / 2;
    if (body[middle] === '=' && body.slice(0, middle).every((token, index) => token === body[middle + 1 + index])) return true;
  }
  const first = body[0] ?? '';
  if (body.length === 1) return BARE_VALUES.has(first) || /^[0-9]/.test(first);
  if (first === 'import' || (first === 'from' && body.includes('import'))) return isUnusedImport(body, counts);
  if (body.length >= 3 && PURE.has(first) && body[1] === '(' && body.at(-1) === ')') return !body.slice(2).some((token) => /^[A-Za-z]/.test(token));
  const start = DECLARES.has(first) ? 1 : 0;
  if (body.length <= start + 2 || !body.slice(0, start + 5).includes('=') || body.includes('(') || body.at(-1) === ',') return false;
  return isUnused(body[start] ?? '', counts) && ['=', ':'].includes(body[start + 1] ?? '');
}

/** Names in front of `as` do not count; an import of everything is used. */
function isUnusedImport(body: readonly string[], counts: TokenCounts): boolean {
  const start = body.indexOf('import') + 1;
  const from = body.indexOf('from', start);
  const names = body.filter((token, at) => at >= start && (from < 0 || at < from) && /^[A-Za-z_]/.test(token) && token !== 'as' && body[at + 1] !== 'as');
  return !body.includes('*') && !body.includes('(') && names.every((name) => counts.get(name) === 1);
}

/** A name that occurs nowhere else in the patch; names with a meaning to the language are used by it. */
function isUnused(name: string, counts: TokenCounts): boolean {
  if (name.startsWith('__') && name.endsWith('__') && name.length > 4) return false;
  return name === '_' || (counts.get(name) === 1 && /^[A-Za-z_$]/.test(name));
}

/** Empties added lines that only frame others: brackets and bare `try {`; in Python, heads of blocks that nothing is left in. */
function withoutFrames(lines: readonly CodeLine[], isHash: boolean): CodeLine[] {
  // The indentation of the next line that has code.
  let below: number | null = null;
  return lines.toReversed().map((line) => {
    if (line.tag === '-' || line.tokens.length === 0) return line;
    const isEmpty = isHash && line.tokens.at(-1) === ':' && below !== null && below <= line.indent;
    if (line.tag === '+' && (isEmpty || line.tokens.every((token) => FRAME.has(token)))) return emptied(line);
    below = line.indent;
    return line;
  }).toReversed();
}

function isBalanced(tokens: readonly string[]): boolean {
  return ['()', '[]', '{}'].every((pair) => countOf(tokens, pair.charAt(0)) === countOf(tokens, pair.charAt(1)));
}

function braces(tokens: readonly string[]): number {
  return countOf(tokens, '{') - countOf(tokens, '}');
}

function countOf(tokens: readonly string[], wanted: string): number {
  return tokens.filter((token) => token === wanted).length;
}

function emptied({ tag, indent }: CodeLine): CodeLine {
  return { tag, tokens: [], indent };
}

/** Empties runs of changed lines whose removed and added tokens are the same: only their layout changed. */
function withoutMootRuns(lines: readonly CodeLine[]): CodeLine[] {
  const out = [...lines];
  let start = 0;
  while (start < out.length) {
    let end = start;
    while (end < out.length && out[end]?.tag !== ' ') end += 1;
    const run = out.slice(start, end);
    const side = (tag: CodeLine['tag']): string => run.filter((line) => line.tag === tag).flatMap((line) => line.tokens).join(' ');
    if (side('-') === side('+')) out.splice(start, run.length, ...run.map(emptied));
    start = end + 1;
  }
  return out;
}
