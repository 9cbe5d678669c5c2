import { expect, test } from 'vitest';
import { buildBundle } from '../../src/bundles/build-bundle.js';
import { LOCATIONS_MAX, pageAt } from '../../src/bundles/page-locations.js';
import { diagnostic, draft, location, META } from './sample-draft.js';

const lines = (count: number) => Array.from({ length: count }, (_, line) => location('a.py', line));

test('a list of exactly the limit is whole', () => {
  const { facts } = buildBundle(draft({ facts: { references: lines(LOCATIONS_MAX) } }), META);
  expect(facts.references).toHaveLength(LOCATIONS_MAX);
  expect(facts).not.toHaveProperty('truncated');
});

test('a longer list is cut, says so, and goes on where it was cut', () => {
  const references = lines(LOCATIONS_MAX + 2);
  const first = buildBundle(draft({ facts: { references } }), META).facts;
  expect(first.references).toHaveLength(LOCATIONS_MAX);
  expect(first).toMatchObject({ truncated: true, nextCursor: expect.stringMatching(/^100000\.[0-9a-f]{16}$/) as string });
  const second = buildBundle(draft({ facts: { references } }), META, pageAt(first.nextCursor ?? '')).facts;
  expect(second.references).toEqual(references.slice(LOCATIONS_MAX));
  expect(second).not.toHaveProperty('truncated');
});

test('pages are cut after ordering', () => {
  const references = [location('b.py', 0), location('a.py', 1), location('a.py', 0)];
  const { facts } = buildBundle(draft({ facts: { references } }), META, { start: 0, sizeMax: 2, state: '' });
  expect(facts.references?.map(({ selector }) => selector)).toEqual(['a.py@L1:C1', 'a.py@L2:C1']);
});

test('a repeated reference is one reference, a repeated diagnostic is two diagnostics', () => {
  const { facts } = buildBundle(
    draft({ facts: { references: [location('a.py', 1), location('b.py', 1), location('a.py', 1)], diagnostics: [diagnostic('a.py', 1), diagnostic('a.py', 1)] } }),
    META,
  );
  expect(facts.references).toHaveLength(2);
  expect(facts.diagnostics).toHaveLength(2);
});

test('places that differ only in their selector are kept', () => {
  const references = [location('a.py', 1), { ...location('a.py', 1), selector: 'py://a#b' }];
  expect(buildBundle(draft({ facts: { references } }), META).facts.references).toHaveLength(2);
});

test.each(['', '-1', '1e3', '1.xyz', 'abc', '1.2.3'])('%j is no cursor', (cursor) => {
  expect(() => pageAt(cursor)).toThrow('the cursor');
});
