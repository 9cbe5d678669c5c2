import { expect, test } from 'vitest';
import { fuzzOnce } from './fuzz.js';

test('random selectors in random sources give a range inside the file, a refusal or a syntax error', async () => {
  const outcomes = { answered: 0, refused: 0, rejected: 0 };
  for (let seed = 1; seed <= 2000; seed += 1) outcomes[await fuzzOnce(seed)] += 1;
  // All three happen often enough to mean something.
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(100);
});
