import type { CodeLine } from './code-lines.js';
import type { Issue } from './issue.js';
import type { LiveHunk, LivePatch } from './live-patch.js';
import { namesIn, namesOf, subwords } from './names.js';
import { extensionOf } from './read-diff.js';

const GUARDS: ReadonlySet<string> = new Set('try except catch finally'.split(' '));
const RAISES: ReadonlySet<string> = new Set('raise throw throws'.split(' '));
const WAITS: ReadonlySet<string> = new Set('async await'.split(' '));
const HEADS = ['def', 'class', 'function'];

/** A run of changed lines: how many tokens went and how many came. Lines without code do not part a run. */
interface Run {
  readonly gone: number;
  readonly came: number;
}

/**
 * Returns what the model reads of one patch, by name, in the order of the card. They count, divide and take minima only, so that
 * the twin, training/features.py, gives the same to the last bit.
 */
export function patchFeatures(patch: LivePatch, issue: Issue): Record<string, number> {
  return { ...shapeFeatures(patch), ...placeFeatures(patch, issue), has_issue: issue.count > 0 ? 1 : 0 };
}

function shapeFeatures(patch: LivePatch): Record<string, number> {
  const { hunks, addingTests, scratch, other } = patch;
  const [added, removed] = [tokensOf(hunks, '+'), tokensOf(hunks, '-')];
  const kept = sharedCount(added, removed);
  const runs = runsOf(hunks);
  const there = hunksThere(patch);
  const runsThere = runsOf(there);
  const paths = pathsOf(hunks);
  const old = oldNames(hunks);
  return {
    tests: Math.min(3, addingTests.size),
    scratch: Math.min(5, scratch.size),
    other: Math.min(5, other.size),
    files: paths.length,
    dirs: new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1))).size,
    new: new Set(hunks.filter((hunk) => hunk.isNew).map((hunk) => hunk.path)).size,
    hunks: hunks.length,
    runs: runs.length,
    inserts: insertsOf(runs),
    deletes: Math.min(3, runs.filter((run) => run.came === 0).length),
    replaces: runs.filter((run) => run.gone > 0 && run.came > 0).length,
    longest: longestOf(runs),
    added: added.length,
    removed: removed.length,
    net_added: added.length - kept,
    net_removed: removed.length - kept,
    few_added: Math.min(60, tokensOf(there, '+').length),
    few_runs: Math.min(4, runsThere.length),
    few_inserts: Math.min(2, insertsOf(runsThere)),
    few_longest: Math.min(60, longestOf(runsThere)),
    new_names: [...namesOf(added)].filter((name) => !old.has(name)).length,
    unbalanced: unbalance(added, removed),
    guards: countIn(added, GUARDS),
    raises: countIn(added, RAISES),
    waits: countIn(added, WAITS),
    first_line: there.length === 0 ? 0 : -maxOf(there.map((hunk) => -hunk.start), -Infinity),
  };
}

function placeFeatures(patch: LivePatch, issue: Issue): Record<string, number> {
  const hunks = hunksThere(patch);
  const paths = pathsOf(hunks);
  const old = oldNames(hunks);
  const fresh = [...namesOf(tokensOf(hunks, '+'))].filter((name) => !old.has(name));
  return {
    context_in_issue: sharedParts(old, issue) / Math.max(1, partsOf(old).size),
    path_in_issue: maxOf(paths.map((path) => sharedParts(namesIn(path), issue) / Math.max(1, partsOf(namesIn(path)).size))),
    file_in_issue: paths.filter((path) => issue.text.includes(path.slice(path.lastIndexOf('/') + 1))).length / Math.max(1, paths.length),
    stem_in_issue: paths.some((path) => issue.lower.has(stemOf(path).toLowerCase())) ? 1 : 0,
    head_in_issue: headsOf(hunks).some((name) => issue.words.has(name)) ? 1 : 0,
    issue_covered: sharedParts(old, issue) / Math.max(1, issue.parts.size),
    new_names_in_issue: Math.min(3, fresh.filter((name) => issue.code.has(name)).length),
    trace_file: issue.trace.some((frame) => paths.some((path) => endsAlike(frame.path, path))) ? 1 : 0,
    trace_name: issue.trace.some((frame) => old.has(frame.name)) ? 1 : 0,
    is_python: paths.some((path) => ['py', 'pyx', 'pyi'].includes(extensionOf(path))) ? 1 : 0,
    is_java: paths.some((path) => extensionOf(path) === 'java') ? 1 : 0,
  };
}

