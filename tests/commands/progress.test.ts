import { expect, test } from 'vitest';
import { progressText } from '../../src/commands/progress.js';

test.each([
  [{ done: 10, skipped: 0, total: 100, seconds: 5 }, '10 of 100, 2.0 per second, 0:45 left'],
  [{ done: 10, skipped: 80, total: 100, seconds: 100 }, '90 of 100, 10.0 s each, 1:40 left'],
  [{ done: 1, skipped: 0, total: 1001, seconds: 10 }, '1 of 1001, 10.0 s each, 2:46:40 left'],
  [{ done: 3, skipped: 0, total: null, seconds: 2 }, '3 done, 1.5 per second'],
])('%j is shown as %s', (state, text) => expect(progressText(state)).toBe(text));
