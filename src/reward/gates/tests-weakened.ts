import type { Location } from '../../base/location.js';
import { isSnapshotPath, isTestPath } from '../path-roles.js';
import { dice } from '../similarity.js';
import type { FilePair, FileSide } from '../step-facts.js';
import { testsOf, type Assertion, type TestCase, type TestFile, type TestMarker } from '../test-cases.js';
import { compareText } from '../text-order.js';
import { counted, firing, placeOf, type Gate } from './gate.js';

/** A test is the same under another name if this share of its tokens stayed. */
const SAME_TEST_MIN = 0.6;

interface Finding {
  readonly message: string;
  readonly places: readonly Location[];
}

/** The tests of a whole step on one side. */
type Tests = readonly TestFile[];

/**
 * Fires when the tests of a step demand less after it: fewer tests, fewer demands (in all, or in a test that is still there),
 * weaker ones, more marks that keep tests from running or failing, or other snapshots while no source changed. Critical.
 * Moving, renaming, splitting and adding tests do not fire it; demands that hold by themselves count for nothing.
 */
export const testsWeakened: Gate = ({ facts }) => {
  const pairs = facts.pairs
    .filter((pair) => pair.touched && [pair.before, pair.after].some((side) => side !== null && holdsTests(side)))
    .sort((a, b) => compareText(pathOf(a), pathOf(b)));
  const before = pairs.map((pair) => testsOf(pair.before));
  const after = pairs.map((pair) => testsOf(pair.after));
  const matched = matchTests(before, after);
  const findings = [fewerTests(before, matched), fewerAssertions(before, after), weakerTests(before, after, matched), moreMarkers(before, after, matched, pairs), changedSnapshots(facts.pairs)].filter(
    (finding) => finding !== null,
  );
  if (findings.length === 0) return null;
  return firing('tests-weakened', true, `The step weakens the tests: ${findings.map((finding) => finding.message).join('; ')}.`, findings.flatMap((finding) => finding.places));
};

function pathOf(pair: FilePair): string {
  return pair.after?.path ?? pair.before?.path ?? '';
}

function holdsTests(side: FileSide): boolean {
  return isTestPath(side.path) || side.path.endsWith('.rs');
}

interface MatchedTests {
  readonly surviving: readonly (readonly [TestCase, TestCase])[];
  readonly removed: readonly TestCase[];
  readonly added: readonly TestCase[];
}

/** By name within a file, by name anywhere, then by likeness. */
function matchTests(before: Tests, after: Tests): MatchedTests {
  const surviving: [TestCase, TestCase][] = [];
  let removed: TestCase[] = before.flatMap((file) => file.tests);
  let added: TestCase[] = after.flatMap((file) => file.tests);
  const pairUp = (isSame: (test: TestCase, other: TestCase) => boolean): void => {
    removed = removed.filter((test) => {
      const partner = added.find((other) => isSame(test, other));
      if (partner === undefined) return true;
      added = added.filter((other) => other !== partner);
      surviving.push([test, partner]);
      return false;
    });
  };
  const fileOf = new Map([...before, ...after].flatMap((file, index) => file.tests.map((test) => [test, index % Math.max(1, before.length)] as const)));
  pairUp((test, other) => test.name === other.name && fileOf.get(test) === fileOf.get(other));
  pairUp((test, other) => test.name === other.name);
  pairUp((test, other) => dice(test.words, other.words) >= SAME_TEST_MIN);
  return { surviving, removed, added };
}

function fewerTests(before: Tests, { removed, added }: MatchedTests): Finding | null {
  const fewer = removed.length - added.filter((test) => test.assertions.length > 0).length;
  if (fewer <= 0 || before.length === 0) return null;
  return { message: counted(fewer, 'test') + ' fewer', places: removed.map((test) => test.place) };
}

function allAssertions(files: Tests): Assertion[] {
  return files.flatMap((file) => [...file.assertions, ...file.tests.flatMap((test) => test.assertions)]);
}

