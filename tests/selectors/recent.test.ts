import { expect, test } from 'vitest';
import { Recent } from '../../src/selectors/relocation-side.js';

test('what is known of texts is bounded by their length, and what was used last stays', () => {
  const recent = new Recent<number>(1000);
  let made = 0;
  const get = (name: string): number => recent.get(name.repeat(300), () => (made += 1));
  for (const name of ['a', 'b', 'c', 'a', 'd']) get(name);
  expect([recent.size, made]).toEqual([3, 4]);
  expect([get('a'), get('d'), get('c')]).toEqual([1, 4, 3]);
  // b was used longest ago; one that is too long for all of it is kept for its own question.
  expect(get('b')).toBe(5);
  recent.get('e'.repeat(5000), () => 0);
  expect(recent.size).toBe(1);
  get('a');
  expect(recent.size).toBe(1);
});
