import type { Token } from '../base/declaration.js';
import type { Location } from '../base/location.js';
import { Kept } from '../base/kept.js';
import { uriFromPath } from '../base/relative-uri.js';
import { unitsOf } from './declaration-units.js';
import type { FileSide } from './step-facts.js';
import { bracketEnd, statementText } from './token-runs.js';
import { frameworkOf, isAssertion, isTrivial, isWeak, type Framework } from './test-syntax.js';

/** One thing that a test demands. */
export interface Assertion {
  /** Its tokens, separated by single spaces. */
  readonly text: string;
  /** False when it only asks whether something is there or true. */
  readonly isStrong: boolean;
}

export interface TestCase {
  readonly name: string;
  readonly place: Location;
  /** What it demands; demands that hold by themselves are left out. */
  readonly assertions: readonly Assertion[];
  readonly markers: readonly TestMarker[];
  readonly words: readonly string[];
}

/** What keeps tests from running or from failing. */
export interface TestMarker {
  readonly kind: string;
  readonly place: Location;
}

/** The tests of one file, and what stands outside of them: demands of shared functions, marks of classes and modules. */
export interface TestFile {
  readonly tests: readonly TestCase[];
  readonly assertions: readonly Assertion[];
  readonly markers: readonly TestMarker[];
}

const NOTHING: TestFile = { tests: [], assertions: [], markers: [] };

const kept = new Kept<{ readonly path: string; readonly file: TestFile }>();

/** Returns the tests of a file by the customs of its language's frameworks; none for a language without grammar. */
export function testsOf(side: FileSide | null): TestFile {
  const framework = side === null ? undefined : frameworkOf(side.path);
  if (side?.tokens == null || framework === undefined) return NOTHING;
  const known = kept.get(side.tokens, framework, () => ({ path: side.path, file: readTests(side, framework) }));
  return known.path === side.path ? known.file : readTests(side, framework);
}

function readTests(side: FileSide, framework: Framework): TestFile {
  const tokens = side.tokens?.tokens ?? [];
  const runs = framework.testsAreCalls ? callRuns(tokens, framework) : declarationRuns(side, framework);
  const tests = runs.map((run): TestCase => ({
    name: run.name,
    place: { uri: uriFromPath(side.path), range: run.tokens[0]?.range ?? [0, 0, 0, 0] },
    assertions: assertionsIn(run.tokens, framework),
    markers: markersIn(side, run.tokens, framework),
    words: run.tokens.map((token) => token.text).filter((text) => text !== run.name),
  }));
  const inTests = new Set(runs.flatMap((run) => run.tokens));
  const outside = tokens.filter((token) => !inTests.has(token));
  return { tests, assertions: assertionsIn(outside, framework), markers: markersIn(side, outside, framework) };
}

interface TestRun {
  readonly name: string;
  readonly tokens: readonly Token[];
}

function declarationRuns(side: FileSide, framework: Framework): TestRun[] {
  return unitsOf(side.structure, side.tokens)
    .filter((unit) => unit.declaration !== null && ['function', 'method'].includes(unit.declaration.kind) && framework.isTest(unit.declaration.name, unit.tokens))
    .map((unit) => ({ name: unit.symbol, tokens: unit.tokens }));
}

/** `it('…', …)` and its relatives, with what hangs between the name and the parenthesis. */
function callRuns(tokens: readonly Token[], framework: Framework): TestRun[] {
  const runs: TestRun[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    if (!framework.isTest(tokens[index]?.text ?? '', []) || tokens[index - 1]?.text === '.') continue;
    let open = index + 1;
    while (tokens[open]?.text === '.') open += 2;
    if (tokens[open]?.text !== '(') continue;
    let end = bracketEnd(tokens, open);
    // The table of `it.each(table)('…', …)` comes first.
    if (tokens[end]?.text === '(') {
      open = end;
      end = bracketEnd(tokens, open);
    }
    const title = tokens.slice(open + 1, end).find((token) => !/^["'`(]$/u.test(token.text));
    runs.push({ name: title?.text ?? '', tokens: tokens.slice(index, end) });
    index = end - 1;
  }
  return runs;
}

function assertionsIn(tokens: readonly Token[], framework: Framework): Assertion[] {
  const found: Assertion[] = [];
  let until = -1;
  tokens.forEach((_token, index) => {
    if (index < until || !isAssertion(framework, tokens, index)) return;
    const statement = statementText(tokens, index);
    until = statement.end;
    if (!isTrivial(statement.text)) found.push({ text: statement.text, isStrong: !isWeak(statement.text) });
  });
  return found;
}

function markersIn(side: FileSide, tokens: readonly Token[], framework: Framework): TestMarker[] {
  return tokens.flatMap((token, index) => {
    const kind = framework.markerAt(tokens, index);
    return kind === null ? [] : [{ kind, place: { uri: uriFromPath(side.path), range: token.range } }];
  });
}