function fewerAssertions(before: Tests, after: Tests): Finding | null {
  const fewer = allAssertions(before).length - allAssertions(after).length;
  return fewer > 0 ? { message: counted(fewer, 'assertion') + ' fewer', places: [] } : null;
}

/** Tests that are still there and demand less, what other tests took over left out. */
function weakerTests(before: Tests, after: Tests, { surviving, added }: MatchedTests): Finding | null {
  const outside = (files: Tests): Assertion[] => files.flatMap((file) => file.assertions);
  const elsewhere = new Counts([
    ...without(outside(after), outside(before)),
    ...added.flatMap((test) => test.assertions),
    ...surviving.flatMap(([old, now]) => without(now.assertions, old.assertions)),
  ]);
  const weaker = surviving.filter(([old, now]) => {
    const lost = without(old.assertions, now.assertions).filter((assertion) => !elsewhere.take(assertion.text));
    const gained = without(now.assertions, old.assertions);
    return lost.length > gained.length || lost.filter((assertion) => assertion.isStrong).length > gained.filter((assertion) => assertion.isStrong).length;
  });
  if (weaker.length === 0) return null;
  const names = weaker.map(([, now]) => now.name).slice(0, 3).join(', ');
  return { message: `${counted(weaker.length, 'test')} that demand${weaker.length === 1 ? 's' : ''} less (${names})`, places: weaker.map(([, now]) => now.place) };
}

/** Marks count where tests were before: a new test that skips itself on some platform weakens nothing. `only` silences its neighbours anywhere. */
function moreMarkers(before: Tests, after: Tests, { added }: MatchedTests, pairs: readonly FilePair[]): Finding | null {
  const isNew = new Set(added);
  const marks = (files: Tests): TestMarker[] =>
    files.flatMap((file, index) => {
      const isCounted = pairs[index]?.before != null;
      const own = file.tests.flatMap((test) => test.markers.filter((marker) => !isNew.has(test) || silencesOthers(marker)));
      return [...own, ...file.markers].filter((marker) => isCounted || silencesOthers(marker));
    });
  const now = marks(after);
  const more = now.length - marks(before).length;
  if (more <= 0) return null;
  return { message: `${counted(more, 'more mark')} that keep${more === 1 ? 's' : ''} tests from running or failing (${[...new Set(now.map((marker) => marker.kind))].sort().join(', ')})`, places: now.map((marker) => marker.place) };
}

function silencesOthers(marker: TestMarker): boolean {
  return /^(?:only|fit|fdescribe|ftest|collect_ignore|collect_ignore_glob)$/u.test(marker.kind);
}

function changedSnapshots(pairs: readonly FilePair[]): Finding | null {
  const touched = pairs.filter((pair) => pair.touched);
  const snapshots = touched.filter((pair) => pair.before !== null && isSnapshotPath(pair.before.path));
  const sources = touched.filter((pair) => [pair.before, pair.after].some((side) => side !== null && !isSnapshotPath(side.path) && !isTestPath(side.path)));
  if (snapshots.length === 0 || sources.length > 0) return null;
  return { message: `${counted(snapshots.length, 'snapshot')} changed while no source did`, places: snapshots.flatMap((pair) => (pair.before === null ? [] : [placeOf(pair.after ?? pair.before)])) };
}

/** The members of `items` that `others` does not have as often. */
function without(items: readonly Assertion[], others: readonly Assertion[]): Assertion[] {
  const counts = new Counts(others);
  return items.filter((item) => !counts.take(item.text));
}

/** A multiset of texts that can be taken from. */
class Counts {
  private readonly counts = new Map<string, number>();

  constructor(items: readonly Assertion[]) {
    for (const item of items) this.counts.set(item.text, (this.counts.get(item.text) ?? 0) + 1);
  }

  take(text: string): boolean {
    const left = this.counts.get(text) ?? 0;
    if (left > 0) this.counts.set(text, left - 1);
    return left > 0;
  }
}
