import { expect, test } from 'vitest';
import { temporaryFolder } from '../workspace/temporary-repository.js';
import { raceSymlinks } from './symlink-race.js';

test('a folder that turns into a symlink at any moment leads no edit outside', () => {
  expect(raceSymlinks(temporaryFolder(), 300)).toMatchObject({ escapes: 0 });
});
