import { expect, test } from 'vitest';
import { temporaryFolder } from '../workspace/temporary-repository.js';
import { raceSymlinks, swapAtEveryCall } from './symlink-race.js';

test('a folder that another process turns into a symlink again and again leads no edit outside', () => {
  expect(raceSymlinks(temporaryFolder(), 100, 20)).toMatchObject({ escapes: 0 });
});

test('a folder that is a symlink at any single call of the disk leads no edit outside and tears none', () => {
  const tally = swapAtEveryCall(temporaryFolder(), 1);
  expect(Object.keys(tally).sort().filter((key) => !['refused, all', 'refused, nothing', 'written, all'].includes(key)), JSON.stringify(tally)).toEqual([]);
  expect([tally['written, all'], tally['refused, nothing']]).toEqual([expect.any(Number), expect.any(Number)]);
}, 60_000);
