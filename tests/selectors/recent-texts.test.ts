import { expect, test } from 'vitest';
import { RecentTexts } from '../../src/selectors/recent-texts.js';

test('a text is made something of once, until later ones take its room', async () => {
  const made: string[] = [];
  const recent = new RecentTexts<number>(10);
  const ask = (text: string, kind = 'py'): Promise<number> => recent.get(kind, text, () => Promise.resolve(made.push(`${kind} ${text}`)));
  expect([await ask('aaaa'), await ask('bbbb'), await ask('aaaa')]).toEqual([1, 2, 1]);
  expect(await ask('aaaa', 'ts')).toBe(3);
  // The one that was asked about longest ago went.
  expect([await ask('aaaa'), await ask('bbbb')]).toEqual([1, 4]);
  expect(made).toEqual(['py aaaa', 'py bbbb', 'ts aaaa', 'py bbbb']);
  expect([await ask('a text that is too long'), await ask('a text that is too long')]).toEqual([5, 6]);
  expect(await ask('aaaa')).toBe(1);
});

test('what fails is tried again, also by those who waited with it', async () => {
  const recent = new RecentTexts<string>(10);
  let tries = 0;
  const make = (): Promise<string> => ((tries += 1) === 1 ? Promise.reject(new Error('no')) : Promise.resolve('yes'));
  const both = await Promise.allSettled([recent.get('py', 'a', make), recent.get('py', 'a', make)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect([await recent.get('py', 'a', make), tries]).toEqual(['yes', 2]);
});