/** Hunks of files that were there before. A file that is put beside them, a vendored one say, may only count against a patch. */
function hunksThere({ hunks }: LivePatch): LiveHunk[] {
  return hunks.filter(({ isNew }) => !isNew);
}

function insertsOf(runs: readonly Run[]): number {
  return runs.filter((run) => run.gone === 0).length;
}

function longestOf(runs: readonly Run[]): number {
  return maxOf(runs.map((run) => run.gone + run.came));
}

function tokensOf(hunks: readonly LiveHunk[], tag: CodeLine['tag']): string[] {
  return hunks.flatMap((hunk) => hunk.lines.filter((line) => line.tag === tag).flatMap((line) => line.tokens));
}

function pathsOf(hunks: readonly LiveHunk[]): string[] {
  return [...new Set(hunks.map((hunk) => hunk.path))];
}

function oldNames(hunks: readonly LiveHunk[]): Set<string> {
  return namesOf([...tokensOf(hunks, ' '), ...tokensOf(hunks, '-')]);
}

function sharedCount(left: readonly string[], right: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const token of left) counts.set(token, (counts.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of right) {
    const count = counts.get(token) ?? 0;
    if (count === 0) continue;
    counts.set(token, count - 1);
    shared += 1;
  }
  return shared;
}

function runsOf(hunks: readonly LiveHunk[]): Run[] {
  const runs: Run[] = [];
  for (const { lines } of hunks) {
    let [gone, came] = [0, 0];
    const close = (): void => {
      if (gone + came > 0) runs.push({ gone, came });
      [gone, came] = [0, 0];
    };
    for (const { tag, tokens } of lines) {
      if (tag === ' ') close();
      else if (tag === '-') gone += tokens.length;
      else came += tokens.length;
    }
    close();
  }
  return runs;
}

function unbalance(added: readonly string[], removed: readonly string[]): number {
  const gain = (sign: string): number => added.filter((token) => token === sign).length - removed.filter((token) => token === sign).length;
  return Math.min(6, ['()', '[]', '{}'].reduce((sum, pair) => sum + Math.abs(gain(pair.charAt(0)) - gain(pair.charAt(1))), 0));
}

/** A patch may have more runs than a call may have arguments. */
function maxOf(values: readonly number[], least = 0): number {
  return values.reduce((max, value) => Math.max(max, value), least);
}

function countIn(tokens: readonly string[], wanted: ReadonlySet<string>): number {
  return tokens.filter((token) => wanted.has(token)).length;
}

function partsOf(names: Iterable<string>): Set<string> {
  return new Set([...names].flatMap(subwords));
}

function sharedParts(names: Iterable<string>, issue: Issue): number {
  return [...partsOf(names)].filter((part) => issue.parts.has(part)).length;
}

/** Names of the functions and classes that context or removed lines open. */
function headsOf(hunks: readonly LiveHunk[]): string[] {
  return hunks.flatMap((hunk) =>
    hunk.lines.flatMap(({ tag, tokens }) => (tag === '+' ? [] : HEADS.flatMap((head) => (tokens.includes(head) ? tokens.slice(tokens.indexOf(head) + 1).slice(0, 1) : [])))),
  );
}

function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name;
}

function endsAlike(a: string, b: string): boolean {
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}
