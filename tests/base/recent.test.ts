import { expect, test } from 'vitest';
import { Recent } from '../../src/base/recent.js';

test('what is known is bounded by its size, and what was used last stays', () => {
  const recent = new Recent<string, number>(1000);
  let made = 0;
  const get = (name: string, size = 300): number => recent.get(name, size, () => (made += 1));
  for (const name of ['a', 'b', 'c', 'a', 'd']) get(name);
  expect([recent.size, made]).toEqual([3, 4]);
  expect([get('a'), get('d'), get('c')]).toEqual([1, 4, 3]);
  // b was used longest ago; one that is too large for all of it is kept for its own question.
  expect(get('b')).toBe(5);
  get('e', 5000);
  expect(recent.size).toBe(1);
  get('a');
  expect(recent.size).toBe(1);
});

test('what fails is tried again, also by those who waited with it', async () => {
  const recent = new Recent<string, Promise<string>>(10);
  let tries = 0;
  const make = (): Promise<string> => ((tries += 1) === 1 ? Promise.reject(new Error('no')) : Promise.resolve('yes'));
  const both = await Promise.allSettled([recent.get('a', 1, make), recent.get('a', 1, make)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect([await recent.get('a', 1, make), tries, recent.size]).toEqual(['yes', 2, 1]);
});

test('what gives way is disposed of, and asking whether something is known keeps it', () => {
  const disposed: string[] = [];
  const recent = new Recent<string, string>(1000, { entriesMax: 2, dispose: (made) => void disposed.push(made) });
  for (const name of ['a', 'b']) recent.get(name, 1, () => name);
  expect([recent.known('a'), recent.known('c')]).toEqual(['a', undefined]);
  recent.get('c', 1, () => 'c');
  expect([disposed, recent.size]).toEqual([['b'], 2]);
});
