import { expect, test } from 'vitest';
import type { Json } from '../../src/base/canonical-json.js';
import { orderLocations } from '../../src/bundles/order-locations.js';
import { diagnostic, location, rewardDiagnostic } from './sample-draft.js';

function check(list: readonly unknown[], expectedOrder: readonly number[]): void {
  expect(orderLocations(list as Json)).toEqual(expectedOrder.map((index) => list[index]));
}

test.each<[string, readonly unknown[], readonly number[]]>([
  ['uri first, by code unit and not by alphabet', [location('é.py', 0), location('a.py', 5), location('Z.py', 9)], [2, 1, 0]],
  ['a surrogate pair before a later private-use character', [location('\uE000.py', 0), location('\u{1F600}.py', 0)], [1, 0]],
  ['lines as numbers', [location('a.py', 10), location('a.py', 9)], [1, 0]],
  ['columns, then ends', [location('a.py', 1, 4), location('a.py', 1, 2, 9), location('a.py', 1, 2, 1)], [2, 1, 0]],
  ['the canonical JSON of equal places', [diagnostic('a.py', 1, { code: 'b' }), diagnostic('a.py', 1, { code: 'a' })], [1, 0]],
  ['what is hashed before the message', [diagnostic('a.py', 1, { message: 'a', source: 'z' }), diagnostic('a.py', 1, { message: 'b', source: 'y' })], [1, 0]],
  ['the message at last', [diagnostic('a.py', 1, { message: 'b' }), diagnostic('a.py', 1, { message: 'a' })], [1, 0]],
  ['calls by their other end', [{ from: location('b.py', 0), ranges: [] }, { from: location('a.py', 0), ranges: [] }], [1, 0]],
  ['updated pairs by what came after', [{ before: rewardDiagnostic('a.py', 0), after: rewardDiagnostic('a.py', 9) }, { before: rewardDiagnostic('a.py', 5), after: rewardDiagnostic('a.py', 2) }], [1, 0]],
  ['ranges', [[2, 0, 2, 1], [1, 0, 1, 9], [1, 0, 1, 1]], [2, 1, 0]],
  ['nothing in a list that is not of places', [{ title: 'b' }, { title: 'a' }], [0, 1]],
  ['nothing in a list with an item that has no place', [location('b.py', 0), { title: 'a' }, location('a.py', 0)], [0, 1, 2]],
])('orders %s', (_name, list, expected) => check(list, expected));

test('reaches lists inside items and leaves the lists alone whose order means something', () => {
  const places = [location('b.py', 0), location('a.py', 0)];
  const related = diagnostic('a.py', 0, { relatedInformation: [{ uri: 'b.py', range: [0, 0, 0, 1], message: 'm' }, { uri: 'a.py', range: [0, 0, 0, 1], message: 'm' }] });
  const ordered = orderLocations({ candidates: places, steps: places, order: places, documentChanges: places, references: places, diagnostics: [related] });
  expect(ordered).toEqual({
    candidates: places,
    steps: places,
    order: places,
    documentChanges: places,
    references: [...places].reverse(),
    diagnostics: [{ ...related, relatedInformation: [...(related.relatedInformation ?? [])].reverse() }],
  });
});
